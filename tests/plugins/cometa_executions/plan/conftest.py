"""A small vocabulary with every block role, and short ways to write features and compile them."""

import re
from collections.abc import Callable, Sequence
from types import MappingProxyType

import pytest

from cometa_executions.plan import Plan, PlanDefaults, PlanErrors, compile_plan
from cometa_features.api import FeatureText, StepText
from cometa_runner.steps import StepContext, Vocabulary, step
from cometa_runner.steps.definition import definitions_of
from cometa_runner.steps.kinds import Number, Option, Seconds, Selector, Text, Url, Variable


@step('Goto URL "{url}"', category="navigation", example='Goto URL "/"', url="address")
def goto(context: StepContext, url: Url) -> None:
    """Open an address."""


@step("Mark {text}", category="checks", example="Mark a", text="text")
@step("{text} Mark", category="checks", example="a Mark", text="text")
@step('I can see "{text}"', category="checks", example='I can see "a"', text="text")
def see(context: StepContext, text: Text) -> None:
    """Look for text."""


@step('Say "{text}" and "{other}"', category="checks", example='Say "a" and "b"', text="text", other="text")
def say(context: StepContext, text: Text, other: Text) -> None:
    """Say two texts."""


@step('I sleep "{seconds}" seconds', category="waiting", example='I sleep "1" seconds', waits="seconds", seconds="time")
def sleep(context: StepContext, seconds: Seconds) -> None:
    """Wait."""


@step('Loop "{x}" times starting at "{index}" and do', category="flow", example="-", block="loop", x="-", index="-")
def loop(context: StepContext, x: Number, index: Number) -> None:
    """Repeat."""


@step(
    'For each "{variable}" in list "{list}" do',
    category="flow", example="-", block="for_each", variable="-", list="-",
)  # fmt: skip
def for_each(context: StepContext, variable: Variable, list: Text) -> None:  # noqa: A002 - the contract's name
    """Repeat for entries."""


@step(
    'Repeat at most "{times}" times until "{left}" is "{operator}" "{right}" do',
    category="flow", example="-", block="repeat", times="-", left="-", operator="-", right="-",
)  # fmt: skip
def repeat(context: StepContext, times: Number, left: Text, operator: Option, right: Text) -> None:
    """Repeat until."""


@step(
    'Only if element "{selector}" is "{state}" do',
    category="flow", example="-", block="condition", selector="-", state="-",
)  # fmt: skip
def look(context: StepContext, selector: Selector, state: Option) -> None:
    """Decide by an element."""


@step("End Loop", category="flow", example="-", block="end_loop")
@step("Break Loop", category="flow", example="-", block="break")
@step("Continue Loop", category="flow", example="-", block="continue")
@step("Otherwise do", category="flow", example="-", block="otherwise")
@step("End of condition", category="flow", example="-", block="end_condition")
@step("Finish the feature here", category="flow", example="-", block="finish")
def mark(context: StepContext) -> None:
    """Shape the plan."""


@step(
    'Only if "{left}" is "{operator}" "{right}" do',
    category="flow", example="-", block="condition", left="-", operator="-", right="-",
)  # fmt: skip
@step(
    'Otherwise only if "{left}" is "{operator}" "{right}" do',
    category="flow", example="-", block="otherwise", left="-", operator="-", right="-",
)  # fmt: skip
def decide(context: StepContext, left: Text, operator: Option, right: Text) -> None:
    """Decide."""


@step(
    'Run feature with id "{feature_id}" before continuing',
    category="flow",
    example="-",
    block="call_by_id",
    feature_id="-",
)
def call_by_id(context: StepContext, feature_id: Number) -> None:
    """Insert by id."""


@step(
    'Run feature with name "{feature_name}" before continuing',
    category="flow", example="-", block="call_by_name", feature_name="-",
)  # fmt: skip
def call_by_name(context: StepContext, feature_name: Text) -> None:
    """Insert by name."""


@step("#{comment}", category="comments", example="# a", block="comment", comment="remark")
def comment(context: StepContext, comment: Text) -> None:
    """Remark."""


FUNCTIONS = (goto, see, say, sleep, loop, for_each, repeat, look, mark, decide, call_by_id, call_by_name, comment)
ROW_OPTION = re.compile(r"^\[(?P<options>[^\]]*)\] ")
FLAGS = MappingProxyType(
    {"off": ("enabled", False), "go-on": ("continue_on_failure", True), "shot": ("screenshot", True)}
)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary(definition for function in FUNCTIONS for definition in definitions_of(function))


def row(place: str, written: str | StepText) -> StepText:
    """Read one row; ``[off go-on 30] sentence`` sets flags and seconds."""
    if isinstance(written, StepText):
        return written
    options = ROW_OPTION.match(written)
    fields: dict[str, object] = {}
    for word in (options["options"] if options else "").split():
        name, value = ("timeout", int(word)) if word.isdigit() else FLAGS[word]
        fields[name] = value
    return StepText(uuid=f"uuid-{place}", keyword="Given", content=ROW_OPTION.sub("", written), **fields)


FeatureFactory = Callable[..., FeatureText]
Compile = Callable[..., Plan | PlanErrors]


@pytest.fixture(scope="session")
def feature() -> FeatureFactory:
    """Write a feature: ``feature(7, "Buy", ["Goto URL \\"/\\""])``."""

    def make(
        number: int, name: str, rows: Sequence[str | StepText], *, department: int = 1, goes_on: bool = False
    ) -> FeatureText:
        steps = tuple(row(f"{number}-{place}", written) for place, written in enumerate(rows, start=1))
        return FeatureText(number, name, department, goes_on, steps)

    return make


@pytest.fixture(scope="session")
def compiled(vocabulary: Vocabulary, feature: FeatureFactory) -> Compile:
    """Compile rows or a feature, with the features that it may call."""

    def run(what: FeatureText | Sequence[str | StepText], *others: FeatureText, defaults: PlanDefaults | None = None):
        root = what if isinstance(what, FeatureText) else feature(7, "Buy", what)
        return compile_plan(root, {other.id: other for other in others}, vocabulary, defaults or PlanDefaults())

    return run


@pytest.fixture(scope="session")
def faults(compiled: Compile) -> Callable[..., list[tuple[int, str]]]:
    """Compile and return the faults as (position, code)."""

    def run(*arguments, **options):
        found = compiled(*arguments, **options)
        return [(error.position, error.code) for error in found.errors] if isinstance(found, PlanErrors) else []

    return run
