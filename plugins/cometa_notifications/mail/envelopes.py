"""Letters as messages for the mail server.  Contract: runner L (no header can be injected)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from cometa_notifications.mail.letters import Letter


@dataclass(frozen=True)
class Attachment:
    """A file that is sent along."""

    name: str
    mime: str
    content: bytes


def message_of(
    letter: Letter, recipients: Mapping[str, Any], sender: str, delivery: str, moment: datetime,
    attachments: tuple[Attachment, ...] = (),
) -> EmailMessage:  # fmt: skip
    """Put a letter into an envelope.

    Python's message class refuses headers with line ends, so nothing that testers write can add one.

    Args:
        letter: what stands in it.
        recipients: addresses by ``to``, ``cc`` and ``bcc``; the last are in no header.
        sender: who sends it.
        delivery: id of the delivery; equal ids give equal message ids, so that a repeated mail is known as such.
        moment: when it is sent.
        attachments: files that go along.
    """
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["From"] = sender
    for header, part in (("To", "to"), ("Cc", "cc")):
        if recipients.get(part):
            message[header] = ", ".join(recipients[part])
    if not recipients.get("to") and not recipients.get("cc"):
        message["To"] = "undisclosed-recipients:;"
    message["Date"] = format_datetime(moment)
    message["Message-ID"] = f"<{delivery}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    # So that out-of-office answers and loops end here.  RFC 3834.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for name, content in letter.pictures.items():
        _embed(message, name, content)
    for attachment in attachments:
        main, _, sub = attachment.mime.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    return message


def _embed(message: EmailMessage, name: str, content: bytes) -> None:
    html = message.get_body(("html",))
    if isinstance(html, EmailMessage):
        html.add_related(
            content, "image", "png", cid=f"<{name}>", filename=f"{name}.png", disposition="inline"
        )  # fmt: skip


def everybody(recipients: Mapping[str, Any]) -> list[str]:
    """Return all addresses that a mail goes to, each once."""
    return list(dict.fromkeys(address for part in ("to", "cc", "bcc") for address in recipients.get(part) or ()))
