"""Working off the outbox: at least once, with growing pauses, in any number of workers.  Contract: runner L, X-152."""

import logging
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from cometa_core.runtime import Runtime
from cometa_notifications.models import Notification
from cometa_notifications.outcomes import Outcome, failed
from cometa_notifications.services.aftercare import forget_old, tell_steps
from cometa_notifications.services.outbox import DEAD, SENDING, SENT, WAITING
from cometa_notifications.services.sending import send
from cometa_notifications.settings import PAUSES

logger = logging.getLogger(__name__)

CHANNELS = ("mail", "webhook")

COURIERS = "notifications.couriers"
"""Key of the couriers in a runtime."""

BATCH = 50
STOP_SECONDS = 5.0

CLAIM_SECONDS = 600
"""After how long a message that is being sent counts as given up; longer than any try may take."""


def deliver(runtime: Runtime) -> None:
    """Send what is due, in threads beside the service queue: a server that hangs holds up nothing else.

    Rung when something was stored, and each minute, which makes up for lost rings and looks after what is over.
    """
    for courier in couriers_of(runtime):
        courier.wake()
    tell_steps(runtime)
    forget_old(runtime)


def couriers_of(runtime: Runtime) -> tuple["Courier", ...]:
    """Return the couriers of a process, one for each channel."""

    def make() -> tuple[Courier, ...]:
        made = tuple(Courier(runtime, channel) for channel in CHANNELS)
        for courier in made:
            runtime.at_exit(courier.stop)
        return made

    return runtime.once(COURIERS, make)


class Courier:
    """Sends the messages of one channel, one after the other."""

    def __init__(self, runtime: Runtime, channel: str) -> None:
        self._runtime = runtime
        self._channel = channel
        self._rung = threading.Event()
        self._stopping = threading.Event()
        self._working = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Begin to work in a thread, unless that is done already; then it looks once more."""
        self._rung.set()
        if self._working.acquire(blocking=False):
            self._thread = threading.Thread(target=self._work, name=f"courier {self._channel}", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the message that is being sent; what takes too long is sent again by others."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _work(self) -> None:
        try:
            while self._rung.is_set() and not self._stopping.is_set():
                self._rung.clear()
                self.work_off()
        except Exception:  # the database may be away; each minute somebody looks again
            logger.exception("Notifications by %s were not worked off", self._channel)
        finally:
            self._working.release()

    def work_off(self) -> int:
        """Send what is due, and return how many messages were tried.

        Of messages to a server that cannot be reached one is tried, the others wait for the next time.
        """
        tried = 0
        unreachable: set[int] = set()
        for row in self._due(unreachable):
            if self._stopping.is_set():
                break
            if _server(row) in unreachable or not self._claim(row):
                continue
            tried += 1
            outcome = self._sent(row)
            if outcome.unreachable:
                unreachable.add(_server(row))
            self._finish(row, outcome)
        return tried

    def _due(self, unreachable: set[int]) -> Iterator[Notification]:
        """Yield due rows in batches, each row once."""
        after = 0
        now = self._runtime.clock.now()
        # There is one mail server: when it cannot be reached, no other mail is tried.
        while self._channel != "mail" or not unreachable:
            query = (
                select(Notification)
                .where(
                    Notification.state.in_((WAITING, SENDING)),
                    Notification.next_at <= now,
                    Notification.channel == self._channel,
                    Notification.id > after,
                )
                .order_by(Notification.id)
                .limit(BATCH)
            )
            if unreachable and self._channel != "mail":
                query = query.where(Notification.integration_id.not_in(sorted(unreachable)))
            with self._runtime.reading() as session:
                rows = session.scalars(query).all()
            if not rows:
                return
            yield from rows
            after = rows[-1].id

    def _claim(self, row: Notification) -> bool:
        """Take a row, unless somebody else was faster."""
        now = self._runtime.clock.now()
        claim = uuid.uuid4().hex
        values = {
            "state": SENDING,
            "claim": claim,
            "attempts": row.attempts + 1,
            "next_at": now + timedelta(seconds=CLAIM_SECONDS),
        }
        if not self._change(row, {"state": row.state, "claim": row.claim, "attempts": row.attempts}, values):
            return False
        row.claim, row.attempts, row.state = claim, row.attempts + 1, SENDING
        return True

    def _sent(self, row: Notification) -> Outcome:
        try:
            return send(self._runtime, row)
        except Exception as error:  # one message that cannot be made must not keep the others from being sent
            logger.exception("Notification %s was not sent", row.id)
            return failed(f"It could not be made: {type(error).__name__}")

    def _finish(self, row: Notification, outcome: Outcome) -> None:
        now = self._runtime.clock.now()
        pauses = self._runtime.settings.words(PAUSES)
        values: dict[str, Any] = {"last_error": outcome.text.replace("\0", "\ufffd")}
        if outcome.sent:
            values |= {"state": SENT, "ended_at": now}
        elif outcome.final or row.attempts > len(pauses):
            values |= {"state": DEAD, "ended_at": now}
            logger.warning("Notification %s is dead: %s", row.id, outcome.text)
        else:
            values |= {"state": WAITING, "next_at": now + timedelta(seconds=int(pauses[row.attempts - 1]))}
        if self._change(row, {"state": SENDING, "claim": row.claim}, values) and row.step_sequence:
            tell_steps(self._runtime)

    def _change(self, row: Notification, expected: dict[str, Any], values: dict[str, Any]) -> bool:
        """Change a row that still is as expected."""
        conditions = [getattr(Notification, name) == value for name, value in expected.items()]
        statement = update(Notification).where(Notification.id == row.id, *conditions).values(**values)
        with self._runtime.unit_of_work() as scope:
            return scope.session.connection().execute(statement).rowcount == 1


def _server(row: Notification) -> int:
    """Return what tells servers apart: the integration, and 0 for the mail server."""
    return row.integration_id or 0
