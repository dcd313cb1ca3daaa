"""Waiting for a mail that the application under test sends."""

import time

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Seconds, Text, Variable
from cometa_runner.steps.values import seconds as read_seconds
from cometa_runner.steps.values import variable_name
from cometa_websteps.mail.documents import as_document
from cometa_websteps.mail.mailbox import Heading, Mailbox, Place
from cometa_websteps.meanings import LONGEST_WAIT, RESULT

LOOK_SECONDS = 1.0
"""How often the mailbox is looked into: servers shut out those who ask all the time."""

MOST_SHOWN = 5

_SEEN = "mail.seen"


@step(
    'Wait at most "{seconds}" seconds for a mail with subject "{subject}" and remember it as "{variable}"',
    category="mail-notifications",
    example='Wait at most "60" seconds for a mail with subject "Your code" and remember it as "mail"',
    waits="seconds",
    seconds=LONGEST_WAIT,
    subject="part of the subject",
    variable=RESULT,
)
def wait_for_mail(context: StepContext, seconds: Seconds, subject: Text, variable: Variable) -> None:
    """Polls the IMAP mailbox set for the department for a new mail and keeps it as an object."""
    longest, name = read_seconds(seconds, "seconds"), variable_name(variable)
    if not subject.strip():
        raise StepFailure("bad-value", expected="a part of the subject", found="nothing")
    answer = context.ask("mailbox", {})
    context.announce_secret(str(answer["password"]))
    seen = context.keep(_SEEN, set[int], lambda _seen: None)
    mailbox = Mailbox(context, Place.of(answer))
    try:
        heading = _awaited(context, mailbox, longest, subject.strip(), seen)
        mail = mailbox.read(heading)
    finally:
        mailbox.close()
    # The same mail is the answer to one step only.
    seen.add(heading.number)
    context.store_variable(name, as_document(mail), "run")
    context.detail(f"Read the mail {quoted(heading.subject)}.")


def _awaited(context: StepContext, mailbox: Mailbox, longest: float, subject: str, seen: set[int]) -> Heading:
    """Look until there is a mail with the subject.

    Raises:
        StepFailure: ``timeout`` naming the mails that came instead.
    """
    others: dict[int, str] = {}
    next_look = 0.0

    def look() -> Heading | None:
        nonlocal next_look
        if time.monotonic() < next_look:
            return None
        found = mailbox.headings(seen)
        next_look = time.monotonic() + LOOK_SECONDS
        others.update({heading.number: heading.subject for heading in found})
        return next((heading for heading in found if subject in heading.subject), None)

    begin = time.monotonic()
    heading = context.deadline.within(longest).poll(look)
    if heading is not None:
        return heading
    names = [quoted(text) for text in list(others.values())[:MOST_SHOWN]]
    found = f"{len(others)} other mails: {', '.join(names)}" if others else "no new mail"
    raise StepFailure(
        "timeout",
        expected=f"a mail with the subject {quoted(subject)} within {longest:g} s",
        found=found,
        waited_ms=round((time.monotonic() - begin) * 1000),
    )
