"""JUnit XML, as build servers read it: a suite a run, a test case a result.

The steps stand in the output of the test case: a build server counts features, not sentences.
"""

from datetime import datetime

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from cometa_reports.document import Report, ReportedResult, xml_text


def write(report: Report) -> bytes:
    """Write a report as JUnit XML."""
    suite = TestSuite(xml_text(report.feature))
    suite.timestamp = min(_moment(result.begun_at) for result in report.results)
    suite.add_property("cometa.run_id", str(report.run_id))
    suite.add_property("cometa.feature_id", str(report.feature_id))
    for result in report.results:
        suite.add_testcase(_case(report, result))
    document = JUnitXml("Cometa")
    document.add_testsuite(suite)
    document.update_statistics()
    written: bytes = document.tostring()
    return written


def _case(report: Report, result: ReportedResult) -> TestCase:
    case = TestCase(
        name=xml_text(f"{report.feature} [{result.browser}]"),
        classname=xml_text(f"{report.department}.{report.feature}"),
        time=result.milliseconds / 1000,
    )
    case.system_out = xml_text("\n".join(_lines(result)))
    outcome = _outcome(result)
    case.result = [] if outcome is None else [outcome]
    return case


def _outcome(result: ReportedResult) -> Failure | Error | Skipped | None:
    """Tell a failed feature from one that could not be executed."""
    if result.status == "Success":
        return None
    failures = result.failures
    first = failures[0].error.partition("\n")[0] if failures else ""
    message = xml_text(first or result.reason or result.status)
    if result.status == "Canceled":
        return Skipped(message)
    kind = Failure if result.status == "Failed" else Error
    outcome = kind(message, result.status)
    outcome.text = xml_text("\n\n".join(f"{step.sequence}. {step.name}\n{step.error}" for step in failures))
    return outcome


def _lines(result: ReportedResult) -> list[str]:
    lines = [
        f"{step.sequence:>4} {step.status:<8} {step.milliseconds:>7} ms  {step.keyword} {step.name}"
        for step in result.steps
    ]
    if result.steps_left_out:
        lines.append(f"{result.steps_left_out} further steps are left out.")
    return lines


def _moment(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")
