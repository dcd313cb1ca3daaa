"""From a node of the plan to the step that behave runs.

Contract: runner C.3, C.5.
"""

from behave.model import Step

from cometa_runner.containers import Call, Condition
from cometa_runner.leaf import Leaf
from cometa_runner.loops import ForEach, Loop, Repeat
from cometa_runner.protocol import Node
from cometa_runner.rows import Frames


def step_of(node: Node, frames: Frames) -> Step:
    """Make a fresh step for a node."""
    match node["kind"]:
        case "step":
            return Leaf(node, frames)
        case "loop":
            return Loop(node, frames)
        case "foreach":
            return ForEach(node, frames)
        case "repeat":
            return Repeat(node, frames)
        case "cond":
            return Condition(node, frames)
        case "call":
            return Call(node, frames)
