"""The rules of a run for comparing pictures, and what a verdict means for a step.

Contract: runner F.3 to F.5, steps.json library ``visual``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cometa_runner.camera import Shot, Wish, png_size
from cometa_runner.selectors import Elements, Look
from cometa_runner.steps.deadline import Deadline
from cometa_runner.steps.failure import StepFailure, quoted

if TYPE_CHECKING:
    from selenium.webdriver.remote.webelement import WebElement

PASSING_VERDICTS: Final = frozenset({"equal", "within", "new"})
"""Verdicts that never fail a step."""

LONGEST_NAME: Final = 255
"""Characters of the name of a picture."""

_PIXELS = re.compile(r"[0-9]{1,9}")
_SHARE = re.compile(r"(100|[0-9]{1,2}(\.[0-9]{1,4})?)%")


@dataclass(frozen=True)
class Asked:
    """A picture that a sentence compares.

    Attributes:
        name: name of the picture.
        wish: what is pictured.
        max_diff: threshold that a sentence set; None for that of feature, department or site, else 0.
    """

    name: str
    wish: Wish
    max_diff: str | None


Compare = Callable[[Asked], tuple[Shot, Mapping[str, Any]]]
"""Takes a picture, has it compared and gives the verdict (``verdict``, ``pixel_diff``, ``limit`` and more)."""


class RunPictureChecks:
    """The pictures of one run as step functions see them; satisfies ``PictureChecks``.

    Args:
        elements: finds elements.
        deadline_of: gives the deadline of the step that is executed.
        compare: takes and compares a picture.

    Attributes:
        limit: threshold that a sentence set for all later comparisons; None until one did.
    """

    def __init__(self, elements: Elements, deadline_of: Callable[[], Deadline], compare: Compare) -> None:
        self._elements = elements
        self._deadline_of = deadline_of
        self._compare = compare
        self._left_out: list[str] = []
        self.limit: str | None = None

    def check(self, name: str, selector: str | None = None) -> None:
        """Picture the viewport or an element, and compare it with the baseline of this name."""
        wanted = _name(name)
        element = None
        if selector is not None:
            element = self._elements.wait_for(selector, "visible", self._deadline_of()).elements[0]
        wish = Wish(element=element, still=True, left_out=self.left_out_elements)
        shot, verdict = self._compare(Asked(wanted, wish, self.limit))
        failure = failure_by(verdict, png_size(shot.png), wanted)
        if failure is not None:
            raise failure

    def leave_out(self, selector: str) -> None:
        """Ignore the boxes of all matches in every later comparison; an empty selector ends it."""
        if not selector.strip():
            self._left_out.clear()
            return
        self._elements.resolve(selector)
        if selector not in self._left_out:
            self._left_out.append(selector)

    def allow(self, limit: str) -> None:
        """Set the threshold of every later comparison."""
        text = limit.replace(" ", "")
        if not (_PIXELS.fullmatch(text) or _SHARE.fullmatch(text)):
            wanted = "a number of pixels such as 200, or a share of the picture such as 0.1%"
            raise StepFailure("bad-value", expected=wanted, found=quoted(limit))
        self.limit = text

    def left_out_elements(self) -> Sequence["WebElement"]:
        """Find what is left out now; the record of the step stays that of its own selector."""
        record = self._elements.record
        try:
            return [found for one in self._left_out for found in self._elements.resolve(one, look=Look()).elements]
        finally:
            self._elements.record = record


def _name(name: str) -> str:
    text = name.strip()
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        wanted = f"a name of 1 to {LONGEST_NAME} characters for the picture"
        raise StepFailure("bad-value", expected=wanted, found=quoted(name))
    return text


def failure_by(verdict: Mapping[str, Any], size: tuple[int, int], name: str = "") -> StepFailure | None:
    """Say why a verdict fails the step; None when it does not.  Contract: runner F.5.

    Args:
        verdict: what the worker said; empty when it said nothing.
        size: width and height of the picture in pixels.
        name: name of the picture, empty for pictures of flags.
    """
    word = verdict.get("verdict", "error")
    # A worker that does not say whether it fails leaves it to the word.
    if not verdict.get("fails", word not in PASSING_VERDICTS):
        return None
    title = f'Picture "{name}": ' if name else ""
    pixels, limit = verdict.get("pixel_diff"), verdict.get("limit") or 0
    reason = str(verdict.get("reason") or "").rstrip(".")
    if word == "error" or pixels is None:
        found = reason or "no verdict came in time"
        text = f"{title}Expected a comparison with the baseline, found that it is impossible: {found}."
        return StepFailure("visual", text, expected="a comparison with the baseline", found=found)
    if word == "pending":
        found = reason or "no picture that somebody approved"
        text = f"{title}Expected an approved picture to compare with, found none: {found}."
        return StepFailure("visual", text, expected="an approved picture to compare with", found=found)
    share = 100 * pixels / max(1, size[0] * size[1])
    differ = "1 pixel differs" if pixels == 1 else f"{pixels:,} pixels differ"
    text = f"{title}{differ} ({_percent(share)} %), allowed {limit:,}."
    if word == "size_changed":
        text += f" The picture has another size than the baseline: {size[0]} x {size[1]} pixels now."
    if reason:
        text += f" {reason}."
    return StepFailure("visual", text, expected=f"at most {limit:,} differing pixels", found=f"{pixels:,}")


def _percent(share: float) -> str:
    return "less than 0.01" if 0 < share < 0.01 else f"{share:.2f}"
