"""Sentences that send mail: the worker puts it into its outbox, so the run never waits for a mail server."""

import json
from collections.abc import Mapping

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Text

PARTS = ("to", "cc", "bcc")

LONGEST_SUBJECT = 250
LONGEST_MESSAGE = 65_536

_CATEGORY = "mail-notifications"
_SUBJECT = "subject"


@step(
    'Send an email notification with subject "{subject}" and message "{message}" with recipients "{recipients}"',
    category=_CATEGORY,
    example='Send an email notification with subject "nightly" and message "done" with recipients '
    '"{"to": "qa@example.org"}"',
    subject=_SUBJECT,
    message="text",
    recipients="JSON object with to, cc, bcc; each a list or comma list",
)
def send_to(context: StepContext, subject: Text, message: Text, recipients: Text) -> None:
    """Asks the worker to send a mail; delivery does not delay the run and its outcome is written to the step."""
    named = read_recipients(recipients)
    _send(context, subject, message, named)


@step(
    'Send an email notification with subject "{subject}" and message "{message}"',
    category=_CATEGORY,
    example='Send an email notification with subject "half way" and message "$feature_name is running"',
    subject=_SUBJECT,
    message="text; result variables such as $feature_name are known",
)
def send(context: StepContext, subject: Text, message: Text) -> None:
    """Same, to the recipients set on the feature; without any the step fails."""
    _send(context, subject, message, None)


def read_recipients(text: str) -> dict[str, list[str]]:
    """Read who gets a mail.

    Returns:
        Addresses by ``to``, ``cc`` and ``bcc``; what they look like is checked by the worker, which drops bad ones.

    Raises:
        StepFailure: ``bad-value``.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _bad(f"{quoted(text)} ({error})") from error
    if not isinstance(found, dict) or set(found) - set(PARTS):
        raise _bad(quoted(text))
    return {part: _addresses(text, found.get(part)) for part in PARTS}


def _addresses(text: str, value: object) -> list[str]:
    entries = value.split(",") if isinstance(value, str) else value if value is not None else []
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise _bad(quoted(text))
    return [entry.strip() for entry in entries if entry.strip()]


def _bad(found: str) -> StepFailure:
    wanted = 'recipients as a JSON object with "to", "cc" and "bcc", each a list or comma list of addresses'
    return StepFailure("bad-value", expected=wanted, found=found)


def _send(context: StepContext, subject: str, message: str, recipients: Mapping[str, list[str]] | None) -> None:
    for name, value, longest in (("subject", subject, LONGEST_SUBJECT), ("message", message, LONGEST_MESSAGE)):
        if len(value) > longest:
            raise StepFailure(
                "bad-value", expected=f"a {name} of at most {longest:,} characters", found=f"{len(value):,}"
            )
    if recipients is not None and not any(recipients.values()):
        raise StepFailure("bad-value", expected="at least one mail address in the recipients", found="none")
    answer = context.ask("send_mail", {"subject": subject, "message": message, "recipients": recipients})
    if answer.get("dropped"):
        context.warn(f"These are no mail addresses and were left out: {', '.join(answer['dropped'])}.")
    context.note("Mail", f"Waits to be sent to {', '.join(answer['recipients'])}.")
