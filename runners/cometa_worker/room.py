"""Taking no results while the disk of the artifact store is full.  Contract: runner M (artifact disk full)."""

import logging
import threading

from cometa_core.runtime import Runtime

logger = logging.getLogger(__name__)

ROOM = "worker.room"
ENOUGH_SHARE = 0.05


class StoreRoom:
    """Knows whether the store refused a file and has had too little room since."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._refused = threading.Event()

    def note_refusal(self) -> None:
        """Remember that the store did not take a file."""
        self._refused.set()

    def is_there(self) -> bool:
        """Tell whether results may be taken: the store refused nothing, or at least 5 % of its disk is free again.

        The log says when the worker waits and when it goes on; ``cometa doctor`` shows the free share.
        """
        if not self._refused.is_set():
            return True
        share = self._runtime.artifacts.free_share()
        if share < ENOUGH_SHARE:
            text = "No result is taken: %.1f %% of the artifact store's disk is free, 5 %% is needed"
            logger.warning(text, share * 100)
            return False
        self._refused.clear()
        logger.info("The artifact store has room: results are taken")
        return True


def room_of(runtime: Runtime) -> StoreRoom:
    """Return what the worker of this process knows about the room of the store."""
    return runtime.once(ROOM, lambda: StoreRoom(runtime))
