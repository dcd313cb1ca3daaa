"""What steps keep from one to the next: connections, the last response.

Contract: steps.json, ``Open database ...`` (all connections are closed at the end of the run).
"""

import logging
from collections.abc import Callable
from typing import TypeVar, cast

Thing = TypeVar("Thing")

logger = logging.getLogger(__name__)


class Kept:
    """Things of one run by name, each with the function that closes it."""

    def __init__(self) -> None:
        self._things: dict[str, tuple[object, Callable[[], None]]] = {}

    def keep(self, name: str, make: Callable[[], Thing], close: Callable[[Thing], None]) -> Thing:
        """Give what is kept under a name; it is made at the first use and closed at the end of the run.

        Args:
            name: begins with the name of the step library, as in ``rest.session``.
            make: makes it; what it raises is passed on, and nothing is kept.
            close: is given the thing at the end of the run.
        """
        if name not in self._things:
            made = make()
            self._things[name] = (made, lambda: close(made))
        return cast("Thing", self._things[name][0])

    def close(self) -> None:
        """Close everything, the youngest first; what cannot be closed goes to the log and keeps nothing else open."""
        while self._things:
            name, (_, close) = self._things.popitem()
            try:
                close()
            except Exception:  # a connection that is broken already must not change the result
                logger.warning("%s could not be closed", name, exc_info=True)
