"""Which features call which, read level by level.  Contract: rest-api A4.4 (cycles), runner C.2.3, C.2.4."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from cometa_features.models import Feature, Step


class CallRow(NamedTuple):
    """An enabled ``Run feature`` row: key, feature that it is in, and what it names."""

    step_id: int
    feature_id: int
    calls_id: int | None
    calls_name: str | None


@dataclass
class CallGraph:
    """The features of one department that can be reached from some of them.

    Attributes:
        names: id -> name of every feature in the graph.
        rows: id -> its enabled calls in order.
    """

    names: dict[int, str] = field(default_factory=dict)
    rows: dict[int, list[CallRow]] = field(default_factory=dict)
    _by_name: dict[str, list[int]] = field(default_factory=dict)

    def add(self, features: Iterable[tuple[int, str]]) -> list[int]:
        """Take features in and return the ids of those that were not there."""
        new = [(number, name) for number, name in features if number not in self.names]
        for number, name in new:
            self.names[number] = name
            self.rows[number] = []
            self._by_name.setdefault(name, []).append(number)
        return [number for number, _ in new]

    def target(self, row: CallRow) -> int | None:
        """Return the feature that a row calls; None when it is unknown or its name is not unique."""
        if row.calls_id is not None:
            return row.calls_id if row.calls_id in self.names else None
        found = self._by_name.get(row.calls_name or "", [])
        return found[0] if len(found) == 1 else None

    def cycle_through(self, start: int) -> list[int] | None:
        """Return a path of calls from a feature back to itself, its ends included; None when there is none."""
        arrived_from: dict[int, int] = {}
        waiting = [start]
        while waiting:
            number = waiting.pop()
            for target in self._targets(number):
                if target == start:
                    return _path(arrived_from, start, number)
                if target not in arrived_from:
                    arrived_from[target] = number
                    waiting.append(target)
        return None

    def _targets(self, number: int) -> list[int]:
        found = (self.target(row) for row in self.rows.get(number, ()))
        return [target for target in found if target is not None]


def _path(arrived_from: Mapping[int, int], start: int, last: int) -> list[int]:
    path = [last]
    while path[-1] != start:
        path.append(arrived_from[path[-1]])
    return [*reversed(path), start]


def call_graph(session: Session, roots: Sequence[Feature]) -> CallGraph:
    """Read everything that features of one department can reach; two queries a level.

    Calls into other departments lead nowhere.  Contract: X-060.
    """
    graph = CallGraph()
    level = graph.add((root.id, root.feature_name) for root in roots)
    while level:
        rows = _calls_of(session, level)
        for row in rows:
            graph.rows[row.feature_id].append(row)
        level = graph.add(_called(session, roots[0].department_id, rows)) if rows else []
    return graph


def _calls_of(session: Session, features: Sequence[int]) -> list[CallRow]:
    query = (
        select(Step.id, Step.feature_id, Step.calls_id, Step.calls_name)
        .where(
            Step.feature_id.in_(features),
            Step.enabled.is_(True),
            or_(Step.calls_id.is_not(None), Step.calls_name.is_not(None)),
        )
        .order_by(Step.feature_id, Step.position)
    )
    return [CallRow(*row) for row in session.execute(query)]


def _called(session: Session, department_id: int, rows: Iterable[CallRow]) -> list[tuple[int, str]]:
    ids = {row.calls_id for row in rows if row.calls_id is not None}
    names = {row.calls_name for row in rows if row.calls_name is not None}
    query = (
        select(Feature.id, Feature.feature_name)
        .where(
            and_(
                Feature.department_id == department_id,
                or_(Feature.id.in_(sorted(ids)), Feature.feature_name.in_(sorted(names))),
            )
        )
        .order_by(Feature.id)
    )
    return [(number, name) for number, name in session.execute(query)]
