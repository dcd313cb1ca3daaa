"""What a stored row means in a vocabulary.  Contract: steps 2.1."""

from dataclasses import dataclass

from cometa_features.texts import LONGEST_NAME, StepText
from cometa_runner.steps import Match, NoMatch, Vocabulary


def read_step(vocabulary: Vocabulary, step: StepText) -> Match | NoMatch:
    """Find definition and values of a row.

    With ``params`` its sentence is only the caption; values that ``params`` lacks are absent from the match.

    Contract: steps 2.1, X-058.
    """
    if step.params is None:
        return vocabulary.match(step.content, step.action)
    definition = vocabulary.by_pattern(step.action) if step.action else None
    if definition is None:
        # Without a known pattern the caption has to say which sentence is meant.
        found = vocabulary.match(step.content, step.action)
        if isinstance(found, NoMatch):
            return found
        definition = found.definition
    values = {each.name: step.params[each.name] for each in definition.parameters if each.name in step.params}
    return Match(definition, values)


@dataclass(frozen=True)
class CallTarget:
    """What a ``Run feature`` row names: an id or a name."""

    feature_id: int | None = None
    feature_name: str | None = None


class CallFinder:
    """Finds ``Run feature`` rows without matching every sentence of a feature against the whole vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        calls = [found for found in vocabulary.definitions if found.block in {"call_by_id", "call_by_name"}]
        self._patterns = {found.pattern for found in calls}
        self._first_words = {_first_word(found.pattern) for found in calls}

    def target(self, step: StepText) -> CallTarget | None:
        """Return what a row calls; None for rows that call nothing or name something that cannot exist."""
        by_params = step.params is not None and step.action is not None
        if not by_params and _first_word(step.content) not in self._first_words:
            return None
        match = read_step(self._vocabulary, step)
        if isinstance(match, NoMatch) or match.definition.pattern not in self._patterns:
            return None
        return _target(match)


def _target(match: Match) -> CallTarget | None:
    asked = match.values.get(match.definition.parameters[0].name, "").strip()
    if match.definition.block == "call_by_name":
        return CallTarget(feature_name=asked) if 0 < len(asked) <= LONGEST_NAME else None
    number = feature_number(asked)
    return None if number is None else CallTarget(feature_id=number)


def feature_number(text: str) -> int | None:
    """Read the id of a feature as it is written in a sentence; None when it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def _first_word(sentence: str) -> str:
    return next(iter(sentence.casefold().split(maxsplit=1)), "")
