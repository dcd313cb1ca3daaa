"""The states of a result and the only transitions between them.  Contract: runner A.2, A.3."""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """State of a result; a run has the state that follows from its results."""

    QUEUED = "Queued"
    INITIALIZING = "Initializing"
    RUNNING = "Running"
    SUCCESS = "Success"
    FAILED = "Failed"
    CANCELED = "Canceled"
    ERROR = "Error"
    TIMEOUT = "Timeout"


ACTIVE = (State.INITIALIZING, State.RUNNING)
UNFINISHED = (State.QUEUED, *ACTIVE)
TERMINAL = (State.CANCELED, State.ERROR, State.TIMEOUT, State.FAILED, State.SUCCESS)

TRANSITIONS: frozenset[tuple[State, State]] = frozenset(
    {
        (State.QUEUED, State.INITIALIZING),
        (State.QUEUED, State.CANCELED),
        (State.QUEUED, State.ERROR),
        (State.INITIALIZING, State.RUNNING),
        (State.INITIALIZING, State.QUEUED),
        (State.INITIALIZING, State.CANCELED),
        (State.INITIALIZING, State.ERROR),
        (State.INITIALIZING, State.TIMEOUT),
        (State.RUNNING, State.SUCCESS),
        (State.RUNNING, State.FAILED),
        (State.RUNNING, State.CANCELED),
        (State.RUNNING, State.ERROR),
        (State.RUNNING, State.TIMEOUT),
        (State.RUNNING, State.QUEUED),
    }
)


class Reason(StrEnum):
    """Machine word for how a result ended other than by its steps.  Contract: runner A.3."""

    NONE = ""
    CANCELLED = "cancelled"
    STEP_LIMIT = "step_limit"
    FEATURE_LIMIT = "feature_limit"
    IDLE_LIMIT = "idle_limit"
    MEMORY_LIMIT = "memory_limit"
    DISK_LIMIT = "disk_limit"
    PLAN_ERROR = "plan_error"
    NO_BROWSER = "no_browser"
    BROWSER_LOST = "browser_lost"
    RUNNER_DIED = "runner_died"
    PROTOCOL = "protocol"
    STORE_FAILED = "store_failed"
    WORKER_LOST = "worker_lost"
    QUEUE_EXPIRED = "queue_expired"


def state_of_run(states: Iterable[State]) -> State:
    """Derive the state of a run: the lowest unfinished one, else the first of the order of verdicts.

    Contract: runner A.2.  A run without results counts as Error.
    """
    present = set(states)
    return next((state for state in (*UNFINISHED, *TERMINAL) if state in present), State.ERROR)


def is_allowed(old: State, new: State) -> bool:
    """Tell whether a transition exists.  Contract: X-006."""
    return (old, new) in TRANSITIONS
