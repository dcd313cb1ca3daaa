"""Why a feature cannot be compiled: all reasons at once.  Contract: runner C.1, steps 4.6."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanError:
    """One fault of the structure.

    Attributes:
        position: place (from 0) of the row in the compiled feature; for a fault in a sub-feature that of the row which
            calls it.
        uuid: identity of the faulty row.
        sentence: the faulty row as written.
        code: stable word, for instance ``missing_end``.
        text: sentence for testers; names the sub-feature and its step where the fault is in one.
    """

    position: int
    uuid: str
    sentence: str
    code: str
    text: str


@dataclass(frozen=True)
class PlanErrors:
    """All faults of a feature in reading order; at least one."""

    errors: tuple[PlanError, ...]
