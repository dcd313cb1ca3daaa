"""Listening to the bell of the event log, on whatever the installation has for it.  Contract: runner K.1.

A thread waits for rings and passes the names of streams on.  Rings that are lost while a server is away cost nothing
but time: whoever listens also looks once a second.
"""

import logging
import os
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from cometa_core.doorbell import hang_bell, ring_bells
from cometa_core.event_bell import BELL_PREFIX, CHANNEL, bell_folder, uses_postgresql, uses_redis
from cometa_core.runtime import Runtime

if TYPE_CHECKING:
    from psycopg import Connection
    from redis import Redis
    from redis.client import PubSub

logger = logging.getLogger(__name__)

WAIT_S = 1.0
LONGEST_NAME = 200
CONNECT_S = 5.0


class Ear(Protocol):
    """Something that hears rings."""

    def hear(self) -> list[str]:
        """Wait for up to a second; returns the names of rung streams.

        Raises:
            Exception: whatever its driver raises when its server is away.
        """


class Listener:
    """The thread that hears rings."""

    def __init__(self, runtime: Runtime, rung: Callable[[list[str]], object]) -> None:
        """Prepare to listen.

        Args:
            runtime: says what the installation has.
            rung: is told, in the thread, which streams have more.
        """
        self._runtime = runtime
        self._rung = rung
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="bell", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening; takes up to a second."""
        self._ending.set()
        self._thread.join(WAIT_S + CONNECT_S)

    def _listen(self) -> None:
        while not self._ending.is_set():
            try:
                with ear_of(self._runtime) as ear:
                    while not self._ending.is_set():
                        streams = ear.hear()
                        if streams:
                            self._rung(streams)
            except Exception as error:  # drivers raise whatever they like when their server is away
                logger.warning(
                    "The bell of events is not heard (%s); streams are read once a second.", type(error).__name__
                )
                self._ending.wait(WAIT_S)


@contextmanager
def ear_of(runtime: Runtime) -> Iterator[Ear]:
    """Open what hears the bells of an installation."""
    if uses_redis(runtime):
        opened = _redis_ear(runtime)
    elif uses_postgresql(runtime):
        opened = _postgresql_ear(runtime)
    else:
        opened = _local_ear(runtime)
    with opened as ear:
        yield ear


class _RedisEar:
    def __init__(self, subscription: "PubSub") -> None:
        self._subscription = subscription

    def hear(self) -> list[str]:
        message = self._subscription.get_message(timeout=WAIT_S)
        return [_name(message["data"])] if message and message["type"] == "message" else []


@contextmanager
def _redis_ear(runtime: Runtime) -> Iterator[Ear]:
    from redis import Redis  # noqa: PLC0415 - only installations with Redis pay for its import

    client = Redis.from_url(runtime.locations.queue_url, socket_connect_timeout=CONNECT_S, health_check_interval=30)
    with closing(client), closing(_subscription(client)) as subscription:
        subscription.subscribe(CHANNEL)
        yield _RedisEar(subscription)


def _subscription(client: "Redis") -> "PubSub":
    made: PubSub = client.pubsub()  # type: ignore[no-untyped-call]  # redis does not annotate it
    return made


class _PostgresqlEar:
    def __init__(self, connection: "Connection[Any]") -> None:
        self._connection = connection

    def hear(self) -> list[str]:
        found = self._connection.notifies(timeout=WAIT_S, stop_after=1)
        return [_name(notice.payload) for notice in found]


@contextmanager
def _postgresql_ear(runtime: Runtime) -> Iterator[Ear]:
    from psycopg import sql  # noqa: PLC0415 - only installations with PostgreSQL pay for its import

    connection = runtime.engine.raw_connection()
    driver: Connection[Any] = connection.driver_connection  # type: ignore[assignment]  # SQLAlchemy knows no driver
    # It is never given back: listening belongs to the connection.
    connection.detach()
    with closing(driver):
        driver.autocommit = True
        driver.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
        yield _PostgresqlEar(driver)


class _LocalEar:
    def __init__(self, bell: socket.socket) -> None:
        self._bell = bell

    def hear(self) -> list[str]:
        if not select.select([self._bell], [], [], WAIT_S)[0]:
            return []
        return [_name(self._bell.recv(LONGEST_NAME))]


@contextmanager
def _local_ear(runtime: Runtime) -> Iterator[Ear]:
    folder = bell_folder(runtime)
    # Takes down what processes that were killed left.
    ring_bells(folder, BELL_PREFIX, b"")
    address = folder / f"{BELL_PREFIX}{os.getpid()}"
    with closing(hang_bell(address)) as bell:
        try:
            yield _LocalEar(bell)
        finally:
            address.unlink(missing_ok=True)


def _name(sent: str | bytes) -> str:
    return sent.decode(errors="replace") if isinstance(sent, bytes) else sent
