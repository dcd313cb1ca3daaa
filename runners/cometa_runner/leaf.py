# Behave ships no types; subclassing it is the way it is extended.
# mypy: disallow-subclassing-any=False
"""A sentence of the plan as a step of behave.

Contract: runner C.5, D.1.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from behave.matchers import Match
from behave.model import Step
from behave.model_core import Status
from behave.model_type import Argument
from behave.step_registry import StepRegistry

from cometa_runner.protocol import StepNode
from cometa_runner.rows import Frames, Row
from cometa_runner.steps import StepDefinition, StepFailure

if TYPE_CHECKING:
    from cometa_runner.bridge import PlanRunner
    from cometa_runner.context import RunContext

PLAN_FILE = "<plan>"
"""Where behave believes that steps were written."""

Decision = Callable[["RunContext"], None]
"""Decides about the block that a head opens; raises StepFailure when it cannot."""


class Leaf(Step):
    """One sentence, executed once.

    Attributes:
        node: the leaf of the plan.
        row: what is collected about it.
        decide: for the head of a block, what is called in place of the step function.
        definition: what the sentence means; None until it was looked up, and for undefined ones.
        succeeded: whether it was executed and did what it says.
    """

    def __init__(self, node: StepNode, frames: Frames, decide: Decision | None = None) -> None:
        super().__init__(PLAN_FILE, node["index"] + 1, node["keyword"], "step", node["text"])
        self.node = node
        self.row = Row(node, frames)
        self.decide = decide
        self.definition: StepDefinition | None = None
        self.succeeded = False

    def run(self, runner: "PlanRunner", **_options: bool) -> bool:
        """Execute the sentence unless the attempt stopped; tell behave whether to go on."""
        if not runner.stepper.may_begin():
            self.status = Status.skipped
            runner.context.scenario.should_skip = True
            return True
        super().run(runner, quiet=True, capture=False)
        if runner.attempt.flow.stopped == "finished_early":
            runner.context.scenario.should_skip = True
        return not (self.has_failed() and runner.attempt.flow.stopped)

    def fail(self) -> None:
        """Make behave see a failure that was found after the step function."""
        if not self.has_failed():
            self.status = Status.failed


class LeafMatch(Match):
    """The function of a leaf with its expanded values; measures the time inside."""

    def __init__(self, leaf: Leaf, function: Callable[..., None], values: dict[str, str]) -> None:
        super().__init__(function, [Argument(0, 0, value, value, name) for name, value in values.items()])
        self._leaf = leaf

    def run(self, context: "RunContext") -> None:
        """Call the step function."""
        begin = time.monotonic()
        try:
            super().run(context)
        except SystemExit as error:
            raise StepFailure("internal", "The step tried to end the process.") from error
        finally:
            self._leaf.row.duration_ms = round((time.monotonic() - begin) * 1000)


class PlanRegistry(StepRegistry):
    """Finds step functions by the patterns of a plan instead of by text.

    Args:
        prepare: gives function and expanded values of a leaf; raises nothing.
    """

    def __init__(self, prepare: Callable[[Leaf], tuple[Callable[..., None], dict[str, str]]]) -> None:
        super().__init__()
        self._prepare = prepare

    def find_match(self, step: Step) -> Match:
        """Match a leaf; behave also asks for steps that it will not run, which need no values."""
        if not isinstance(step, Leaf):
            return Match(_not_run, [])
        return LeafMatch(step, *self._prepare(step))


def _not_run(_context: Any) -> None:
    """Stand for a step that behave only asks about."""
