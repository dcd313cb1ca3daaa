"""What operators set about mail and webhooks.  Contract: runner L."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import parse_qs, unquote, urlsplit

from cometa_core.settings import Setting, as_boolean, as_integer, as_path, as_seconds, as_text, as_words

MAIL_URL = "cometa.mail.url"
MAIL_FROM = "cometa.mail.from"
MAIL_SECONDS = "cometa.mail.timeout_seconds"
CA_FILE = "cometa.notification.ca_file"
HOOK_SECONDS = "cometa.notification.webhook_seconds"
INTERNAL_HOOKS = "cometa.notification.internal_webhooks"
RESULT_URL = "cometa.notification.result_url"
PAUSES = "cometa.notification.pauses"
KEEP_DAYS = "cometa.notification.keep_days"

LONGEST_PAUSE = 86_400
"""Seconds; the contract lets pauses grow up to 24 hours."""

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over.

    Attributes:
        host: name or address.
        port: its port.
        security: ``tls`` from the first byte, ``starttls`` before anything else is said, or ``none``.
        user: who signs in; empty = nobody.
        password: of the user.
        ca_file: certificates of more authorities that its certificate may be of; empty for those of the system alone.
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""
    ca_file: str = ""


def declared() -> Iterable[Setting]:
    """Return every setting of mail and webhooks."""
    return [
        Setting(MAIL_URL, None, "Mail server: smtp://user:password@host:587?tls=starttls, smtps://…; not set: no mail.",
                as_mail_url, secret=True),
        Setting(MAIL_FROM, "Cometa <cometa@localhost>", "Sender of mail.", as_sender),
        Setting(MAIL_SECONDS, 30.0, "Longest wait for an answer of the mail server.", as_seconds),
        Setting(CA_FILE, None, "Certificates of more authorities that mail servers and webhooks may have.", as_path),
        Setting(HOOK_SECONDS, 10.0, "Longest call of a webhook.", as_seconds),
        Setting(INTERNAL_HOOKS, False, "Let webhooks use http:// and private addresses.", as_boolean),
        Setting(RESULT_URL, "http://localhost:8001/feature_results/{feature_result_id}/",
                "Page of a result in mails and webhooks; {run_id} and {feature_id} may be used too.", as_result_url),
        Setting(PAUSES, ("60", "300", "900", "3600", "10800", "21600", "43200", "86400"),
                "Seconds between the tries of a notification; after the last one it is dead.", as_pauses),
        Setting(KEEP_DAYS, 30, "Days that notifications stay listed after they were sent or died.", as_integer),
    ]  # fmt: skip


def as_mail_url(text: str) -> str:
    """Check the address of a mail server; ``mail_server`` reads it."""
    mail_server(text.strip())
    return text.strip()


def mail_server(url: str) -> MailServer:
    """Read the address of a mail server.

    Args:
        url: ``smtp://`` (port 25, STARTTLS unless ``?tls=none``) or ``smtps://`` (port 465); what is special in user
            and password is percent-encoded.

    Raises:
        ValueError: says what was expected, and never the password.
    """
    parts = urlsplit(url)
    words = parse_qs(parts.query, keep_blank_values=True)
    usual = {"smtp": ("starttls", 25), "smtps": ("tls", 465)}.get(parts.scheme)
    if usual is None or not parts.hostname or parts.path not in {"", "/"} or words.keys() - {"tls"}:
        raise ValueError("expected smtp://user:password@host:port?tls=starttls or smtps://user:password@host:port")
    security = words.get("tls", [usual[0]])[0]
    if security not in ({"starttls", "none"} if parts.scheme == "smtp" else {"tls"}):
        raise ValueError("tls must be starttls or none, and with smtps:// it is left out")
    try:
        port = parts.port or usual[1]
    except ValueError:
        raise ValueError("the port is no number from 1 to 65535") from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname, port, cast("Security", security), user, password)


def as_sender(text: str) -> str:
    """Read a sender, ``Name <address>`` or an address alone."""
    from cometa_notifications.mail.addresses import usable_sender  # noqa: PLC0415 - it imports Python's mail package

    sender = as_text(text)
    if not usable_sender(sender):
        raise ValueError("expected an address, or Name <address>")
    return sender


def as_result_url(text: str) -> str:
    """Read the form of addresses of results."""
    form = text.strip()
    try:
        form.format(run_id=1, feature_id=1, feature_result_id=1)
    except (LookupError, ValueError):
        raise ValueError("expected an address with {run_id}, {feature_id} and {feature_result_id} alone") from None
    if urlsplit(form).scheme not in {"http", "https"}:
        raise ValueError("expected http:// or https://")
    return form


def as_pauses(text: str) -> tuple[str, ...]:
    """Read a list of pauses that do not shrink."""
    words = as_words(text)
    if not words or not all(word.isascii() and word.isdigit() and int(word) <= LONGEST_PAUSE for word in words):
        raise ValueError(f"expected seconds, each at most {LONGEST_PAUSE}")
    if sorted(words, key=int) != list(words):
        raise ValueError("expected pauses that grow")
    return words
