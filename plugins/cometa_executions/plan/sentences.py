"""From a stored row to what it means: definition, values and settings.  Contract: runner C.2.2, C.2.5, C.2.6."""

from dataclasses import dataclass
from decimal import ROUND_CEILING

from cometa_executions.plan.nodes import Flags
from cometa_features.api import FeatureText, StepText, read_step
from cometa_runner.steps import Match, NoMatch, StepDefinition, Vocabulary
from cometa_runner.steps.comparison import is_operator
from cometa_runner.steps.values import decimal_or_none

LONGEST_TIMEOUT = 7200
"""Upper limit of the timeout of a step in seconds."""

WAITING_MARGIN = 5
"""Seconds that a step which waits N seconds gets beyond N.  Contract: steps section 3."""

TOKEN_BEGINNINGS = ("$", "%", "#", "cmt1:", "U2FsdGVkX1")
"""Texts that can begin something which is replaced at run time.  Contract: runner G.1."""

_Key = tuple[str, str | None, tuple[tuple[str, str], ...] | None]


class Reader:
    """Reads rows with one vocabulary; equal rows are matched once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._read: dict[_Key, Match | NoMatch] = {}

    def read(self, step: StepText) -> Match | NoMatch:
        """Find out what a row means."""
        params = None if step.params is None else tuple(sorted(step.params.items()))
        key = (step.content, step.action, params)
        if key not in self._read:
            self._read[key] = read_step(self._vocabulary, step)
        return self._read[key]


def missing_values(match: Match) -> tuple[str, ...]:
    """Name the placeholders for which ``params`` holds nothing."""
    return tuple(each.name for each in match.definition.parameters if each.name not in match.values)


def unknown_operator(match: Match) -> str | None:
    """Return a comparison word that does not exist, written literally.  Contract: steps 5.2."""
    word = match.values.get("operator")
    if word is None or match.definition.kind_of("operator") != "option" or not is_literal(word):
        return None
    return None if is_operator(word) else word


def is_literal(text: str) -> bool:
    """Tell whether nothing in a text can be replaced at run time."""
    return not any(beginning in text for beginning in TOKEN_BEGINNINGS)


@dataclass(frozen=True)
class Inherited:
    """Settings that reach a row from outside.

    Attributes:
        continue_on_failure: of user, department, feature or of the rows that call its feature.
        step_timeout: seconds for steps without a timeout of their own.
        timeout_limit: upper limit set by the rows that call its feature, in seconds.
    """

    continue_on_failure: bool
    step_timeout: int
    timeout_limit: int = LONGEST_TIMEOUT

    def below(self, row: StepText, called: FeatureText) -> "Inherited":
        """Add the settings of a ``Run feature`` row and of the feature that it calls.  Contract: steps section 9."""
        limit = self.timeout_limit if row.timeout is None else min(self.timeout_limit, row.timeout)
        continues = self.continue_on_failure or row.continue_on_failure or called.continue_on_failure
        return Inherited(continues, self.step_timeout, limit)


def flags_of(step: StepText, match: Match | NoMatch, inherited: Inherited) -> Flags:
    """Work out the settings in force for a row."""
    own = inherited.step_timeout if step.timeout is None else step.timeout
    waits = _seconds_waited(match.definition, match.values) if isinstance(match, Match) else 0
    return Flags(
        screenshot=step.screenshot or step.compare,
        compare=step.compare,
        continue_on_failure=inherited.continue_on_failure or step.continue_on_failure,
        timeout=max(1, min(max(own, waits), LONGEST_TIMEOUT, inherited.timeout_limit)),
        max_diff=step.max_diff,
        ignore_regions=step.ignore_regions,
    )


def _seconds_waited(definition: StepDefinition, values: dict[str, str]) -> int:
    """Return the whole seconds that a waiting sentence needs; 0 when it does not wait or a variable decides it."""
    seconds = decimal_or_none(values.get(definition.waits, "")) if definition.waits else None
    if seconds is None or seconds > LONGEST_TIMEOUT:
        return 0
    return int(seconds.to_integral_value(ROUND_CEILING)) + WAITING_MARGIN
