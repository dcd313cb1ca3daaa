"""The sentence of the plugin.  This module runs where steps are executed: there is no server and no database there."""

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Number, Text
from cometa_runner.steps.values import variable_name, whole_number


@step(
    'Remember the score "{points}" of "{player}"',
    category="variables",
    example='Remember the score "3" of "Ada"',
    points="whole number from 0",
    player="name of the player",
)
def remember_score(context: StepContext, points: Number, player: Text) -> None:
    """Stores the score as the variable `score_<player>` for the rest of the run; blanks in the name become `_`."""
    score = whole_number(points, "points")
    if score < 0:
        raise StepFailure("bad-value", expected="points from 0", found=points)
    name = variable_name("score_" + "_".join(player.split()))
    context.store_variable(name, str(score), "run")
    context.detail(f"{player} has {score} points")
