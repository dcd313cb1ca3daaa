"""What a condition or a loop asks before it goes on.

Contract: steps sections 4.5, 5 and 6.
"""

from typing import TYPE_CHECKING

from cometa_runner.protocol import Test
from cometa_runner.selectors.look import Look
from cometa_runner.selectors.states import OFFERED_STATES, STATES
from cometa_runner.steps.comparison import compare
from cometa_runner.steps.values import option

if TYPE_CHECKING:
    from cometa_runner.context import RunContext


def holds(context: "RunContext", test: Test) -> bool:
    """Answer a test with the values of this moment; nothing is waited for.

    Raises:
        StepFailure: the comparison cannot be made, the state does not exist, or no browser is open.  Contract: X-079.
    """
    expand = context.variables.expand
    if "selector" in test:
        state = STATES[option(expand(test["state"], "option"), OFFERED_STATES, "the state")]
        look = Look(point=state.point, frames=state.frames)
        return state.holds(context.elements.resolve(expand(test["selector"], "selector"), look=look))
    operator = expand(test["operator"], "option")
    return compare(expand(test["left"]), operator, expand(test["right"]), context.deadline)


def described(test: Test) -> str:
    """Write a test as it stands in the feature, variables unexpanded.  Contract: steps 4.5, runner D.10."""
    if "selector" in test:
        return f"{test['selector']} is {test['state']}"
    return f"{test['left']} {test['operator']} {test['right']}"
