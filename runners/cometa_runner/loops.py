# Behave ships no types; subclassing it is the way it is extended.
# mypy: disallow-subclassing-any=False
"""Loops as steps of behave: counted ones, those over a list, and those that end when a comparison holds.

Contract: runner C.5, steps section 4.
"""

from typing import TYPE_CHECKING

from cometa_runner.containers import Container
from cometa_runner.deciding import described, holds
from cometa_runner.leaf import Leaf
from cometa_runner.protocol import ForEachNode, LoopNode, RepeatNode
from cometa_runner.rows import Frames, loop_frame, placed_leaves
from cometa_runner.steps import StepFailure
from cometa_runner.steps.lists import entries_of
from cometa_runner.steps.values import variable_name, whole_number

if TYPE_CHECKING:
    from cometa_runner.bridge import PlanRunner
    from cometa_runner.context import RunContext


class Rounds(Container):
    """What all loops have in common: a head that opens them, rounds with a counter, what no round reached.

    Args:
        node: the loop.
        frames: where it stands.

    Attributes:
        rounds: how many rounds at most; set by ``begin``.
        first: first value of the counter ``%index``.
    """

    def __init__(self, node: LoopNode | ForEachNode | RepeatNode, frames: Frames) -> None:
        super().__init__(node["head"]["text"], frames)
        self.head = node["head"]
        self.body = node["body"]
        self.rounds = 0
        self.first = 1

    def begin(self, context: "RunContext") -> None:
        """Read what the head says into ``rounds`` and ``first``; raises StepFailure when it cannot be used."""
        raise NotImplementedError

    def run_round(self, runner: "PlanRunner", number: int) -> bool:
        """Run round ``number``, counted from 1; tell whether another one may follow."""
        flow = runner.attempt.flow
        runner.attempt.counters.set(self.first + number - 1)
        self.run_children(runner, self.body, self.frames_of(number))
        return flow.take_jump() != "break" and not flow.halted

    def frames_of(self, number: int) -> Frames:
        """Give the frames of what stands in round ``number``."""
        return (*self.frames, loop_frame(self.head["uuid"], number))

    def run_block(self, runner: "PlanRunner") -> None:
        """Run the rounds.  What no round reached is reported as skipped once."""
        attempt = runner.attempt
        head = Leaf(self.head, self.frames, self._begin)
        self.run_child(runner, head)
        if not head.succeeded:
            if not attempt.flow.halted:
                attempt.rows.skip(placed_leaves(self.body, self.frames), "branch")
            return
        attempt.counters.open()
        for number in range(1, self.rounds + 1):
            if not self.run_round(runner, number):
                break
        attempt.counters.close()
        if attempt.flow.stopped is None:
            leaves = placed_leaves(self.body, self.frames)
            attempt.rows.skip(leaves if self.rounds == 0 else attempt.rows.missing(leaves), "branch")

    def _begin(self, context: "RunContext") -> None:
        self.begin(context)
        most = context.most_rounds
        if self.rounds > most:
            raise StepFailure("limit", expected=f"at most {most:,} rounds", found=f"{self.rounds:,}")


class Loop(Rounds):
    """Repeats its body a number of times.  Contract: steps 4.4."""

    def __init__(self, node: LoopNode, frames: Frames) -> None:
        super().__init__(node, frames)
        self._node = node

    def begin(self, context: "RunContext") -> None:
        """Read count and first value of the counter."""
        expand = context.variables.expand
        self.rounds = _count_of(expand(self._node["count"], "number"))
        self.first = whole_number(expand(self._node["start"], "number"), "the first value of the counter")
        context.detail(f"{_rounds(self.rounds)} from {self.first}")


class ForEach(Rounds):
    """Repeats its body once for each entry of a list."""

    def __init__(self, node: ForEachNode, frames: Frames) -> None:
        super().__init__(node, frames)
        self._node = node
        self._name = ""
        self._entries: list[object] = []
        self._secret = False

    def begin(self, context: "RunContext") -> None:
        """Read the list; entries of a list that shows a secret are secrets themselves."""
        text = context.variables.expand(self._node["list"])
        self._name = variable_name(context.variables.expand(self._node["name"], "variable"))
        self._entries = entries_of(text)
        self._secret = context.variables.shows_secret(text)
        self.rounds = len(self._entries)
        context.detail(_rounds(self.rounds))

    def run_round(self, runner: "PlanRunner", number: int) -> bool:
        """Give the variable the entry of this round, then run it."""
        runner.context.set_loop_variable(self._name, self._entries[number - 1], secret=self._secret)
        return super().run_round(runner, number)


class Repeat(Rounds):
    """Repeats its body until a comparison holds; it is asked after each round, which is reported as a step.

    The last answer fails when the comparison never came true.
    """

    def __init__(self, node: RepeatNode, frames: Frames) -> None:
        super().__init__(node, frames)
        self._node = node
        self._holds = False

    def begin(self, context: "RunContext") -> None:
        """Read the largest number of rounds."""
        self.rounds = _count_of(context.variables.expand(self._node["times"], "number"))
        context.detail(f"at most {_rounds(self.rounds)} until {described(self._node['test'])}")
        if self.rounds == 0:
            raise self._never()

    def run_round(self, runner: "PlanRunner", number: int) -> bool:
        """Run a round, then ask the comparison; one that cannot be made ends the loop too."""
        if not super().run_round(runner, number):
            return False
        head = Leaf(self.head, self.frames_of(number), lambda context: self._ask(context, number))
        self.run_child(runner, head)
        return head.succeeded and not self._holds

    def _ask(self, context: "RunContext", number: int) -> None:
        self._holds = holds(context, self._node["test"])
        answer = "holds" if self._holds else "does not hold"
        context.detail(f"round {number} of {self.rounds}: {described(self._node['test'])} {answer}")
        if not self._holds and number == self.rounds:
            raise self._never(context.variables.expand(self._node["test"]["left"]))

    def _never(self, last: str | None = None) -> StepFailure:
        found = "no round to try it" if last is None else f'that it never did; the last value was "{last}"'
        expected = f'"{described(self._node["test"])}" to hold after at most {_rounds(self.rounds)}'
        return StepFailure("assertion", expected=expected, found=found)


def _count_of(text: str) -> int:
    rounds = whole_number(text, "the number of rounds")
    if rounds < 0:
        raise StepFailure("bad-value", expected="a number of rounds from 0", found=str(rounds))
    return rounds


def _rounds(count: int) -> str:
    return f"{count} {'round' if count == 1 else 'rounds'}"
