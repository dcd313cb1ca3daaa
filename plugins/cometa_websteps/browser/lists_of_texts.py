"""Sentences that compare the texts of elements with list variables."""

import csv
from dataclasses import dataclass
from pathlib import Path

from cometa_runner.selectors import Look, Resolution, run_script
from cometa_runner.selectors.states import failure
from cometa_runner.steps import ElementNotFound, ElementNotInState, StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Option, Selector, Text, Variable
from cometa_runner.steps.lists import entries_of
from cometa_runner.steps.values import option, variable_name
from cometa_runner.steps.variables import as_text
from cometa_websteps.report_files import new_report

ALL = "all"
PARTIAL = "partial"
"""How many of the values must be there: every one, or at least one."""

TEXTS = "elements whose texts form the list"
LISTS = "one list variable or several joined with `|`"

_MOST_ELEMENTS = 5000
_SHOWN = "return arguments[0].map((element) => (element.innerText ?? element.textContent).replace(/\\s+/g, ' ').trim())"


@step(
    'Test list of "{css_selector}" elements to contain "{all_or_partial}" values from list variable "{variable_names}" '
    'use prefix "{prefix}" and suffix "{suffix}"',
    category="assertions",
    example='Test list of "td.name" elements to contain "all" values from list variable "names" use prefix "" and '
    'suffix ""',
    css_selector=TEXTS,
    all_or_partial="`all` or `partial`",
    variable_names=LISTS,
    prefix="put before each value, may be empty",
    suffix="put after each value, may be empty",
)
def compare_list(
    context: StepContext,
    css_selector: Selector,
    all_or_partial: Option,
    variable_names: Variable,
    prefix: Text,
    suffix: Text,
) -> None:
    """Checks that the element texts hold all, or at least one, of the listed values.

    Attaches a CSV with one line per value.
    """
    how = option(all_or_partial, (ALL, PARTIAL), "all_or_partial")
    _compare(context, css_selector, how, _wanted(context, variable_names, prefix, suffix))


@step(
    'Test list of "{css_selector}" elements to contain all or partial values from list variable "{variable_names}" '
    'use prefix "{prefix}" and suffix "{suffix}"',
    category="assertions",
    example='Test list of "td.name" elements to contain all or partial values from list variable "names" use prefix '
    '"" and suffix ""',
    css_selector=TEXTS,
    variable_names=LISTS,
    prefix="put before each value",
    suffix="put after each value",
)
def compare_whole_list(
    context: StepContext, css_selector: Selector, variable_names: Variable, prefix: Text, suffix: Text
) -> None:
    """Older form of the list check, treated as `all`."""
    _compare(context, css_selector, ALL, _wanted(context, variable_names, prefix, suffix))


@dataclass
class _Outcome:
    """What the last look showed.

    Attributes:
        texts: texts of the elements, blanks folded.
        missing: wanted values that no element has as its text.
    """

    texts: list[str]
    missing: list[str]


def _wanted(context: StepContext, names: str, prefix: str, suffix: str) -> list[str]:
    values = [value for name in names.split("|") for value in _values_of(context, variable_name(name))]
    if not values:
        raise StepFailure("bad-value", expected=f"values in the list variable {quoted(names)}", found="none")
    return [" ".join(f"{prefix}{value}{suffix}".split()) for value in values]


def _values_of(context: StepContext, name: str) -> list[str]:
    variable = context.variables.get(name)
    if variable is None:
        raise StepFailure("bad-value", expected=f"a list variable {quoted(name)}", found="no variable of this name")
    return [as_text(entry) for entry in entries_of(as_text(variable.value))]


def _compare(context: StepContext, selector: str, how: str, wanted: list[str]) -> None:
    """Look until the elements hold the values; the report is written whatever comes out."""
    driver = context.driver
    outcome = _Outcome([], wanted)

    def accepts(found: Resolution) -> bool:
        outcome.texts = run_script(driver, _SHOWN, list(found.elements))
        outcome.missing = [value for value in wanted if value not in set(outcome.texts)]
        return not outcome.missing if how == ALL else len(outcome.missing) < len(wanted)

    held, last = context.elements.watch(
        selector, context.deadline, accepts, first="css", look=Look(most=_MOST_ELEMENTS)
    )
    context.attach(_report(context, wanted, outcome), "report")
    context.detail(f"{len(wanted) - len(outcome.missing)} of {len(wanted)} values are in the list.")
    if held:
        return
    expected = f'{"all" if how == ALL else "at least one"} of {len(wanted)} values in the list "{selector}"'
    if not last.matches:
        raise failure(ElementNotFound, "not-found", expected, "no match", last)
    missing = ", ".join(quoted(value, 100) for value in outcome.missing[:10])
    shown = ", ".join(quoted(text, 100) for text in outcome.texts[:10])
    raise failure(ElementNotInState, "assertion", expected, f"{missing} missing in {shown}", last)


def _report(context: StepContext, wanted: list[str], outcome: _Outcome) -> Path:
    path = new_report(context, "list", ".csv")
    missing = set(outcome.missing)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("value", "found"))
        rows.writerows((value, "no" if value in missing else "yes") for value in wanted)
    return path
