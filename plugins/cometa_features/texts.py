"""The text of a feature as compilers and importers see it, apart from tables and HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

Keyword = Literal["Given", "When", "Then", "and", "And", "But", "*"]
"""Keywords that a step may have.  Contract: rest-api A4.4."""

KEYWORDS: tuple[str, ...] = get_args(Keyword)
"""The keywords as texts."""

LONGEST_NAME = 255
"""Characters of the name of a feature.  Contract: rest-api A4.3."""

LONGEST_SENTENCE = 10_000
"""Characters of a sentence.  Contract: rest-api A4.4."""

USUAL_STEP_TIMEOUT = 60
"""Seconds of a step where neither it nor its department says otherwise.  Contract: rest-api A4.2, runner C.2.6."""

MOST_STEPS = 2000
"""Rows of a feature.  Contract: rest-api A4.4."""


@dataclass(frozen=True)
class StepText:
    """One row that an author wrote.  Contract: rest-api A4.4.

    Attributes:
        uuid: stable identity of the row.
        keyword: a word of ``KEYWORDS``.
        content: the sentence, variables unresolved.
        action: pattern chosen in an editor; None = not chosen.
        params: placeholder name -> text; None = the values are in the sentence.
        enabled: whether the row takes part in runs.
        screenshot: whether a picture is taken after the step.
        compare: whether that picture is compared.
        continue_on_failure: whether later steps run although this one failed.
        timeout: seconds of its own; None = the department's.
        max_diff: threshold of the visual comparison; None = none.
        ignore_regions: regions that the comparison leaves out; None = none.
    """

    uuid: str
    keyword: str
    content: str
    action: str | None = None
    params: Mapping[str, str] | None = None
    enabled: bool = True
    screenshot: bool = False
    compare: bool = False
    continue_on_failure: bool = False
    timeout: int | None = None
    max_diff: float | str | None = None
    ignore_regions: Sequence[Any] | None = None


@dataclass(frozen=True)
class FeatureText:
    """What of a feature decides how it is executed.

    Attributes:
        id: key of the feature.
        name: its name.
        department_id: department that it belongs to.
        continue_on_failure: whether all its steps continue after a failure.
        steps: rows in order, disabled ones included.
    """

    id: int
    name: str
    department_id: int
    continue_on_failure: bool
    steps: tuple[StepText, ...]
