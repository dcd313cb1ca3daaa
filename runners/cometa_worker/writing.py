"""Fenced transactions that outlast a database which is away.  Contract: runner A.4, B.4, X-028, X-034."""

import logging
import threading
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.api import Ending, Lease, Reason, State

logger = logging.getLogger(__name__)

PAUSE_SECONDS: Final = 0.5
"""How long a writer waits before it tries again."""

TRIES: Final = 60
"""How often a write is tried that the database refuses although it is there."""

BEATLESS_SECONDS: Final = 20.0
"""How long an attempt goes on without a committed beat where a second attempt can exist.  Contract: X-026, X-028."""

Written = TypeVar("Written")


class FencedWriter:
    """Writes under the lease of one attempt; used by one thread.

    Args:
        runtime: runtime of the worker.
        lease: the lease as it was claimed.
        hurry: set when the worker has to end: then nothing is waited for any more.

    Attributes:
        lease: the lease for the next write.
    """

    def __init__(self, runtime: Runtime, lease: Lease, hurry: threading.Event) -> None:
        self._runtime = runtime
        self._hurry = hurry
        self._may_be_repeated = runtime.settings.text("cometa.lost_run") == "retry_once"
        self._beaten_at = runtime.clock.monotonic()
        self.lease = lease

    def write(self, action: Callable[[Scope], Written]) -> Written:
        """Run one fenced transaction; while the database is away it is repeated, since it is idempotent.

        Raises:
            LeaseLost: the result is no longer held.
            DBAPIError: the worker has to end, or the database is there and refuses.
        """
        tries = 0
        while True:
            try:
                return self._write_once(action)
            except DBAPIError as error:
                tries += not isinstance(error, OperationalError | InterfaceError)
                if self._hurry.is_set() or tries >= TRIES:
                    raise
                logger.warning("A write of result %s is repeated: %s", self.lease.result_id, error.orig)
                self._hurry.wait(PAUSE_SECONDS)

    def violation(self, moment: float) -> Ending | None:
        """Return the ending of an attempt whose beat stands still for too long, where it can be executed again.

        Two attempts never act on the target at the same time.
        """
        if self._may_be_repeated and moment > self._beaten_at + BEATLESS_SECONDS:
            return Ending(State.ERROR, Reason.WORKER_LOST, "The database could not be reached.")
        return None

    def _write_once(self, action: Callable[[Scope], Written]) -> Written:
        with self._runtime.unit_of_work() as scope:
            written = action(scope)
        # Only now the commit is certain: until then the same beat is tried again.
        self.lease = self.lease.after_write()
        self._beaten_at = self._runtime.clock.monotonic()
        return written
