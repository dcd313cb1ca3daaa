"""From a stored sentence to its definition and values.

Contract: steps section 2.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cometa_runner.steps.definition import PLACEHOLDER, StepDefinition

NEAR_PATTERNS = 3
"""How many near patterns an undefined step names."""

_LEAST_SIMILARITY = 0.4
_LONGEST_COMPARED = 300
_VALUE = re.compile(r'"[^"]*"', re.DOTALL)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Match:
    """A sentence that is understood.

    Attributes:
        definition: what it means.
        values: text of each placeholder, exactly as written.
    """

    definition: StepDefinition
    values: dict[str, str]


@dataclass(frozen=True)
class NoMatch:
    """A sentence that is not understood.

    Attributes:
        code: ``undefined`` when nothing fits, ``ambiguous`` when several patterns fit equally well.
        near: up to three patterns that may be meant; for ``ambiguous`` those that fit.
    """

    code: Literal["undefined", "ambiguous"]
    near: tuple[str, ...]


@dataclass(frozen=True)
class _Reader:
    """A definition with its compiled pattern."""

    definition: StepDefinition
    expression: re.Pattern[str]
    fixed_characters: int

    def read(self, sentence: str) -> Match | None:
        found = self.expression.fullmatch(sentence)
        return Match(self.definition, found.groupdict()) if found else None


class Vocabulary:
    """All sentences of some step libraries; never changes after it was made.

    Attributes:
        definitions: the sentences in the order of their libraries.
    """

    def __init__(self, definitions: Iterable[StepDefinition]) -> None:
        self.definitions = tuple(definitions)
        readers = [_reader(definition) for definition in self.definitions]
        self._by_pattern = {_folded(reader.definition.pattern): reader for reader in readers}
        # Most sentences begin with a fixed word: looking only at those with the right first letter makes matching
        # ten times faster, which counts for plans of thousands of steps without stored patterns.
        self._by_first_letter: dict[str, list[_Reader]] = defaultdict(list)
        for reader in readers:
            self._by_first_letter[_first_letter(reader.definition.pattern)].append(reader)

    def by_pattern(self, pattern: str) -> StepDefinition | None:
        """Find a sentence by its pattern; case and runs of blanks do not matter."""
        reader = self._by_pattern.get(_folded(pattern))
        return reader.definition if reader else None

    def match(self, sentence: str, action: str | None = None) -> Match | NoMatch:
        """Find what a sentence means.

        Args:
            sentence: without its keyword.
            action: pattern that was stored with the step; wins when it fits.

        Contract: X-056, X-057, X-058.
        """
        sentence = sentence.strip()
        chosen = self._by_pattern.get(_folded(action)) if action else None
        if chosen is not None:
            match = chosen.read(sentence)
            if match is not None:
                return match
        fitting = self._fitting(sentence)
        if not fitting:
            return NoMatch("undefined", self.near(sentence))
        most = max(reader.fixed_characters for reader, _match in fitting)
        best = [match for reader, match in fitting if reader.fixed_characters == most]
        if len(best) > 1:
            return NoMatch("ambiguous", tuple(match.definition.pattern for match in best[:NEAR_PATTERNS]))
        return best[0]

    def near(self, sentence: str) -> tuple[str, ...]:
        """Name up to three patterns that resemble a sentence, most similar first.  Contract: X-080."""
        shapes = {_folded(PLACEHOLDER.sub("", definition.pattern)): definition for definition in self.definitions}
        wanted = _folded(_VALUE.sub('""', sentence))[:_LONGEST_COMPARED]
        found = difflib.get_close_matches(wanted, shapes, n=NEAR_PATTERNS, cutoff=_LEAST_SIMILARITY)
        return tuple(shapes[shape].pattern for shape in found)

    def _fitting(self, sentence: str) -> list[tuple[_Reader, Match]]:
        candidates = [*self._by_first_letter.get(sentence[:1].casefold(), ()), *self._by_first_letter.get("", ())]
        matches = ((reader, reader.read(sentence)) for reader in candidates)
        return [(reader, match) for reader, match in matches if match is not None]


def sentence_key(pattern: str) -> str:
    """Give the same text for all spellings of one sentence: names of placeholders, case and blanks do not matter."""
    return _folded(PLACEHOLDER.sub("{}", pattern))


def _reader(definition: StepDefinition) -> _Reader:
    """Compile a pattern so that every value takes the shortest text and matching takes linear time.

    Taking the first place where the next fixed words occur is never worse for the rest, so each value and the words
    after it form an atomic group and nothing is ever tried twice.  Contract: steps 2.2.
    """
    pattern = definition.pattern.strip()
    fixed = PLACEHOLDER.split(pattern)[::2]
    names = PLACEHOLDER.findall(pattern)
    expression = _fixed_words(fixed[0])
    for position, (name, words) in enumerate(zip(names, fixed[1:], strict=True), start=1):
        last = position == len(names)
        value = f"(?P<{name}>.*?){_fixed_words(words)}"
        expression += value if last else f"(?>{value})"
    return _Reader(
        definition,
        re.compile(expression, re.DOTALL | re.IGNORECASE),
        sum(len(_BLANKS.sub(" ", words)) for words in fixed),
    )


def _fixed_words(words: str) -> str:
    return r"\s+".join(re.escape(word) for word in _BLANKS.split(words))


def _folded(text: str) -> str:
    return _BLANKS.sub(" ", text.strip()).casefold()


def _first_letter(pattern: str) -> str:
    letter = pattern.strip()[:1]
    return "" if letter == "{" else letter.casefold()
