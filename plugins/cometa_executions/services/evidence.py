"""Reading what is kept of a run besides its rows: console, network, page sources, browser.  Contract: runner I.1."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_executions.models import Artifact, Result, StepResult
from cometa_executions.services.reading import artifact_of_step

CONSOLE = "console"
NETWORK = "network"
SOURCE = "source"
SESSION = "session"
"""Key of ``Result.report`` for what the runner told about its browser."""

SESSION_FIELDS = ("family", "version", "driver", "platform", "viewport", "features", "open_ms")

_STEP = re.compile(r"step (\d+)")


@dataclass(frozen=True)
class Listed:
    """A page of entries and the number of all that fit."""

    items: Sequence[dict[str, Any]]
    total: int


@dataclass(frozen=True)
class StepDetails:
    """What a failed step says, in parts.

    Attributes:
        error: ``code``, ``expected``, ``found``, ``tried``, ``waited_ms`` and ``message``; None for a step that passed.
        values: the values used, masked.
        reason: why a step was skipped; empty for others.
        console: counts ``entries``, ``errors``, ``warnings``, ``left_out``.
        network: counts ``exchanges``, ``failed``, ``left_out``.
        artifacts: stored files by role.
    """

    error: Mapping[str, Any] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    console: Mapping[str, int] = field(default_factory=dict)
    network: Mapping[str, int] = field(default_factory=dict)
    artifacts: Sequence[Artifact] = ()


def session_facts(started: Mapping[str, Any]) -> dict[str, Any]:
    """Take what is kept with a result out of the event ``started``; a plan without browser has nothing."""
    found = {name: started[name] for name in SESSION_FIELDS if started.get(name) is not None}
    return {SESSION: found} if found.get("family") else {}


def details_of(row: StepResult) -> StepDetails:
    """Return the details of a step row."""
    detail = row.detail
    return StepDetails(
        error=detail.get("error") or ({"code": row.error_code, "message": row.error} if row.error else None),
        values=detail.get("values", {}),
        reason=detail.get("reason", ""),
        console=detail.get(CONSOLE, {}),
        network=detail.get(NETWORK, {}),
        artifacts=row.artifacts,
    )


def evidence_files(scope: Scope, result: Result) -> dict[str, Artifact]:
    """Return the files of the last attempt that belong to no step, the newest of each role."""
    query = (
        select(Artifact)
        .where(
            Artifact.result_id == result.id, Artifact.attempt == result.attempt, Artifact.role.in_((CONSOLE, NETWORK))
        )
        .order_by(Artifact.id)
    )
    return {artifact.role: artifact for artifact in scope.session.scalars(query)}


def console_entries(scope: Scope, result: Result, wanted: Mapping[str, Any], first: int, count: int) -> Listed:
    """Read console entries of the last attempt, oldest first.

    Args:
        scope: unit of work.
        result: visible result.
        wanted: ``seq`` and ``level`` that entries must have; None where all fit.
        first: entries before the page.
        count: most entries of the page.
    """

    def fits(entry: Mapping[str, Any]) -> bool:
        return all(value is None or entry.get(name) == value for name, value in wanted.items())

    return _page(_lines(scope, evidence_files(scope, result).get(CONSOLE)), fits, first, count)


def exchanges(scope: Scope, result: Result, seq: int | None, first: int, count: int) -> Listed:
    """Read HAR entries of the last attempt in the order of their ends; with ``seq`` those of one step."""

    def fits(entry: Mapping[str, Any]) -> bool:
        return seq is None or step_of_exchange(entry) == seq

    return _page(_lines(scope, evidence_files(scope, result).get(NETWORK)), fits, first, count)


def step_of_exchange(entry: Mapping[str, Any]) -> int | None:
    """Return the number of the step in the comment of a HAR entry."""
    found = _STEP.match(str(entry.get("comment", "")))
    return int(found[1]) if found else None


def stored_network(scope: Scope, result: Result) -> Artifact:
    """Return the HAR file of the last attempt.

    Raises:
        NotFound: its network was not recorded, or it has not ended.
    """
    found = evidence_files(scope, result).get(NETWORK)
    if found is None:
        raise NotFound("The network of this result was not recorded. Switch network_logging of the feature on.")
    return found


def stored_source(scope: Scope, row: StepResult) -> Artifact:
    """Return the page source that was kept with a step.

    Raises:
        NotFound: there is none.
    """
    found = artifact_of_step(scope.session, row.id, SOURCE)
    if found is None:
        raise NotFound("No page source was kept with this step: that happens on failures alone.")
    return found


def _lines(scope: Scope, artifact: Artifact | None) -> Iterator[dict[str, Any]]:
    """Read the entries of a stored file: one a line, in a HAR file between its first and its last line."""
    if artifact is None:
        return
    with scope.runtime.artifacts.open(artifact.department_id, artifact.sha256) as stream:
        for line in stream:
            if artifact.role == NETWORK and (line.startswith((b'{"log":', b"]}}")) or not line.strip()):
                continue
            yield json.loads(line.rstrip(b",\n"))


def _page(
    entries: Iterator[dict[str, Any]], fits: Callable[[Mapping[str, Any]], bool], first: int, count: int
) -> Listed:
    """Take one page; of all others nothing is kept in memory."""
    items, total = [], 0
    for entry in entries:
        if not fits(entry):
            continue
        if first <= total < first + count:
            items.append(entry)
        total += 1
    return Listed(items, total)
