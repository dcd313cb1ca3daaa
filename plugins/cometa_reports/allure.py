"""Allure results: a ZIP file of what ``allure generate`` reads from its folder of results."""

import hashlib
import io
import json
import zipfile
from typing import Any, Final

import attr
from allure_commons.model2 import Attachment, Label, Parameter, Status, StatusDetails, TestResult, TestStepResult

from cometa_reports.document import Report, ReportedResult, ReportedStep

STEP_STATUSES: Final = {"Success": Status.PASSED, "Failed": Status.FAILED, "Skipped": Status.SKIPPED}
RESULT_STATUSES: Final = {"Success": Status.PASSED, "Failed": Status.FAILED, "Canceled": Status.SKIPPED}
"""All others, Error and Timeout among them, are what Allure calls broken."""

FINISHED: Final = "finished"


def write(report: Report) -> bytes:
    """Write a report as a ZIP file of Allure results."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as folder:
        for result in report.results:
            case = _case(report, result)
            document = attr.asdict(case, filter=lambda _attribute, value: value is not None and value != [])
            folder.writestr(f"{case.uuid}-result.json", json.dumps(document, ensure_ascii=False, indent=1))
            for step in result.steps:
                for picture in step.pictures():
                    # Pictures are compressed already.
                    folder.writestr(_source(picture.name), picture.read(), zipfile.ZIP_STORED)
    return stream.getvalue()


def _case(report: Report, result: ReportedResult) -> Any:
    start = round(result.begun_at.timestamp() * 1000)
    full_name = f"{report.department}/{report.feature}"
    # The same feature in the same browser is one test with a history, whatever its run.
    identity = hashlib.sha256(f"{report.feature_id}\n{result.browser}".encode()).hexdigest()[:32]
    return TestResult(
        uuid=f"cometa-{report.run_id}-{result.id}",
        historyId=identity,
        testCaseId=identity,
        fullName=full_name,
        name=f"{report.feature} [{result.browser}]",
        description=report.description or None,
        status=RESULT_STATUSES.get(result.status, Status.BROKEN),
        statusDetails=_details(result),
        stage=FINISHED,
        start=start,
        stop=start + result.milliseconds,
        steps=[_step(step, start) for step in result.steps],
        parameters=[Parameter(name="browser", value=result.browser)],
        labels=[
            Label(name="framework", value="cometa"),
            Label(name="suite", value=report.department),
            Label(name="feature", value=report.feature),
        ],
    )


def _details(result: ReportedResult) -> Any:
    if result.status == "Success":
        return None
    failures = result.failures
    message = failures[0].error if failures else result.reason
    return StatusDetails(message=message or result.status, trace=result.reason or None)


def _step(step: ReportedStep, start: int) -> Any:
    return TestStepResult(
        name=f"{step.keyword} {step.name}".strip(),
        status=STEP_STATUSES[step.status],
        statusDetails=StatusDetails(message=step.error) if step.error else None,
        stage=FINISHED,
        start=start + step.begun_ms,
        stop=start + step.begun_ms + step.milliseconds,
        attachments=[
            Attachment(name=picture.name, source=_source(picture.name), type=picture.media_type)
            for picture in step.pictures()
        ],
    )


def _source(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}-attachment.{ending}"
