"""The bell that tells readers of the event log that a stream has more.  Contract: runner K.1.

Publishing is: commit, ring, readers fetch from the database.  A ring may be lost, doubled or late without harm, because
readers also look once a second; so ringing never delays and never fails what was committed.
"""

import logging
import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import text

from cometa_core.doorbell import ring_bells

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from cometa_core.runtime import Runtime

logger = logging.getLogger(__name__)

CHANNEL = "cometa_events"
"""Channel of Redis and PostgreSQL; a message is the name of a stream."""

BELL_PREFIX = "reader."
BELL = "core.event_bell"
NOTIFY = text("SELECT pg_notify(:channel, name) FROM unnest(CAST(:names AS text[])) AS name")
END_LIMIT_S = 5.0
REDIS_LIMIT_S = 2.0
REDIS_SCHEMES = frozenset({"redis", "rediss", "unix"})

Publish = Callable[[Collection[str]], None]
"""Tells listeners the names of streams; may raise what its driver raises."""


class EventBell:
    """Rings in a thread of its own, so that a server which does not answer holds nobody up.

    Streams that are rung again before their turn are rung once.
    """

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._due: dict[str, None] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._silent = False

    def ring(self, stream: str) -> None:
        """Tell readers that a stream has more; returns at once."""
        with self._changed:
            if self._closing:
                return
            self._due[stream] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="event-bell", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Ring what is due and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(END_LIMIT_S)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._due or self._closing)
                due, self._due = self._due, {}
            if not due:
                return
            self._try(due)

    def _try(self, due: Collection[str]) -> None:
        try:
            self._publish(due)
        except Exception as error:  # drivers raise whatever they like when their server is away
            if not self._silent:
                logger.warning("Readers of events are not rung (%s); they look once a second.", type(error).__name__)
            self._silent = True
        else:
            self._silent = False


def ring_after_commit(runtime: "Runtime", stream: str) -> None:
    """Ring for a stream whose events were just committed."""
    bell = runtime.once(BELL, lambda: _make_bell(runtime))
    bell.ring(stream)


def uses_redis(runtime: "Runtime") -> bool:
    """Tell whether bells go through the Redis of the queue."""
    return urlsplit(runtime.locations.queue_url).scheme in REDIS_SCHEMES


def uses_postgresql(runtime: "Runtime") -> bool:
    """Tell whether bells go through the database."""
    return not uses_redis(runtime) and runtime.engine.dialect.name == "postgresql"


def bell_folder(runtime: "Runtime") -> "Path":
    """Return the folder of the bells of one machine."""
    return runtime.locations.data / "events.bells"


def _make_bell(runtime: "Runtime") -> EventBell:
    bell = EventBell(_publisher(runtime))
    runtime.at_exit(bell.close)
    return bell


def _publisher(runtime: "Runtime") -> Publish:
    if uses_redis(runtime):
        return _redis_publisher(runtime)
    if uses_postgresql(runtime):
        return _postgresql_publisher(runtime.engine)
    return _local_publisher(bell_folder(runtime))


def _redis_publisher(runtime: "Runtime") -> Publish:
    from redis import Redis  # noqa: PLC0415 - only installations with Redis pay for its import

    client = Redis.from_url(
        runtime.locations.queue_url, socket_connect_timeout=REDIS_LIMIT_S, socket_timeout=REDIS_LIMIT_S
    )
    runtime.at_exit(client.close)

    def publish(streams: Collection[str]) -> None:
        with client.pipeline(transaction=False) as pipeline:
            for stream in streams:
                pipeline.publish(CHANNEL, stream)
            pipeline.execute()

    return publish


def _postgresql_publisher(engine: "Engine") -> Publish:
    def publish(streams: Collection[str]) -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(NOTIFY, {"channel": CHANNEL, "names": list(streams)})

    return publish


def _local_publisher(folder: "Path") -> Publish:
    def publish(streams: Collection[str]) -> None:
        for stream in streams:
            ring_bells(folder, BELL_PREFIX, stream.encode())

    return publish
