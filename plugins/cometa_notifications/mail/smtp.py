"""Handing a message to the mail server.  Contract: runner L (TLS, time-out 30 s)."""

import contextlib
import platform
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import parseaddr

from cometa_notifications.outcomes import Outcome, failed
from cometa_notifications.settings import MailServer

REFUSED_FOR_GOOD = 500
"""Replies from here on are final.  RFC 5321."""


def hand_over(server: MailServer, message: EmailMessage, recipients: Sequence[str], seconds: float) -> Outcome:
    """Send a message to all recipients.

    Args:
        server: where to.
        message: what.
        recipients: whom to, blind copies included.
        seconds: how long each answer of the server may take.
    """
    try:
        connection = _connected(server, seconds)
        with contextlib.closing(connection):
            sender = parseaddr(str(message["From"]))[1]
            refused = connection.send_message(message, sender, list(recipients))
            with contextlib.suppress(smtplib.SMTPException, OSError):
                # The mail is taken; a server that is rude at the end must not get it twice.
                connection.quit()
    except smtplib.SMTPRecipientsRefused as error:
        return failed(_refusals(error.recipients), final=_is_final(error.recipients))
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        return failed(f"The mail server refused it: {_reply(error)}", final=error.smtp_code >= REFUSED_FOR_GOOD)
    except smtplib.SMTPResponseException as error:
        return failed(f"The mail server refused the connection: {_reply(error)}", unreachable=True)
    except (smtplib.SMTPException, OSError) as error:
        # Certificates, names, time-outs and connections that end are all of this kind.
        return failed(f"The mail server {server.host}:{server.port} cannot be used: {error}", unreachable=True)
    return Outcome(sent=True, text=_refusals(refused))


def _connected(server: MailServer, seconds: float) -> smtplib.SMTP:
    """Connect, encrypt and sign in."""
    # Without a name of ours the library looks one up, which may take long.
    name = platform.node() or "localhost"
    context = None if server.security == "none" else _trust(server.ca_file)
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=name, timeout=seconds, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=seconds)
    try:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _trust(ca_file: str) -> ssl.SSLContext:
    """Trust the authorities of the system, and those in a file."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _reply(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    return f"{error.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"


def _refusals(refused: Mapping[str, tuple[int, bytes]]) -> str:
    texts = [f"{address}: {code} {reply.decode('utf-8', 'replace')}" for address, (code, reply) in refused.items()]
    return f"Refused were {'; '.join(texts)}" if texts else ""


def _is_final(refused: Mapping[str, tuple[int, bytes]]) -> bool:
    return all(code >= REFUSED_FOR_GOOD for code, _ in refused.values())
