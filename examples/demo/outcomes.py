"""What came out of the sample features, and whether that is what was meant to come out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cometa_demo.catalogue import SampleFeature

NOT_RUN = "Not run"


@dataclass(frozen=True)
class StepOutcome:
    """One reported step.

    Attributes:
        number: place in the order of reporting, from 1; each round of a loop counts.
        text: sentence with unresolved variables.
        status: Success, Failed, Skipped or Canceled.
        milliseconds: time of this step.
        screenshot: name of the picture; empty without one.
        error: text of the failure; empty without one.
        called: name of the sub-feature that the step belongs to; empty for steps of the feature itself.
    """

    number: int
    text: str
    status: str
    milliseconds: int
    screenshot: str = ""
    error: str = ""
    called: str = ""

    def document(self, url: str) -> dict[str, Any]:
        """Describe the step for ``--json``; pictures with their address at the server ``url``."""
        return {**vars(self), "screenshot": screenshot_url(url, self.screenshot)}


@dataclass(frozen=True)
class FeatureOutcome:
    """How one sample feature ended.

    Attributes:
        sample: feature, with the status that was intended.
        status: status of its result; ``NOT_RUN`` when there is none.
        result_id: key of the result; None when there is none.
        milliseconds: from the first step's begin to the last step's end.
        reason: why it was not run or broke off, in one sentence; empty otherwise.
        steps: reported steps in order.
    """

    sample: SampleFeature
    status: str
    result_id: int | None = None
    milliseconds: int = 0
    reason: str = ""
    steps: tuple[StepOutcome, ...] = ()

    @property
    def as_intended(self) -> bool:
        """Whether the result has the status that the sample is made for."""
        return self.status == self.sample.intended

    def document(self, url: str) -> dict[str, Any]:
        """Describe the feature for ``--json``; pictures with their address at the server ``url``."""
        return {
            "name": self.sample.name,
            "why": self.sample.why,
            "intended": self.sample.intended,
            "status": self.status,
            "as_intended": self.as_intended,
            "feature_result_id": self.result_id,
            "milliseconds": self.milliseconds,
            "reason": self.reason,
            "steps": [step.document(url) for step in self.steps],
        }


def screenshot_path(name: str) -> str:
    """Return the path of a picture below the address of the server; empty without one.  Contract: rest-api A6.12."""
    return f"/screenshot/{name}/" if name else ""


def screenshot_url(url: str, name: str) -> str:
    """Return the address of a picture at the server ``url``; empty without one."""
    return url + screenshot_path(name) if name else ""


def exit_status(outcomes: Iterable[FeatureOutcome]) -> int:
    """Return 0 exactly when every feature ended as intended, else 1."""
    return 0 if all(outcome.as_intended for outcome in outcomes) else 1
