"""Features as texts for the compiler, and lists of steps with sub-features inlined."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_core.errors import NotFound
from cometa_features.models import Feature, Step
from cometa_features.services.graph import CallGraph, call_graph
from cometa_features.services.reading import steps_of
from cometa_features.texts import FeatureText, StepText

MOST_LISTED = 50_000
"""Rows of a list with inlined steps; the same as the nodes of a plan.  Contract: runner C.2.4."""

DEEPEST = 20
"""Features inside each other in such a list; the same as in a plan."""


def load_texts(session: Session, feature_id: int) -> tuple[FeatureText, dict[int, FeatureText]]:
    """Load a feature and all features of its department that it can reach, for the compiler.

    Returns:
        The feature, and the others by id.

    Raises:
        NotFound: the feature does not exist.

    Contract: runner C.1.
    """
    root = session.get(Feature, feature_id)
    if root is None:
        raise NotFound
    graph = call_graph(session, [root])
    rows = steps_of(session, sorted(graph.names))
    features = session.scalars(select(Feature).where(Feature.id.in_(sorted(graph.names))).order_by(Feature.id))
    texts = {feature.id: _feature_text(feature, rows[feature.id]) for feature in features}
    return texts.pop(feature_id), texts


def _feature_text(feature: Feature, steps: Sequence[Step]) -> FeatureText:
    return FeatureText(
        id=feature.id,
        name=feature.feature_name,
        department_id=feature.department_id,
        continue_on_failure=feature.continue_on_failure,
        steps=tuple(step_text(step) for step in steps),
    )


def step_text(step: Step) -> StepText:
    """Give the text of a stored row."""
    return StepText(
        uuid=step.uuid,
        keyword=step.keyword,
        content=step.content,
        action=step.action,
        params=step.params,
        enabled=step.enabled,
        screenshot=step.screenshot,
        compare=step.compare,
        continue_on_failure=step.continue_on_failure,
        timeout=step.timeout,
        max_diff=threshold(step.max_diff),
        ignore_regions=step.ignore_regions,
    )


def threshold(stored: str | None) -> float | str | None:
    """Give the threshold of a comparison: a number of pixels, or a share such as ``0.1%``."""
    if stored is None or stored.endswith("%"):
        return stored
    number = float(stored)
    return int(number) if number.is_integer() else number


StepKind = Literal["normal", "subfeature", "substep"]
"""Values of ``step_type``.  Contract: rest-api A4.4."""


@dataclass(frozen=True)
class ListedStep:
    """A row of a list of steps.

    Attributes:
        step: the stored row.
        kind: ``normal``, ``subfeature`` or ``substep``.
        listed_in: feature whose list it is.
    """

    step: Step
    kind: StepKind
    listed_in: int


def listed_steps(session: Session, feature: Feature, *, executable: bool = False) -> list[ListedStep]:
    """List the rows of a feature with those of its sub-features behind their rows.

    Args:
        session: session of the transaction.
        feature: the feature.
        executable: leave out disabled rows and ``Run feature`` rows: what is left really runs.

    Contract: rest-api A6.11, R-138, R-139.
    """
    graph = call_graph(session, [feature])
    inliner = _Inliner(graph, steps_of(session, sorted(graph.names)), feature.id)
    rows = islice(inliner.rows((feature.id,)), MOST_LISTED)
    if executable:
        return [row for row in rows if row.step.enabled and row.kind != "subfeature"]
    return list(rows)


class _Inliner:
    def __init__(self, graph: CallGraph, rows: Mapping[int, Sequence[Step]], listed_in: int) -> None:
        calls = (call for calls in graph.rows.values() for call in calls)
        self._targets = {call.step_id: graph.target(call) for call in calls}
        self._rows = rows
        self._listed_in = listed_in

    def rows(self, trail: tuple[int, ...]) -> Iterator[ListedStep]:
        """Yield the rows of the last feature of a trail; of called features only the enabled ones."""
        own = len(trail) == 1
        for step in self._rows[trail[-1]]:
            if own or step.enabled:
                yield ListedStep(step, kind_of(step, own=own), self._listed_in)
            target = self._targets.get(step.id)
            # Saves refuse cycles, but two saves at the same time can close one.
            if target is not None and target not in trail and len(trail) <= DEEPEST:
                yield from self.rows((*trail, target))


def kind_of(step: Step, *, own: bool = True) -> StepKind:
    """Return the type of a row in a list of its own feature, or of one that calls it.  Contract: rest-api A4.4."""
    if step.calls_id is not None or step.calls_name is not None:
        return "subfeature"
    return "normal" if own else "substep"
