"""What the features of one compilation share: vocabulary, lookups, numbering, limits and faults."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cometa_executions.plan.errors import PlanError
from cometa_executions.plan.sentences import Inherited, Reader
from cometa_features.api import FeatureText, StepText, feature_number
from cometa_runner.steps import Vocabulary

DEEPEST = 20
"""Levels of loops, conditions and called features inside each other.  Contract: runner C.2.4, steps 4.1."""

MOST_NODES = 50_000
"""Nodes of a plan.  Contract: runner C.2.4."""


@dataclass(frozen=True)
class Place:
    """Where the steps of a feature stand.

    Attributes:
        trail: features that are being inserted, the compiled one first.
        depth: blocks and calls around, of all features of the trail.
        inherited: settings from outside.
        position: place of the calling row in the compiled feature; None in the compiled feature itself.
    """

    trail: tuple[FeatureText, ...]
    depth: int
    inherited: Inherited
    position: int | None = None

    @property
    def feature(self) -> FeatureText:
        """The feature whose steps are read."""
        return self.trail[-1]

    def below(self, row: StepText, number: int, called: FeatureText, open_blocks: int) -> "Place":
        """Give the place of the steps of a called feature."""
        return Place(
            trail=(*self.trail, called),
            depth=self.depth + open_blocks + 1,
            inherited=self.inherited.below(row, called),
            position=number - 1 if self.position is None else self.position,
        )


class Compilation:
    """State of one call of the compiler; thrown away with it."""

    def __init__(self, root: FeatureText, callable_features: Iterable[FeatureText], vocabulary: Vocabulary) -> None:
        self.reader = Reader(vocabulary)
        self.errors: list[PlanError] = []
        self.exhausted = False
        self._leaves = 0
        self._nodes = 0
        self._reported: set[tuple[str, str]] = set()
        self._by_id = {each.id: each for each in (*callable_features, root) if each.department_id == root.department_id}
        self._by_name: dict[str, list[FeatureText]] = defaultdict(list)
        for each in self._by_id.values():
            self._by_name[each.name.strip()].append(each)

    def named(self, name: str) -> list[FeatureText]:
        """Find the features of the department with exactly this name."""
        return self._by_name.get(name.strip(), [])

    def numbered(self, number: str) -> list[FeatureText]:
        """Find the feature of the department with this id: a list of one, or empty."""
        found = self._by_id.get(feature_number(number) or 0)
        return [] if found is None else [found]

    def next_index(self) -> int:
        """Number the next leaf in reading order."""
        self._leaves += 1
        return self._leaves - 1

    def count_node(self, place: Place, row: StepText, number: int) -> None:
        """Count a node; beyond the limit the compilation ends with one fault."""
        self._nodes += 1
        if self._nodes > MOST_NODES and not self.exhausted:
            self.refuse(place, row, number, "too_large", f"makes the plan longer than {MOST_NODES:,} nodes.")
            self.exhausted = True

    def refuse(self, place: Place, row: StepText, number: int, code: str, text: str) -> None:
        """Note a fault once a row, however often its feature is called.

        Args:
            place: where the row stands.
            row: the faulty row.
            number: its place in its feature, from 1.
            code: stable word.
            text: rest of the sentence that begins with the name of the step.
        """
        if self.exhausted or (row.uuid, code) in self._reported:
            return
        self._reported.add((row.uuid, code))
        position = number - 1 if place.position is None else place.position
        owner = "" if place.position is None else f" of feature {titled(place.feature)}"
        self.errors.append(PlanError(position, row.uuid, row.content, code, f"Step {number}{owner} {text}"))


def titled(feature: FeatureText) -> str:
    """Name a feature in a message."""
    return f"{feature.name} ({feature.id})"
