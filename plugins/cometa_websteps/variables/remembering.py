"""Sentences that set variables and drop them."""

from cometa_runner.steps import StepContext, step
from cometa_runner.steps.kinds import SecretText, Text, Variable
from cometa_runner.steps.values import variable_name
from cometa_websteps.meanings import RESULT, STORED


@step(
    'Remember "{value}" as "{variable}"',
    category="variables",
    example='Remember "Ada" as "first_name"',
    value="any text, may be empty or multi-line",
    variable=RESULT,
)
def remember(context: StepContext, value: Text, variable: Variable) -> None:
    """Sets a variable for the rest of this run only."""
    context.store_variable(variable_name(variable), value, "run")


@step(
    'Remember "{value}" as "{variable}" for the environment',
    category="variables",
    example='Remember "https://qa.shop.example" as "shop" for the environment',
    value="any text",
    variable=STORED,
)
def remember_for_environment(context: StepContext, value: Text, variable: Variable) -> None:
    """Sets a variable for this run and stores it in the environment for later runs."""
    context.store_variable(variable_name(variable), value, "environment")


@step(
    'Remember secret "{value}" as "{variable}"',
    category="variables",
    example='Remember secret "$token_from_page" as "token"',
    value="secret text",
    variable=RESULT,
)
def remember_secret(context: StepContext, value: SecretText, variable: Variable) -> None:
    """Sets a variable for this run and adds its value to the list of secrets that are blanked out everywhere."""
    name = variable_name(variable)
    context.announce_secret(value)
    context.store_variable(name, value, "run", secret=True)


@step(
    'Forget variable "{variable}"',
    category="variables",
    example='Forget variable "token"',
    variable="name to drop",
)
def forget(context: StepContext, variable: Variable) -> None:
    """Removes a variable from this run; a stored one of that name is visible again."""
    name = variable_name(variable)
    if not context.variables.forget(name):
        context.warn(f"There is no variable {name} of this run.")
