# Behave ships no types; subclassing it is the way it is extended.
# mypy: disallow-subclassing-any=False
"""Loops, conditions and calls as steps of behave that run fresh child steps.

Contract: runner C.5, steps section 4.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from behave.model import Step
from behave.model_core import Status

from cometa_runner.leaf import PLAN_FILE, Leaf
from cometa_runner.protocol import Branch, CallNode, ConditionNode, LoopNode, Node
from cometa_runner.rows import Frames, call_frame, leaves_of_branch, loop_frame, placed_leaves
from cometa_runner.steps import StepFailure
from cometa_runner.steps.comparison import compare
from cometa_runner.steps.values import whole_number

if TYPE_CHECKING:
    from cometa_runner.bridge import PlanRunner
    from cometa_runner.context import RunContext


class Container(Step):
    """A block of the plan.

    Args:
        name: what behave calls it.
        frames: where it stands.
    """

    def __init__(self, name: str, frames: Frames) -> None:
        super().__init__(PLAN_FILE, 1, "*", "step", name)
        self.frames = frames

    def run(self, runner: "PlanRunner", **_options: bool) -> bool:
        """Run the block; tell behave whether to go on."""
        self.reset()
        self.status = Status.passed
        if runner.attempt.flow.stopped is None:
            self.run_block(runner)
        return not self.has_failed()

    def run_block(self, runner: "PlanRunner") -> None:
        """Decide about the children and run them."""
        raise NotImplementedError

    def run_children(self, runner: "PlanRunner", nodes: Sequence[Node], frames: Frames) -> None:
        """Run fresh steps for nodes until one of them stops the attempt or jumps."""
        for node in nodes:
            self.run_child(runner, step_of(node, frames))
            if runner.attempt.flow.halted:
                return

    def run_child(self, runner: "PlanRunner", child: Step) -> None:
        """Run one step; a block that stops because of a child takes over its status."""
        if not child.run(runner):
            self.status = child.status


class Loop(Container):
    """Repeats its body; the counter is a run parameter."""

    def __init__(self, node: LoopNode, frames: Frames) -> None:
        super().__init__(node["head"]["text"], frames)
        self._node = node
        self._rounds = 0
        self._start = 0

    def run_block(self, runner: "PlanRunner") -> None:
        """Run the rounds.  What no round reached is reported as skipped once."""
        attempt = runner.attempt
        head = Leaf(
            self._node["head"], self.frames, lambda context: self._decide(context, attempt.limits["loop_rounds"])
        )
        self.run_child(runner, head)
        body = self._node["body"]
        if not head.succeeded:
            if not attempt.flow.halted:
                attempt.rows.skip(placed_leaves(body, self.frames), "branch")
            return
        attempt.counters.open()
        self._run_rounds(runner)
        attempt.counters.close()
        if attempt.flow.stopped is None:
            leaves = placed_leaves(body, self.frames)
            attempt.rows.skip(leaves if self._rounds == 0 else attempt.rows.missing(leaves), "branch")

    def _run_rounds(self, runner: "PlanRunner") -> None:
        attempt = runner.attempt
        for number in range(1, self._rounds + 1):
            attempt.counters.set(self._start + number - 1)
            frame = loop_frame(self._node["head"]["uuid"], number)
            self.run_children(runner, self._node["body"], (*self.frames, frame))
            if attempt.flow.take_jump() == "break" or attempt.flow.halted:
                return

    def _decide(self, context: "RunContext", most: int) -> None:
        """Read count and start.  Contract: steps 4.4, 4.5."""
        expand = context.variables.expand
        rounds = whole_number(expand(self._node["count"], "number"), "the number of rounds")
        start = whole_number(expand(self._node["start"], "number"), "the first value of the counter")
        if rounds < 0:
            raise StepFailure("bad-value", expected="a number of rounds from 0", found=str(rounds))
        if rounds > most:
            raise StepFailure("limit", expected=f"at most {most:,} rounds", found=f"{rounds:,}")
        context.detail(f"{rounds} {'round' if rounds == 1 else 'rounds'} from {start}")
        self._rounds, self._start = rounds, start


class Condition(Container):
    """Runs the first branch whose comparison holds."""

    def __init__(self, node: ConditionNode, frames: Frames) -> None:
        super().__init__("condition", frames)
        self._node = node
        self._holds = False

    def run_block(self, runner: "PlanRunner") -> None:
        """Ask the branches in order; the others are reported as skipped.  Contract: X-062, X-073."""
        attempt = runner.attempt
        decided = False
        for branch in self._node["branches"]:
            if decided:
                attempt.rows.skip(leaves_of_branch(branch, self.frames), "branch")
                continue
            answered = self._ask(runner, branch)
            if attempt.flow.stopped is not None:
                return
            if answered and self._holds:
                self.run_children(runner, branch["body"], self.frames)
            else:
                attempt.rows.skip(placed_leaves(branch["body"], self.frames), "branch")
            if attempt.flow.stopped is not None:
                return
            # A comparison that could not be made decides for no branch at all.
            decided = self._holds or not answered

    def _ask(self, runner: "PlanRunner", branch: Branch) -> bool:
        """Evaluate a branch into ``_holds``; False when its comparison cannot be made."""
        if branch["head"] is None:
            self._holds = True
            return True
        self._holds = False
        head = Leaf(branch["head"], self.frames, lambda context: self._decide(context, branch))
        self.run_child(runner, head)
        return head.succeeded

    def _decide(self, context: "RunContext", branch: Branch) -> None:
        test = branch["test"]
        if test is None:
            raise StepFailure("not-implemented", "This kind of condition is not implemented yet.")
        expand = context.variables.expand
        self._holds = compare(expand(test["left"]), expand(test["operator"], "option"), expand(test["right"]))
        taken = "taken" if self._holds else "not taken"
        context.detail(f"{taken}: {test['left']} {test['operator']} {test['right']}")


class Call(Container):
    """Runs the inserted steps of another feature."""

    def __init__(self, node: CallNode, frames: Frames) -> None:
        super().__init__(node["feature"]["name"], frames)
        self._node = node

    def run_block(self, runner: "PlanRunner") -> None:
        """Run the steps."""
        self.run_children(runner, self._node["body"], (*self.frames, call_frame(self._node["row_uuid"])))


def step_of(node: Node, frames: Frames) -> Step:
    """Make a fresh step for a node."""
    if node["kind"] == "step":
        return Leaf(node, frames)
    if node["kind"] == "loop":
        return Loop(node, frames)
    if node["kind"] == "cond":
        return Condition(node, frames)
    return Call(node, frames)
