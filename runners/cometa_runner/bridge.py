# Behave ships no types; subclassing it is the way it is extended.
# mypy: disallow-subclassing-any=False
"""A plan as one feature with one scenario, executed by behave's own runner.

Contract: runner C.5.
"""

from behave.configuration import Configuration
from behave.model import Feature, Scenario
from behave.runner import ModelRunner

from cometa_runner.attempt import Attempt
from cometa_runner.context import RunContext
from cometa_runner.leaf import PLAN_FILE, Leaf, PlanRegistry
from cometa_runner.rows import placed_leaves
from cometa_runner.stepper import Stepper
from cometa_runner.tree import step_of

_OPTIONS = ("--no-summary", "--no-snippets", "--no-capture", "--no-capture-stderr", "--no-logcapture", "--no-color")


class BrokenRunnerError(Exception):
    """Something around the steps went wrong, so the rows cannot be trusted; the log has the details."""


class PlanRunner(ModelRunner):
    """behave's runner for one attempt.

    Attributes:
        attempt: the attempt.
        stepper: executes its leaves.
        step_of: makes the step of a node; here because blocks, which need it, are such steps themselves.
    """

    step_of = staticmethod(step_of)

    def __init__(self, attempt: Attempt) -> None:
        configuration = Configuration(command_args=list(_OPTIONS), load_config=False)
        configuration.reporters = []
        self.attempt = attempt
        self.stepper = Stepper(attempt)
        super().__init__(configuration, step_registry=PlanRegistry(self.stepper.prepare))
        self.hooks = {"before_step": self._before_step, "after_step": self._after_step}
        self.context = RunContext(self, attempt)

    def execute(self) -> None:
        """Execute all steps, then report those that were never reached.  Contract: X-071.

        Raises:
            BrokenRunnerError: see there.
        """
        self.run_model([self._feature()])
        if self.hook_failures:
            raise BrokenRunnerError
        left = self.attempt.rows.missing(placed_leaves(self.attempt.plan["tree"], ()))
        self.attempt.rows.skip(left, self.attempt.flow.stopped or "branch")

    def _feature(self) -> Feature:
        name = str(self.attempt.plan["feature"].get("name", ""))
        steps = [step_of(node, ()) for node in self.attempt.plan["tree"]]
        scenario = Scenario(PLAN_FILE, 1, "Scenario", name, steps=steps)
        feature = Feature(PLAN_FILE, 1, "Feature", name, scenarios=[scenario])
        scenario.feature = feature
        return feature

    def _before_step(self, _context: RunContext, leaf: Leaf) -> None:
        self.stepper.begin(leaf)

    def _after_step(self, _context: RunContext, leaf: Leaf) -> None:
        self.stepper.conclude(leaf)
