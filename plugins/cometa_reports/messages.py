"""Cucumber Messages, the newer format: one JSON envelope a line, in the order in which Cucumber sends them."""

import base64
import json
import platform
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import cucumber_messages as cucumber
from cucumber_messages.json_converter import JsonDataclassConverter

import cometa_core
from cometa_reports.document import Report, ReportedResult, ReportedStep

PROTOCOL: Final = "34.0.0"
RUN_STARTED: Final = "run"
STATUSES: Final = {
    "Success": cucumber.TestStepResultStatus.passed,
    "Failed": cucumber.TestStepResultStatus.failed,
    "Skipped": cucumber.TestStepResultStatus.skipped,
}


def write(report: Report) -> bytes:
    """Write a report as Cucumber Messages."""
    converter = JsonDataclassConverter(module_scope=cucumber)
    lines = (json.dumps(converter.to_dict(envelope), ensure_ascii=False) for envelope in _envelopes(report))
    return "".join(f"{line}\n" for line in lines).encode()


def _envelopes(report: Report) -> Iterator[cucumber.Envelope]:
    yield cucumber.Envelope(meta=_meta())
    document = _document(report)
    yield cucumber.Envelope(gherkin_document=document)
    for result in report.results:
        yield cucumber.Envelope(pickle=_pickle(report, result))
    begun = min(result.begun_at for result in report.results)
    started = cucumber.TestRunStarted(timestamp=_timestamp(begun.timestamp()), id=RUN_STARTED)
    yield cucumber.Envelope(test_run_started=started)
    for result in report.results:
        yield cucumber.Envelope(test_case=_test_case(result))
    for result in report.results:
        yield from _execution(result)
    ended = max(result.begun_at + timedelta(milliseconds=result.milliseconds) for result in report.results)
    finished = cucumber.TestRunFinished(
        success=all(result.status == "Success" for result in report.results),
        timestamp=_timestamp(ended.timestamp()),
        test_run_started_id=RUN_STARTED,
    )
    yield cucumber.Envelope(test_run_finished=finished)


def _meta() -> cucumber.Meta:
    return cucumber.Meta(
        cpu=cucumber.Product(platform.machine()),
        implementation=cucumber.Product("Cometa Core", cometa_core.__version__),
        os=cucumber.Product(platform.system()),
        protocol_version=PROTOCOL,
        runtime=cucumber.Product(platform.python_implementation(), platform.python_version()),
    )


def _document(report: Report) -> cucumber.GherkinDocument:
    """Describe each result as a scenario of the steps that were reported, rounds of loops one after the other."""
    feature = cucumber.Feature(
        children=[cucumber.FeatureChild(scenario=_scenario(result)) for result in report.results],
        description=report.description,
        keyword="Feature",
        language="en",
        location=cucumber.Location(1),
        name=report.feature,
        tags=[],
    )
    return cucumber.GherkinDocument(comments=[], feature=feature, uri=_uri(report))


def _scenario(result: ReportedResult) -> cucumber.Scenario:
    steps = [
        cucumber.Step(
            id=_name("step", result, step),
            keyword=f"{step.keyword or '*'} ",
            location=cucumber.Location(step.sequence + 2),
            text=step.name,
        )
        for step in result.steps
    ]
    return cucumber.Scenario(
        description=result.reason, examples=[], id=f"scenario-{result.id}", keyword="Scenario",
        location=cucumber.Location(2), name=result.browser, steps=steps, tags=[],
    )  # fmt: skip


def _pickle(report: Report, result: ReportedResult) -> cucumber.Pickle:
    steps = [
        cucumber.PickleStep([_name("step", result, step)], _name("pickle", result, step), step.name)
        for step in result.steps
    ]
    return cucumber.Pickle(
        [f"scenario-{result.id}"], f"pickle-{result.id}", "en", result.browser, steps, [], _uri(report)
    )


def _test_case(result: ReportedResult) -> cucumber.TestCase:
    steps = [
        cucumber.TestStep(id=_name("test", result, step), pickle_step_id=_name("pickle", result, step))
        for step in result.steps
    ]
    return cucumber.TestCase(f"case-{result.id}", f"pickle-{result.id}", steps, RUN_STARTED)


def _execution(result: ReportedResult) -> Iterator[cucumber.Envelope]:
    begun, case = result.begun_at.timestamp(), f"started-{result.id}"
    started = cucumber.TestCaseStarted(0, case, f"case-{result.id}", _timestamp(begun))
    yield cucumber.Envelope(test_case_started=started)
    for step in result.steps:
        yield from _executed_step(result, step, begun + step.begun_ms / 1000)
    ended = _timestamp(begun + result.milliseconds / 1000)
    yield cucumber.Envelope(test_case_finished=cucumber.TestCaseFinished(case, ended, will_be_retried=False))


def _executed_step(result: ReportedResult, step: ReportedStep, begun: float) -> Iterator[cucumber.Envelope]:
    case, name = f"started-{result.id}", _name("test", result, step)
    yield cucumber.Envelope(test_step_started=cucumber.TestStepStarted(case, name, _timestamp(begun)))
    for picture in step.pictures():
        attachment = cucumber.Attachment(
            body=base64.b64encode(picture.read()).decode(),
            content_encoding=cucumber.AttachmentContentEncoding.base64,
            media_type=picture.media_type,
            file_name=picture.name,
            test_case_started_id=case,
            test_step_id=name,
        )
        yield cucumber.Envelope(attachment=attachment)
    duration = cucumber.Duration(nanos=step.milliseconds % 1000 * 1_000_000, seconds=step.milliseconds // 1000)
    outcome = cucumber.TestStepResult(duration, STATUSES[step.status], message=step.error or None)
    ended = _timestamp(begun + step.milliseconds / 1000)
    yield cucumber.Envelope(test_step_finished=cucumber.TestStepFinished(case, name, outcome, ended))


def _name(kind: str, result: ReportedResult, step: ReportedStep) -> str:
    return f"{kind}-{result.id}-{step.sequence}"


def _uri(report: Report) -> str:
    return f"features/{report.feature_id}.feature"


def _timestamp(seconds: float) -> cucumber.Timestamp:
    whole = int(seconds)
    return cucumber.Timestamp(nanos=round((seconds - whole) * 1_000_000) * 1000, seconds=whole)
