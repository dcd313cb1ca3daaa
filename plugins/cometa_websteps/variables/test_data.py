"""Sentences that make data for tests."""

import string
import time

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.confined import RefusedWork, UnfinishedWork, confined
from cometa_runner.steps.expressions import MATCHING_SECONDS, refuse, time_for
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Code, Number, Option, Text, Variable
from cometa_runner.steps.values import variable_name as read_name
from cometa_runner.steps.values import whole_number
from cometa_websteps.meanings import RESULT, STORED
from cometa_websteps.variables.chance import chance_of
from cometa_websteps.variables.made_up import made_up

MOST_DIGITS = 10_000
"""Longest string of random digits."""

_CATEGORY = "test-data"
_FILLINGS = {"#": string.digits, "?": string.ascii_letters}


@step(
    'Add a timestamp to the "{prefix}" and save it to "{variable_name}"',
    category=_CATEGORY,
    example='Add a timestamp to the "user" and save it to "login"',
    prefix="text in front",
    variable_name=STORED,
)
def add_timestamp(context: StepContext, prefix: Text, variable_name: Variable) -> None:
    """Stores prefix, a hyphen and the current epoch seconds in the run and in the environment."""
    _store(context, read_name(variable_name), f"{prefix}-{int(time.time())}", "environment")


@step(
    'Create a string of random "{x}" numbers and save to "{variable_name}"',
    category=_CATEGORY,
    example='Create a string of random "8" numbers and save to "customer_no"',
    x="how many digits",
    variable_name=STORED,
)
def random_digits(context: StepContext, x: Number, variable_name: Variable) -> None:
    """Stores a random digit string of exactly this length in the run and in the environment."""
    name = read_name(variable_name)
    length = whole_number(x, "the number of digits")
    if not 1 <= length <= MOST_DIGITS:
        raise StepFailure("bad-value", expected=f"from 1 to {MOST_DIGITS:,} digits", found=quoted(x))
    digits = "".join(chance_of(context).source.choices(string.digits, k=length))
    _store(context, name, digits, "environment")


@step(
    'Make fake "{kind}" and remember it as "{variable}"',
    category=_CATEGORY,
    example='Make fake "email" and remember it as "mail"',
    kind="name of a Faker provider such as name, email, iban; `de_DE:name` picks a locale",
    variable=RESULT,
)
def make_fake(context: StepContext, kind: Option, variable: Variable) -> None:
    """Creates made-up data from an allow-list of Faker providers; the seed of the run is recorded."""
    name = read_name(variable)
    _store(context, name, made_up(kind, chance_of(context).source), "run")


@step(
    'Fill mask "{mask}" at random and remember it as "{variable}"',
    category=_CATEGORY,
    example='Fill mask "??-####" at random and remember it as "plate"',
    mask="`#` becomes a digit, `?` a letter, anything else stays",
    variable=RESULT,
)
def fill_mask(context: StepContext, mask: Text, variable: Variable) -> None:
    """Creates a random text of a given shape."""
    name = read_name(variable)
    if not mask:
        raise StepFailure("bad-value", expected="a mask such as ??-####", found=quoted(mask))
    source = chance_of(context).source
    _store(context, name, "".join(source.choice(_FILLINGS.get(sign, sign)) for sign in mask), "run")


@step(
    'Make text matching "{regex}" and remember it as "{variable}"',
    category=_CATEGORY,
    example='Make text matching "[a-f0-9]{12}" and remember it as "mac"',
    regex="regular expression; repetitions without limit stop at 20",
    variable=RESULT,
)
def make_matching(context: StepContext, regex: Code, variable: Variable) -> None:
    """Creates a random text that fits the expression.

    Contract: X-088.
    """
    name = read_name(variable)
    given = {"pattern": regex, "seed": chance_of(context).source.getrandbits(32)}
    try:
        made = confined("made", given, time_for(MATCHING_SECONDS, context.deadline))
    except (RefusedWork, UnfinishedWork) as error:
        refuse(regex, error)
    _store(context, name, made, "run")


def _store(context: StepContext, name: str, text: str, scope: str) -> None:
    context.store_variable(name, text, scope)
    context.detail(f"${name} is {quoted(text)}")
