"""Storing the sample features through the HTTP API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cometa_core.errors import CometaError
from cometa_demo.catalogue import SampleFeature
from cometa_demo.client import ApiClient
from cometa_features.api import parse_feature_file

PLACE = "Default"
"""Name of the department, application and environment that the seeds of every installation hold."""

FAMILY = "chrome"
"""Family of the browser that the samples are made for."""


@dataclass(frozen=True)
class StoredFeature:
    """A sample and the key that the server knows it by."""

    sample: SampleFeature
    feature_id: int


def store_features(client: ApiClient, samples: Sequence[SampleFeature]) -> list[StoredFeature]:
    """Store the samples in their order; those of an earlier demonstration are changed, never doubled.

    Raises:
        CometaError: the server refuses one, or it lacks a browser or a seeded row.
    """
    place = _place(client)
    return [StoredFeature(sample, _store(client, {**feature_body(sample), **place})) for sample in samples]


def feature_body(sample: SampleFeature) -> dict[str, Any]:
    """Build what of the body of a feature comes from its file.  Contract: rest-api A6.8, A4.4."""
    parsed = parse_feature_file(sample.path.read_text(encoding="utf-8"), sample.file)
    return {
        "feature_name": sample.name,
        "description": parsed.description,
        "steps_content": [
            {"step_keyword": step.keyword, "step_content": step.content, "screenshot": place in sample.screenshots}
            for place, step in enumerate(parsed.steps, start=1)
        ],
    }


def _place(client: ApiClient) -> dict[str, Any]:
    """Find where the samples belong and what they run in."""
    return {
        "department_id": _seeded(client.get("/api/departments/"), "department"),
        "app_id": _seeded(client.get("/api/applications/"), "app"),
        "environment_id": _seeded(client.get("/api/environments/"), "environment"),
        "browsers": [_browser(client.get("/api/browsers/"))],
    }


def _seeded(rows: list[dict[str, Any]], kind: str) -> int:
    for row in rows:
        if row[f"{kind}_name"] == PLACE:
            return int(row[f"{kind}_id"])
    raise CometaError(f"The demonstration needs the {kind} {PLACE}, which is not there. Try it with a fresh --data.")


def _browser(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the spec of the local browser; of several versions the newest is found when a run is accepted."""
    for row in rows:
        spec: dict[str, Any] = row["browser_json"]
        if spec.get("browser") == FAMILY:
            return {**spec, "browser_version": "latest"}
    raise CometaError("There is no local Chromium. `cometa doctor` says what to install.", code="no_browsers")


def _store(client: ApiClient, body: dict[str, Any]) -> int:
    """Create a feature, or change the one of this name in the department."""
    found = client.get("/api/features/", search=body["feature_name"], department_id=str(body["department_id"]))
    for row in found:
        if row["feature_name"] == body["feature_name"]:
            feature_id = int(row["feature_id"])
            client.send("PATCH", f"/api/features/{feature_id}/", body)
            return feature_id
    return int(client.send("POST", "/api/features/", body)["feature_id"])
