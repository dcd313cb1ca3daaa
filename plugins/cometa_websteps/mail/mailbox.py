"""A mailbox over IMAP, reached through the egress policy and bounded by the deadline of the step.

Contract: runner B.1, D.2; steps.json, library mail.
"""

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeVar

from cometa_runner.egress import Denied, Unreachable, connect, watched
from cometa_runner.steps import StepContext, StepFailure

MOST_CANDIDATES = 100
"""Newest mails that are looked at."""

MOST_BYTES = 10 * 1024 * 1024
"""Bytes of a mail that is read."""

_UID = re.compile(rb"UID (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Place:
    """Where a mailbox is and who opens it.

    Attributes:
        host: name or address of the server.
        port: its port.
        security: ``tls``, ``starttls`` or ``none``.
        user: who signs in.
        password: of the user.
        folder: where mail arrives.
        since: mail that arrived earlier is none of this run.
    """

    host: str
    port: int
    security: str
    user: str
    password: str
    folder: str
    since: datetime

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Place":
        """Take what the worker answered."""
        return cls(
            str(data["host"]), int(data["port"]), str(data["security"]), str(data["user_name"]),
            str(data["password"]), str(data["folder"]), datetime.fromisoformat(str(data["since"])),
        )  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """What is known of a mail before it is read.

    Attributes:
        number: its UID in the folder.
        arrived: when the server took it.
        size: bytes.
        subject: decoded.
    """

    number: int
    arrived: datetime
    size: int
    subject: str


class _Connection(imaplib.IMAP4):
    """An IMAP connection over a socket that was connected already, to an address that was checked."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        super().__init__()

    def _create_socket(self, _timeout: float | None) -> socket.socket:
        return self._stream

    def encrypt(self, context: ssl.SSLContext, host: str) -> socket.socket:
        """Go on encrypted, with a server that has the certificate of this host; returns the new socket."""
        # The library asks for the certificate of the name that it would have connected to, and leaves a file open.
        self.host = host
        with contextlib.closing(self.file):
            self.starttls(context)
        return self.sock


class Mailbox:
    """An open mailbox; ``close`` ends the connection."""

    def __init__(self, context: StepContext, place: Place) -> None:
        """Connect, sign in and open the folder, without changing anything in it.

        Raises:
            StepFailure: ``egress``, ``bad-value`` for what the server refuses, ``internal`` when it cannot be used.
        """
        self._place = place
        self._deadline = context.deadline
        try:
            self._stream = connect(context.settings.egress, place.host, place.port, context.deadline)
        except Denied as denied:
            raise StepFailure(
                "egress",
                expected="the mailbox of the department to be where the egress policy allows",
                found=f"{denied.target}, which is denied by {denied.reason}",
            ) from denied
        except Unreachable as problem:
            raise self._lost(str(problem)) from problem
        self._connection: _Connection | None = None
        try:
            self._guarded(lambda: self._open(context.settings.ca_file))
        except BaseException:
            self._give_up()
            raise

    def close(self) -> None:
        """End the connection, whatever state it is in."""
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._stream.settimeout(1)
            self._opened.logout()
        self._give_up()

    def headings(self, known: set[int]) -> list[Heading]:
        """Return the mails of this run that are not known yet, the newest first.

        Raises:
            StepFailure: the connection is lost.
        """
        return self._guarded(lambda: self._headings(known))

    def read(self, heading: Heading) -> EmailMessage:
        """Read a mail; it stays unread for others.

        Raises:
            StepFailure: ``limit`` when it is too large, ``internal`` when it is gone.
        """
        if heading.size > MOST_BYTES:
            raise StepFailure("limit", expected=f"a mail of at most {MOST_BYTES:,} bytes", found=f"{heading.size:,}")
        answers = self._guarded(lambda: self._fetch(str(heading.number), "(BODY.PEEK[])"))
        if not answers:
            raise self._lost(f"the mail {heading.subject!r} removed from the folder meanwhile")
        return message_from_bytes(answers[0][1], policy=policy.default)

    @property
    def _opened(self) -> _Connection:
        if self._connection is None:
            raise imaplib.IMAP4.abort("not connected")
        return self._connection

    def _give_up(self) -> None:
        """Close what is open, without a word to the server."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown()
        self._stream.close()

    def _open(self, ca_file: str) -> None:
        place = self._place
        context = ssl.create_default_context()
        if ca_file:
            context.load_verify_locations(ca_file)
        if place.security == "tls":
            # First the socket, then the handshake: so that it can be interrupted.
            self._stream = context.wrap_socket(self._stream, server_hostname=place.host, do_handshake_on_connect=False)
            self._stream.do_handshake()
        connection = self._connection = _Connection(self._stream)
        if place.security == "starttls":
            self._stream = connection.encrypt(context, place.host)
        self._allowed(lambda: connection.login(place.user, place.password), f"a sign-in of {place.user}")
        # Read-only: nobody's mail becomes read by a test.
        quoted_folder = '"' + place.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
        self._allowed(lambda: connection.select(quoted_folder, readonly=True), f"the folder {place.folder}")

    def _allowed(self, command: Callable[[], tuple[str, list[Any]]], wanted: str) -> None:
        try:
            status, answer = command()
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            status, answer = "NO", [str(error)]
        except UnicodeError:
            status, answer = "NO", ["that letters outside of ASCII cannot be sent"]
        if status != "OK":
            said = answer[0] if answer else ""
            text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
            raise StepFailure(
                "bad-value",
                expected=f"the mail server {self._place.host} to accept {wanted}, as set for the department",
                found=f"the answer {text}",
            )

    def _headings(self, known: set[int]) -> list[Heading]:
        # Without it the server may not tell of mail that arrived meanwhile.
        self._opened.noop()
        # Days of the server may be others than ours.
        day = (self._place.since - timedelta(days=1)).strftime("%d-%b-%Y")
        _status, found = self._opened.uid("SEARCH", "SINCE", day)
        numbers = [int(word) for line in found if line for word in line.split()]
        fresh = sorted(set(numbers) - known)[-MOST_CANDIDATES:]
        if not fresh:
            return []
        asked = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])"
        answers = self._fetch(",".join(map(str, fresh)), asked)
        headings = [heading for heading in map(_heading, answers) if heading is not None]
        return sorted(
            (heading for heading in headings if heading.arrived >= self._place.since),
            key=lambda heading: heading.number,
            reverse=True,
        )

    def _fetch(self, numbers: str, what: str) -> list[Any]:
        _status, answers = self._opened.uid("FETCH", numbers, what)
        return [answer for answer in answers if isinstance(answer, tuple)]

    def _guarded(self, action: Callable[[], Answer]) -> Answer:
        """Talk to the server, never longer than the deadline of the step."""
        # Not the method of TLS sockets: it would take their state away from the thread that waits.
        with self._problems(), watched(self._deadline, lambda: socket.socket.shutdown(self._stream, socket.SHUT_RDWR)):
            self._stream.settimeout(max(self._deadline.remaining(), 0.01))
            return action()

    @contextlib.contextmanager
    def _problems(self) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise self._lost(f"its certificate cannot be trusted ({error.verify_message})") from error
        except (OSError, imaplib.IMAP4.error) as error:
            self._deadline.check()
            raise self._lost(str(error) or type(error).__name__) from error

    def _lost(self, found: str) -> StepFailure:
        place = f"{self._place.host}:{self._place.port}"
        return StepFailure("internal", expected=f"the mail server {place} to answer", found=found)


def _heading(answer: tuple[bytes, bytes]) -> Heading | None:
    facts, header = answer
    number, size, date = _UID.search(facts), _SIZE.search(facts), _DATE.search(facts)
    if number is None or date is None:
        return None
    arrived = datetime.strptime(date[1].decode("ascii", "replace").strip(), "%d-%b-%Y %H:%M:%S %z")
    subject = message_from_bytes(header, policy=policy.default)["Subject"]
    return Heading(int(number[1]), arrived, int(size[1]) if size else 0, " ".join(str(subject or "").split()))
