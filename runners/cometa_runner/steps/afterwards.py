"""What steps put right after their picture was taken.

Contract: steps.json, ``Highlight ...``: the mark is removed before the next step.
"""

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Afterwards:
    """Functions that undo what the current step did for its picture."""

    def __init__(self) -> None:
        self._undoing: list[Callable[[], object]] = []

    def add(self, undo: Callable[[], object]) -> None:
        """Remember a function for the end of the step."""
        self._undoing.append(undo)

    def run(self) -> None:
        """Undo everything, the last first; what cannot be undone, as in a page that has gone, goes to the log."""
        while self._undoing:
            try:
                self._undoing.pop()()
            except Exception:  # nothing that tidies up may change the result of a step
                logger.warning("A step could not be put right", exc_info=True)
