"""Reading ``.feature`` files with behave's parser, which is more lenient than a tester wants.

behave takes a line that it does not know for a description: a misspelt keyword would silently remove a step.  Here it
is an error.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from behave.model import Feature, Scenario, ScenarioOutline, Step
from behave.parser import ParserError, parse_feature

from cometa_core.errors import Invalid
from cometa_features.texts import KEYWORDS, LONGEST_SENTENCE, MOST_STEPS, StepText

REASON = re.compile(r"REASON:\s*(?P<reason>.+)")
EMPTY_VALUE = '""'


@dataclass(frozen=True)
class FeatureFile:
    """What a file says.

    Attributes:
        name: name of the feature.
        description: lines below its name, joined by line breaks; may be empty.
        steps: rows of all scenarios in order, without identity; each scenario begins with the steps of its background.
    """

    name: str
    description: str
    steps: tuple[StepText, ...]


def parse_feature_file(text: str, filename: str) -> FeatureFile:
    """Read the text of a ``.feature`` file.

    Scenario outlines are expanded.  A text block becomes the value of a sentence that ends with ``""``.

    Args:
        text: content of the file.
        filename: name for messages.

    Raises:
        Invalid: ``bad_feature_file``; the sentence begins with ``FILE:LINE:``.
    """
    feature = _parse(text.removeprefix("\ufeff"), filename)
    lines = text.splitlines()
    if not feature.name.strip():
        raise _refused(filename, feature.line, "The feature has no name. Write it behind the keyword Feature.")
    steps = []
    for scenario in feature.walk_scenarios(with_outlines=True):
        _check_descriptions(scenario, lines, filename)
        if not isinstance(scenario, ScenarioOutline):
            steps += [_step(step, filename) for step in scenario.all_steps]
    if not steps:
        raise _refused(filename, feature.line, "The feature has no step. Steps stand below a line with Scenario.")
    if len(steps) > MOST_STEPS:
        raise _refused(filename, feature.line, f"The feature has {len(steps)} steps; at most {MOST_STEPS} are allowed.")
    return FeatureFile(feature.name.strip(), "\n".join(feature.description), tuple(steps))


def _parse(text: str, filename: str) -> Feature:
    try:
        feature = parse_feature(text, filename=filename)
    except ParserError as error:
        raise _refused(filename, error.line or 1, _explained(error)) from error
    except KeyError as error:  # behave looks the language up without a check
        raise _refused(filename, 1, f"The language {error} is not known.") from error
    if feature is None:
        raise _refused(filename, 1, "There is no feature in the file. It begins with a line Feature: and its name.")
    return feature


def _explained(error: ParserError) -> str:
    reason = REASON.search(str(error))
    if reason is not None:
        return f'"{(error.line_text or "").strip()}": {reason["reason"]}'
    if error.line_text:
        return f'"{error.line_text.strip()}" is no step. Steps begin with Given, When, Then, And, But or *.'
    return "The first step of a scenario cannot begin with And or But."


def _check_descriptions(scenario: Scenario, lines: list[str], filename: str) -> None:
    """Refuse text between the line of a scenario (or its background, its rule) and its first step."""
    for block in _blocks(scenario):
        for written in block.description or ():
            line = _line_of(written, lines, block.line)
            raise _refused(
                filename,
                line,
                f'"{written}" is no step. Steps begin with Given, When, Then, And, But or *; comments begin with #.',
            )


def _blocks(scenario: Scenario) -> Iterator[Scenario]:
    yield scenario
    parent = scenario.parent
    while parent is not None:
        if getattr(parent, "background", None) is not None:
            yield parent.background
        if not isinstance(parent, Feature):
            yield parent
        parent = parent.parent


def _line_of(written: str, lines: list[str], after: int) -> int:
    """Find the line of a text that behave kept without its place."""
    for number, line in enumerate(lines[after:], start=after + 1):
        if line.strip() == written.strip():
            return number
    return after


def _step(step: Step, filename: str) -> StepText:
    sentence = step.name.strip()
    if step.table is not None:
        sentence = _filled(step, _table_text(step), "table", filename)
    elif step.text is not None:
        sentence = _filled(step, step.text, "text block", filename)
    if len(sentence) > LONGEST_SENTENCE:
        raise _refused(filename, step.line, f"The step has more than {LONGEST_SENTENCE} characters.")
    # Keywords of other languages are stored in English: the step language has only these.
    keyword = step.keyword.strip()
    return StepText("", keyword if keyword in KEYWORDS else step.step_type.capitalize(), sentence)


def _filled(step: Step, value: str, what: str, filename: str) -> str:
    """Put what stands below a step into its last empty value.  Contract: steps 2.2 (values may be of many lines)."""
    before, empty, after = step.name.strip().rpartition(EMPTY_VALUE)
    if not empty:
        raise _refused(filename, step.line, f'"{step.name}" has a {what} but no "" to take it.')
    return f'{before}"{value}"{after}'


def _table_text(step: Step) -> str:
    """Write a data table as the list of objects that loops over lists take."""
    rows = [dict(zip(step.table.headings, row.cells, strict=True)) for row in step.table.rows]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _refused(filename: str, line: int, text: str) -> Invalid:
    return Invalid(f"{filename}:{line}: {text}", code="bad_feature_file")
