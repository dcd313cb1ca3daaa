# Behave ships no types; subclassing it is the way it is extended.
# mypy: disallow-subclassing-any=False
"""Conditions and calls as steps of behave that run fresh child steps; what all blocks have in common.

Contract: runner C.5, steps section 4.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from behave.model import Step
from behave.model_core import Status

from cometa_runner.deciding import described, holds
from cometa_runner.leaf import PLAN_FILE, Leaf
from cometa_runner.protocol import Branch, CallNode, ConditionNode, Node
from cometa_runner.rows import Frames, call_frame, leaves_of_branch, placed_leaves

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
            self.run_child(runner, runner.step_of(node, frames))
            if runner.attempt.flow.halted:
                return

    def run_child(self, runner: "PlanRunner", child: Step) -> None:
        """Run one step; a block that stops because of a child takes over its status."""
        if not child.run(runner):
            self.status = child.status


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
        # Only "Otherwise do" has no test, and it has no head that could ask.
        assert branch["test"] is not None
        self._holds = holds(context, branch["test"])
        context.detail(f"{'taken' if self._holds else 'not taken'}: {described(branch['test'])}")


class Call(Container):
    """Runs the inserted steps of another feature."""

    def __init__(self, node: CallNode, frames: Frames) -> None:
        super().__init__(node["feature"]["name"], frames)
        self._node = node

    def run_block(self, runner: "PlanRunner") -> None:
        """Run the steps."""
        self.run_children(runner, self._node["body"], (*self.frames, call_frame(self._node["row_uuid"])))
