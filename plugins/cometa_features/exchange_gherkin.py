"""Step lists as readable feature files, and what somebody changed in such a file.

A feature file cannot hold everything: flags of steps, line breaks within sentences, settings.  All of that is in the
document beside it.  The text only counts where it differs from what was written, and then step by step.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cometa_features.gherkin import parse_feature_file
from cometa_features.services.identity import common_subsequence

OFF = "# off: "
"""Begins the line of a disabled step, which is a comment for everybody else."""

OFF_LINE = re.compile(r"^(?P<indent>[ \t]*)# off: (?P<keyword>\S+) (?P<sentence>.*)$", re.MULTILINE)
MARK = "\ue000"
"""Stands before the sentence of a disabled step while its file is parsed; of the area for private use."""

MARKED_LINE = re.compile(rf"^(?P<indent>[ \t]*)(?P<keyword>\S+) {MARK}", re.MULTILINE)
LINE_BREAKS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
CONTINUING = frozenset({"And", "and", "But"})


@dataclass(frozen=True)
class Sentence:
    """A step as a feature file has it."""

    keyword: str
    content: str
    enabled: bool = True


@dataclass(frozen=True)
class Story:
    """What a feature file says: name, description and steps."""

    name: str
    description: str
    sentences: tuple[Sentence, ...]


def written_story(name: str, description: str | None, steps: Iterable[Mapping[str, Any]]) -> str:
    """Write a feature file.

    Args:
        name: name of the feature.
        description: its description; as comments, so that no line of it is taken for something else.
        steps: documents of the steps in order; disabled ones become comments.
    """
    title = _one_line(name)
    about = [f"  # {_one_line(line)}".rstrip() for line in (description or "").splitlines()]
    lines = [f"Feature: {title}", *about, "", f"  Scenario: {title}"]
    began = False
    for step in steps:
        keyword, enabled = str(step.get("step_keyword", "Given")), bool(step.get("enabled", True))
        if keyword in CONTINUING:
            # A file cannot begin with And; the document beside it knows better.
            keyword = keyword.capitalize() if began else "Given"
        began = began or enabled
        lines += _step_lines(keyword, str(step["step_content"]), enabled=enabled)
    return "\n".join(lines) + "\n"


def _step_lines(keyword: str, content: str, *, enabled: bool) -> list[str]:
    first, line_break, rest = content.partition("\n")
    place = first.rfind('"')
    simple = not re.search(r"[\r\v\f\x1c-\x1e\x85\u2028\u2029]", content) and '"""' not in content
    if enabled and line_break and place >= 0 and rest.endswith('"') and simple:
        text = content[place + 1 : -1].split("\n")
        quotes = '      """'
        body = [f"      {line}" if line else "" for line in text]
        return [f'    {keyword} {first[:place]}""', quotes, *body, quotes]
    return [f"    {'' if enabled else OFF}{keyword} {_one_line(content)}"]


def _one_line(text: str) -> str:
    return LINE_BREAKS.sub(" ", text).strip()


def read_story(text: str, filename: str) -> Story:
    """Read a feature file with its disabled steps.

    Raises:
        Invalid: ``bad_feature_file``; the sentence begins with ``FILE:LINE:``.
    """
    marked = OFF_LINE.sub(rf"\g<indent>\g<keyword> {MARK}\g<sentence>", text)
    file = parse_feature_file(marked, filename)
    sentences = []
    for step in file.steps:
        enabled = not step.content.startswith(MARK)
        content = MARKED_LINE.sub(rf"\g<indent>{OFF}\g<keyword> ", step.content.removeprefix(MARK))
        sentences.append(Sentence(step.keyword, content, enabled))
    return Story(file.name, file.description, tuple(sentences))


def merged_steps(
    old: Sequence[Mapping[str, Any]], before: Sequence[Sentence], now: Sequence[Sentence]
) -> list[dict[str, Any]]:
    """Change documents of steps as somebody changed their text.

    Steps with the same sentence keep everything else that they have.  Where as many sentences were replaced as are new
    in their place, each is a changed one; its values go, since they belonged to the old sentence.

    Args:
        old: documents of the steps.
        before: the same steps as they were written into the file.
        now: the steps that are in the file.
    """
    kept = common_subsequence([each.content for each in before], [each.content for each in now])
    origin = {new: place for place, new in kept}
    bounds = [(-1, -1), *kept, (len(before), len(now))]
    for (left, right), (next_left, next_right) in pairwise(bounds):
        if next_left - left == next_right - right:
            origin.update(zip(range(right + 1, next_right), range(left + 1, next_left), strict=True))
    return [
        _told(each) if place not in origin else _changed(old[origin[place]], before[origin[place]], each)
        for place, each in enumerate(now)
    ]


def _told(sentence: Sentence) -> dict[str, Any]:
    return {"step_keyword": sentence.keyword, "step_content": sentence.content, "enabled": sentence.enabled}


def _changed(old: Mapping[str, Any], before: Sentence, now: Sentence) -> dict[str, Any]:
    changed = dict(old)
    if now.content != before.content:
        changed = {name: value for name, value in changed.items() if name not in {"params", "step_action"}}
        changed["step_content"] = now.content
    if now.keyword != before.keyword:
        changed["step_keyword"] = now.keyword
    if now.enabled != before.enabled:
        changed["enabled"] = now.enabled
    return changed
