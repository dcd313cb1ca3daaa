"""Cucumber JSON, the older format that many report tools read: one scenario a result."""

import base64
import json
from typing import Any, Final

from cometa_reports.document import Picture, Report, ReportedResult, ReportedStep

STATUSES: Final = {"Success": "passed", "Failed": "failed", "Skipped": "skipped"}


def write(report: Report) -> bytes:
    """Write a report as Cucumber JSON."""
    feature = {
        "uri": f"features/{report.feature_id}.feature",
        "id": f"feature-{report.feature_id}",
        "keyword": "Feature",
        "name": report.feature,
        "description": report.description,
        "line": 1,
        "tags": [],
        "elements": [_scenario(report, result) for result in report.results],
    }
    return json.dumps([feature], ensure_ascii=False, indent=1).encode()


def _scenario(report: Report, result: ReportedResult) -> dict[str, Any]:
    return {
        "id": f"feature-{report.feature_id};result-{result.id}",
        "keyword": "Scenario",
        "type": "scenario",
        "name": result.browser,
        "description": result.reason,
        "line": 2,
        "tags": [{"name": f"@{result.status}", "line": 1}],
        "start_timestamp": result.begun_at.isoformat(),
        "steps": [_step(step) for step in result.steps],
    }


def _step(step: ReportedStep) -> dict[str, Any]:
    outcome: dict[str, Any] = {"status": STATUSES[step.status], "duration": step.milliseconds * 1_000_000}
    if step.error:
        outcome["error_message"] = step.error
    document = {
        "keyword": f"{step.keyword or '*'} ",
        "name": step.name,
        "line": step.sequence + 2,
        "match": {"location": step.owner},
        "result": outcome,
    }
    embeddings = [_embedding(picture) for picture in step.pictures()]
    return {**document, "embeddings": embeddings} if embeddings else document


def _embedding(picture: Picture) -> dict[str, str]:
    data = base64.b64encode(picture.read()).decode()
    return {"name": picture.name, "mime_type": picture.media_type, "data": data}
