"""How the steps of an attempt follow one another: stops, jumps and loop counters.

Contract: runner C.5, steps section 4.
"""

from typing import Literal

from cometa_runner.protocol import SkipReason
from cometa_runner.steps.variables import Variables

Jump = Literal["break", "continue"]
"""What a step asks of the nearest loop."""


class Flow:
    """What containers look at after every child.

    Attributes:
        stopped: why nothing more is executed; None while steps go on.
        aborted: machine word for an end that is not the feature's own, such as ``browser_lost``; empty for none.
        jump: asked of the nearest loop and taken by it; None for nothing.
        error_text: first line of the message when the next step fails; empty for the usual one.
    """

    def __init__(self) -> None:
        self.stopped: SkipReason | None = None
        self.aborted = ""
        self.jump: Jump | None = None
        self.error_text = ""

    @property
    def halted(self) -> bool:
        """Tell whether the next step of the current block is not to be executed."""
        return self.stopped is not None or self.jump is not None

    def stop(self, reason: SkipReason, aborted: str = "") -> None:
        """Execute nothing more; the first reason stays."""
        if self.stopped is None:
            self.stopped = reason
            self.aborted = aborted

    def take_jump(self) -> Jump | None:
        """Give what was asked of the nearest loop, which answers it by this."""
        jump, self.jump = self.jump, None
        return jump


class Counters:
    """Counters of the open loops as run parameters: ``%index`` of the innermost, ``%index_1`` of the next outer one.

    Parameters of the caller with such a name are hidden inside loops and come back after them.
    """

    def __init__(self, variables: Variables) -> None:
        self._variables = variables
        self._values: list[int] = []
        self._hidden: list[str | None] = []

    def open(self) -> None:
        """Enter a loop."""
        self._hidden.append(self._variables.parameter(_parameter_of(len(self._values))))
        self._values.append(0)

    def set(self, value: int) -> None:
        """Set the counter of the innermost loop."""
        self._values[-1] = value
        self._publish()

    def close(self) -> None:
        """Leave the innermost loop."""
        self._values.pop()
        self._publish()
        self._variables.set_parameter(_parameter_of(len(self._values)), self._hidden.pop())

    def _publish(self) -> None:
        for depth, value in enumerate(reversed(self._values)):
            self._variables.set_parameter(_parameter_of(depth), str(value))


def _parameter_of(depth: int) -> str:
    return "index" if depth == 0 else f"index_{depth}"
