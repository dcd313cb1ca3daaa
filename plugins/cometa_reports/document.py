"""What a report tells, whatever its format."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold, escaped or not."""


@dataclass(frozen=True)
class Picture:
    """A picture of a step; its bytes are read when a format needs them.

    Attributes:
        name: file name that is unique within the report.
        media_type: ``image/png`` or ``image/jpeg``.
        read: gives the bytes.
    """

    name: str
    media_type: str
    read: Callable[[], bytes] = field(compare=False)


@dataclass(frozen=True)
class ReportedStep:
    """One step row.

    Attributes:
        sequence: place among the rows, from 1.
        keyword: Gherkin keyword with which it was written.
        name: the sentence, variables unexpanded.
        status: ``Success``, ``Failed`` or ``Skipped``.
        milliseconds: time inside the step.
        begun_ms: from the start of the first step to the start of this one.
        error: message for testers; empty without one.
        owner: name of the called feature that the step stands in; empty for the feature itself.
        picture: what the page looked like, None without one.
        difference: the difference picture of a comparison, None without one.
        verdict: word of a comparison; empty without one.
    """

    sequence: int
    keyword: str
    name: str
    status: str
    milliseconds: int
    begun_ms: int
    error: str
    owner: str
    picture: Picture | None = None
    difference: Picture | None = None
    verdict: str = ""

    def pictures(self) -> Iterator[Picture]:
        """Give the pictures that there are."""
        yield from (picture for picture in (self.picture, self.difference) if picture is not None)


@dataclass(frozen=True)
class ReportedResult:
    """One result: a feature in one browser.

    Attributes:
        id: key of the result.
        browser: family, version and system for people.
        status: its verdict; an override counts.
        reason: sentence for testers; empty for none.
        state: state that the execution reached.
        begun_at: start of the execution, of the waiting where nothing was executed; UTC.
        milliseconds: from the first step begin to the last step end.
        steps: reported rows of the last attempt in order.
        steps_left_out: how many more rows there are than a report takes.
    """

    id: int
    browser: str
    status: str
    reason: str
    state: str
    begun_at: datetime
    milliseconds: int
    steps: Sequence[ReportedStep]
    steps_left_out: int = 0

    def count(self, status: str) -> int:
        """Count the steps with a status."""
        return sum(step.status == status for step in self.steps)

    @property
    def failures(self) -> list[ReportedStep]:
        """Steps that failed."""
        return [step for step in self.steps if step.status == "Failed"]


@dataclass(frozen=True)
class Report:
    """A run, or one result of it.

    Attributes:
        run_id: key of the run.
        feature_id: key of the feature.
        feature: name of the feature.
        description: its description.
        department: name of its department.
        results: one for each browser.
        pictures_left_out: how many pictures were too many for a report.
    """

    run_id: int
    feature_id: int
    feature: str
    description: str
    department: str
    results: Sequence[ReportedResult]
    pictures_left_out: int = 0

    @property
    def stem(self) -> str:
        """Name of the report's file without ending."""
        return f"run-{self.run_id}" if len(self.results) != 1 else f"run-{self.run_id}-result-{self.results[0].id}"


def xml_text(text: str) -> str:
    """Replace what XML cannot hold; pages and logs may contain anything."""
    return NOT_IN_XML.sub("\ufffd", text)
