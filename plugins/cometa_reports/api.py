"""What other plugins may use of reports."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from cometa_core.runtime import Runtime
from cometa_reports.formats import FORMATS
from cometa_reports.reading import any_report_of_result


@dataclass(frozen=True)
class ReportFile:
    """A report as a file.

    Attributes:
        name: name of the file.
        media_type: its type.
        content: its bytes.
    """

    name: str
    media_type: str
    content: bytes


def result_report(runtime: Runtime, session: Session, result_id: int, form: str = "html") -> ReportFile:
    """Write the report of a result, whoever may see it: the caller knows whom it is for.

    Args:
        runtime: where the pictures are.
        session: where the result is.
        result_id: the result.
        form: name of one of ``FORMATS``.

    Raises:
        NotFound: there is no such result.
        OSError: a picture cannot be read from the artifact store.
    """
    report = any_report_of_result(runtime, session, result_id)
    chosen = FORMATS[form]
    return ReportFile(f"{report.stem}{chosen.ending}", chosen.media_type, chosen.write(report))


__all__ = ["ReportFile", "result_report"]
