"""The report of a result that a mail brings along, or else links.  Contract: runner L."""

import logging

from cometa_core.runtime import Runtime
from cometa_notifications.mail.envelopes import Attachment
from cometa_notifications.models import Notification

logger = logging.getLogger(__name__)

LARGEST = 10 * 1024 * 1024
"""Bytes from which on a report is linked."""

LINKED = "The report is at "


def report_of(runtime: Runtime, row: Notification) -> tuple[tuple[Attachment, ...], str]:
    """Return the report of a mail that is to bring one along.

    Returns:
        The attachment, and a sentence with the address of the result where there is none.
    """
    if not row.content["report"] or row.result_id is None:
        return (), ""
    attachment = _written(runtime, row.result_id)
    return (() if attachment is None else (attachment,)), (
        "" if attachment else f"{LINKED}{row.content['facts']['url']}"
    )


def _written(runtime: Runtime, result_id: int) -> Attachment | None:
    """Write the report; None when it is too large or cannot be written."""
    # Only workers write reports, and templates and pictures take memory.
    from cometa_reports.api import result_report  # noqa: PLC0415 - as said

    try:
        with runtime.reading() as session:
            report = result_report(runtime, session, result_id)
    except Exception:  # a mail with a link is better than none
        logger.exception("The report of result %s cannot be written; its mail links it", result_id)
        return None
    return Attachment(report.name, report.media_type, report.content) if len(report.content) < LARGEST else None
