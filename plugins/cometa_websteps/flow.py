"""Sentences that order other sentences.

Their functions do nothing: plans are compiled into blocks by the role that the declaration names, and the runner
decides about blocks.  Contract: steps section 4, runner C.3.
"""

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Number, Option, Selector, Text, Variable

_CATEGORY = "flow-control"
STEP_MODULES = ("cometa_websteps.scheduling",)
"""Further modules of the library."""


@step(
    'Run feature with id "{feature_id}" before continuing',
    category=_CATEGORY,
    example='Run feature with id "12" before continuing',
    block="call_by_id",
    feature_id="feature of the same department",
)
def call_by_id(context: StepContext, feature_id: Number) -> None:
    """Inserts the enabled steps of the other feature at this place when the plan is compiled.

    Not a step of its own at run time.
    """


@step(
    'Run feature with name "{feature_name}" before continuing',
    category=_CATEGORY,
    example='Run feature with name "Log in" before continuing',
    block="call_by_name",
    feature_name="name, must be unique in the department",
)
def call_by_name(context: StepContext, feature_name: Text) -> None:
    """Inserts the enabled steps of the other feature, found by its name.

    An unknown or ambiguous name is a plan error.
    """


@step(
    'Loop "{x}" times starting at "{index}" and do',
    category=_CATEGORY,
    example='Loop "3" times starting at "1" and do',
    block="loop",
    x="how many rounds",
    index="first value of the counter",
)
def loop(context: StepContext, x: Number, index: Number) -> None:
    """Repeats the steps up to the matching End Loop.

    The counter is %index, outer counters are %index_1, %index_2; loops nest.
    """


@step(
    'For each "{variable}" in list "{list}" do',
    category=_CATEGORY,
    example='For each "row" in list "$rows" do',
    block="for_each",
    variable="name that holds the current entry",
    list="JSON array or semicolon list",
)
def for_each(context: StepContext, variable: Variable, list: Text) -> None:  # noqa: A002 - the placeholder is called so
    """Repeats the steps up to End Loop once per entry.

    The counter %index starts at 1; an empty list runs no round.
    """


@step(
    'Repeat at most "{times}" times until "{left}" is "{operator}" "{right}" do',
    category=_CATEGORY,
    example='Repeat at most "10" times until "$state" is "equal to" "done" do',
    block="repeat",
    times="limit of rounds",
    left="left value",
    operator="comparison word, see the operator list in the step language",
    right="right value",
)
def repeat(context: StepContext, times: Number, left: Text, operator: Option, right: Text) -> None:
    """Repeats the steps up to End Loop, testing after each round.

    Fails when the comparison never came true.
    """


@step("End Loop", category=_CATEGORY, example="End Loop", block="end_loop")
def end_loop(context: StepContext) -> None:
    """Closes the nearest open loop of any kind."""


@step("Break Loop", category=_CATEGORY, example="Break Loop", block="break")
def break_loop(context: StepContext) -> None:
    """Leaves the nearest loop; outside a loop it is a plan error."""


@step("Continue Loop", category=_CATEGORY, example="Continue Loop", block="continue")
def continue_loop(context: StepContext) -> None:
    """Starts the next round of the nearest loop; outside a loop it is a plan error."""


@step(
    'Only if "{left}" is "{operator}" "{right}" do',
    category=_CATEGORY,
    example='Only if "$country" is "equal to" "DE" do',
    block="condition",
    left="left value",
    operator="comparison word, see the operator list in the step language",
    right="right value",
)
def only_if(context: StepContext, left: Text, operator: Option, right: Text) -> None:
    """Opens a block that is executed only when the comparison is true.

    Blocks nest; steps of a branch not taken are reported as skipped.
    """


@step(
    'Only if element "{selector}" is "{state}" do',
    category=_CATEGORY,
    example='Only if element "#cookie-banner" is "visible" do',
    block="condition",
    selector="element to look at",
    state="element state, see the state list in the step language",
)
def only_if_element(context: StepContext, selector: Selector, state: Option) -> None:
    """Opens a condition block decided by the state of an element right now.

    Never waits and never fails for a missing element.
    """


@step(
    'Otherwise only if "{left}" is "{operator}" "{right}" do',
    category=_CATEGORY,
    example='Otherwise only if "$country" is "one of" "AT;CH" do',
    block="otherwise",
    left="left value",
    operator="comparison word, see the operator list in the step language",
    right="right value",
)
def otherwise_only_if(context: StepContext, left: Text, operator: Option, right: Text) -> None:
    """Starts a further branch with its own comparison."""


@step("Otherwise do", category=_CATEGORY, example="Otherwise do", block="otherwise")
def otherwise(context: StepContext) -> None:
    """Starts the branch that is executed when no earlier branch of the block was taken."""


@step("End of condition", category=_CATEGORY, example="End of condition", block="end_condition")
def end_condition(context: StepContext) -> None:
    """Closes the nearest open condition block."""


@step("Finish the feature here", category=_CATEGORY, example="Finish the feature here", block="finish")
def finish(context: StepContext) -> None:
    """Ends the feature at this place; what follows is reported as skipped."""


@step(
    'Throw an error with "{message}" and leave',
    category=_CATEGORY,
    example='Throw an error with "shop is closed" and leave',
    block="leave",
    message="text for the tester",
)
def throw(_context: StepContext, message: Text) -> None:
    """Fails with this text and ends the feature, whatever continue-on-failure says."""
    raise StepFailure("assertion", message or "The feature was left here.")


@step(
    'Define Custom Error Message for next step: "{error_message}"',
    category=_CATEGORY,
    example='Define Custom Error Message for next step: "login is down"',
    block="error_text",
    error_message="text for the tester",
)
def define_error_text(context: StepContext, error_message: Text) -> None:
    """If, and only if, the next executed step fails, its message is this text followed by the original one."""


@step(
    "################ {comment} ################",
    category="comments",
    example="################ Log in ################",
    block="comment",
    comment="heading",
)
def heading(context: StepContext, comment: Text) -> None:
    """Heading in the plan; executed in no time and counted as ok."""


@step("#{comment}", category="comments", example="# check the totals", block="comment", comment="remark")
def remark(context: StepContext, comment: Text) -> None:
    """Remark in the plan; executed in no time and counted as ok."""
