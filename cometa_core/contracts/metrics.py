"""Figures that plugins offer to Prometheus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Amount:
    """How many things of a plugin there are now.

    Attributes:
        name: what is counted, for instance ``results``.
        measure: asks a session of one read-only transaction and returns numbers by label, for instance
            ``{"results_queued": 3}``; labels stay the same from call to call.
    """

    name: str
    measure: Callable[[Session], Mapping[str, int]]
