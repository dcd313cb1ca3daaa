"""Following one run over the event log, for ``cometa watch``.

It reads the database as an operator does, because that works whatever else is up: no web process, live server, address
or key is needed, and nothing can be missed.  Other machines use the websocket.
"""

import threading
from collections.abc import Iterator, Sequence

from cometa_core.errors import NotFound
from cometa_core.events import after, run_stream
from cometa_core.runtime import Runtime
from cometa_executions.api import EventOut, Run, State, results_of_run

LOOK_S = 0.25
PAGE = 500
END = "run.completed"


def follow(runtime: Runtime, run_id: int, look_s: float = LOOK_S) -> Iterator[Sequence[EventOut]]:
    """Yield the events of a run, as they are found, until it is completed; empty lists while nothing happens.

    Args:
        runtime: runtime of the process.
        run_id: key of the run.
        look_s: pause between two looks, in seconds.

    Raises:
        NotFound: there is no such run.
    """
    refuse_unknown(runtime, run_id)
    last, never = 0, threading.Event()
    while True:
        # Whether it is over is asked first, so that what was stored before is surely found.
        over = is_over(runtime, run_id)
        found = events_after(runtime, run_id, last)
        yield found
        last = found[-1].seq if found else last
        if len(found) < PAGE and (over or any(event.type == END for event in found)):
            return
        if len(found) < PAGE:
            never.wait(look_s)


def refuse_unknown(runtime: Runtime, run_id: int) -> None:
    """Refuse a run that does not exist.

    Raises:
        NotFound: it is unknown or was removed.
    """
    with runtime.reading() as session:
        run = session.get(Run, run_id)
        if run is None or run.removed:
            raise NotFound(f"There is no run {run_id}.")


def events_after(runtime: Runtime, run_id: int, last: int) -> list[EventOut]:
    """Return the next events of a run."""
    with runtime.reading() as session:
        rows = after(session, run_stream(run_id), last, PAGE)
        return [EventOut.model_validate(row, from_attributes=True) for row in rows]


def is_over(runtime: Runtime, run_id: int) -> bool:
    """Tell whether a run is completed, or was removed meanwhile."""
    with runtime.reading() as session:
        run = session.get(Run, run_id)
        return run is None or run.removed or run.completed


def succeeded(runtime: Runtime, run_id: int) -> bool:
    """Tell whether a run has results and all of them ended as Success."""
    with runtime.reading() as session:
        states = [result.state for result in results_of_run(session, run_id)]
    return bool(states) and all(state == State.SUCCESS.value for state in states)
