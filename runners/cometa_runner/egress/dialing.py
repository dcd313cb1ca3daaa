"""Looking names up and connecting: each address is checked, and the connection goes to what was checked.

Contract: runner B.1, D.2, X-054.
"""

import contextlib
import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from cometa_runner.egress.policy import Denied, EgressPolicy
from cometa_runner.egress.rules import Address

Answer = TypeVar("Answer")

LOOK_SECONDS = 0.25
"""How long a cancel or the end of the time may stay unnoticed."""

LONGEST_NAME = 253
"""Characters of a host name."""


class Bound(Protocol):
    """What ends everything that waits; ``cometa_runner.steps.Deadline`` is one."""

    def remaining(self) -> float:
        """Give the seconds that are left, never below 0."""

    def check(self) -> None:
        """Raise when nothing may go on."""


class TimeLimit:
    """A number of seconds from now on, for those who have no deadline of a step.

    Args:
        seconds: time from now on.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Give the seconds that are left, never below 0."""
        return max(0.0, self._end - time.monotonic())

    def check(self) -> None:
        """Refuse to go on when the time is up.

        Raises:
            TimeoutError: the time is up.
        """
        if self.remaining() <= 0:
            raise TimeoutError("The time for the connection is up.")


class Unreachable(Exception):
    """There is no connection: the name is unknown, or nothing answers; the text says which."""


@dataclass(frozen=True)
class Place:
    """Where a connection can be made.

    Attributes:
        family: family of the socket.
        address: address without port.
        socket_address: what the socket connects to.
    """

    family: int
    address: Address
    socket_address: tuple[Any, ...]


Resolver: TypeAlias = Callable[[str, int], Sequence[Place]]
"""Looks a name up; raises OSError or UnicodeError when it is unknown."""


def system_resolver(host: str, port: int) -> list[Place]:
    """Look a name up as the system does: also reads ``2130706433`` and ``0x7f.1`` as addresses."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [
        Place(family, ipaddress.ip_address(place[0]), place)
        for family, _, _, _, place in found
        if family in {socket.AF_INET, socket.AF_INET6}
    ]


def permitted(
    policy: EgressPolicy, host: str, port: int, bound: Bound, resolver: Resolver = system_resolver
) -> list[Place]:
    """Look a name up once and give the places that the policy allows, for those who connect by themselves.

    Args:
        policy: the policy.
        host: name or address, without brackets.
        port: the port.
        bound: ends the wait.
        resolver: looks names up; another one in tests.

    Raises:
        Denied: there are places, and none is allowed.
        Unreachable: the name is unknown.
        Exception: what ``bound`` raises when the time is up.
    """
    places = _looked_up(host.rstrip("."), port, bound, resolver)
    denials = {place: policy.denial(host, place.address, port) for place in places}
    allowed = [place for place, denial in denials.items() if denial is None]
    if allowed:
        return allowed
    place, reason = next(iter(denials.items()))
    shown = host if str(place.address) == host else f"{host} ({place.address})"
    raise Denied(f"{shown} port {port}", str(reason))


def connect(
    policy: EgressPolicy, host: str, port: int, bound: Bound, resolver: Resolver = system_resolver
) -> socket.socket:
    """Connect to the first allowed place that answers; the socket times out when the time is up.

    Raises:
        Denied: the policy forbids it.
        Unreachable: the name is unknown, or nothing answers.
        Exception: what ``bound`` raises when the time is up.
    """
    places = permitted(policy, host, port, bound, resolver)
    problem = "nothing answers"
    for tried, place in enumerate(places):
        stream = socket.socket(place.family, socket.SOCK_STREAM)
        try:
            # A place that swallows everything must leave time for the others.
            stream.settimeout(max(bound.remaining() / (len(places) - tried), 0.01))
            with interrupting(bound, stream):
                stream.connect(place.socket_address)
            stream.settimeout(max(bound.remaining(), 0.01))
        except OSError as error:
            stream.close()
            bound.check()
            problem = error.strerror or str(error) or "nothing answers"
        else:
            return stream
    raise Unreachable(f"{host} port {port}: {problem}")


@contextlib.contextmanager
def interrupting(bound: Bound, stream: socket.socket) -> Iterator[None]:
    """End everything that waits for a socket when the time is up or the run is cancelled.

    A time-out of a socket begins anew with every byte; this one does not.  What waits then gets an OSError or the end
    of the stream, and whoever called asks ``bound.check()``, which says why.
    """
    # Not the method of TLS sockets: it would take their state away from the thread that waits.
    with watched(bound, lambda: socket.socket.shutdown(stream, socket.SHUT_RDWR)):
        yield


@contextlib.contextmanager
def watched(bound: Bound, interrupt: Callable[[], object]) -> Iterator[None]:
    """Call a function, once, from another thread, when the time is up or the run is cancelled before the block ends.

    Args:
        bound: says when it is enough.
        interrupt: makes what waits give up; an OSError of it means that nothing waits any more.
    """
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(bound, interrupt, done), name="egress watch", daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()


def _watch(bound: Bound, interrupt: Callable[[], object], done: threading.Event) -> None:
    while not done.wait(min(LOOK_SECONDS, max(bound.remaining(), 0.01))):
        try:
            bound.check()
        except Exception:  # whatever says that it is enough; the thread that waits raises it once more
            with contextlib.suppress(OSError):
                interrupt()
            return


def _looked_up(host: str, port: int, bound: Bound, resolver: Resolver) -> Sequence[Place]:
    """Look a name up in a thread of its own, since the system offers no time limit for it."""
    if not 0 < len(host) <= LONGEST_NAME or "%" in host:
        raise Unreachable(f"{host!r} is no name of a host")
    answers: queue.SimpleQueue[Sequence[Place] | OSError | UnicodeError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    if _is_address(host):
        look_up()
    else:
        threading.Thread(target=look_up, name="egress lookup", daemon=True).start()
    answer = _awaited(answers, bound)
    if isinstance(answer, OSError | UnicodeError) or not answer:
        why = getattr(answer, "strerror", None) or "the name is unknown"
        raise Unreachable(f"{host}: {why}")
    return answer


def _awaited(answers: "queue.SimpleQueue[Answer]", bound: Bound) -> Answer:
    while True:
        try:
            return answers.get(timeout=min(LOOK_SECONDS, max(bound.remaining(), 0.01)))
        except queue.Empty:
            bound.check()


def _is_address(host: str) -> bool:
    """Tell whether nobody has to be asked about a host."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
