"""The pictures of one attempt: taken, stored, announced, and where a threshold applies awaited.

Contract: runner D.1, F.
"""

import hashlib
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from selenium.common.exceptions import UnexpectedAlertPresentException, WebDriverException
from urllib3.exceptions import HTTPError

from cometa_runner import camera
from cometa_runner.camera import Shot, Wish, png_size
from cometa_runner.picture_checks import Asked, RunPictureChecks, failure_by
from cometa_runner.protocol import VERDICT_SECONDS
from cometa_runner.steps import Cancelled, StepFailure

if TYPE_CHECKING:
    from cometa_runner.attempt import Attempt
    from cometa_runner.leaf import Leaf

NOT_AVAILABLE = (WebDriverException, HTTPError, OSError)
"""What a browser that cannot give a picture raises."""

UNSTABLE = "unstable: the page did not stop changing, the picture is one of several."
CUT = f"The page is taller than a picture can be: only its first {camera.TALLEST_PAGE:,} pixels were pictured."

MOST_REGIONS: Final = 5000
"""Rectangles that are left out of one picture; an event must not become too long."""

logger = logging.getLogger(__name__)


class Pictures(RunPictureChecks):
    """Takes the pictures of one attempt.

    Args:
        attempt: the attempt.
    """

    def __init__(self, attempt: "Attempt") -> None:
        super().__init__(attempt.elements, lambda: attempt.deadline, self._compared)
        self._attempt = attempt
        self._folder = attempt.workdir / "artifacts"
        self._secrets = [secret for secret in attempt.plan.get("secrets", []) if secret]
        self._pictured = 0

    def add_secret(self, value: str) -> None:
        """Keep a new secret out of the pictures to come."""
        if value:
            self._secrets.append(value)

    def conclude(self, leaf: "Leaf", failure: StepFailure | None) -> StepFailure | None:
        """Take the picture that a step asked for, or that its failure needs; one that its sentence took is enough.

        Returns:
            Failure of the step, which may be one of its picture.  Contract: runner D.1, F.1.
        """
        flags = leaf.node["flags"]
        asked = flags["screenshot"] or flags["compare"]
        of_browser = leaf.definition is None or leaf.definition.step_type == "BROWSER"
        on_failure = self._attempt.plan.get("settings", {}).get("screenshot_on_failure", True)
        if leaf.row.seq == self._pictured or not (asked or (failure is not None and of_browser and on_failure)):
            return failure
        # What a failed step left is no picture of the page that was meant: it is neither baseline nor compared.
        if failure is not None or not flags["compare"]:
            self._try_to_take(Wish(), {"role": "step" if asked else "failure"})
            return failure
        return self._compare_flagged(leaf)

    def _compare_flagged(self, leaf: "Leaf") -> StepFailure | None:
        """Picture the whole page and have it compared; with a threshold in force the step waits for the verdict."""
        flags = leaf.node["flags"]
        gate = self._attempt.plan.get("visual", {}).get("gate", {}).get(leaf.node["uuid"], False)
        awaited = gate or self.limit is not None
        limit = self.limit if self.limit is not None else flags.get("max_diff")
        regions = list(flags.get("ignore_regions") or [])
        about = {"role": "step", "compare": True, "max_diff": limit, "regions": regions, "await": awaited}
        wish = Wish("page", still=True, left_out=self.left_out_elements)
        shot, number = self._try_to_take(wish, about)
        if not awaited:
            return None
        try:
            return failure_by(self._verdict(number), png_size(shot.png) if shot else (0, 0))
        except Cancelled:
            # The step itself did what it says; before the next one the run ends.
            return None

    def _compared(self, asked: Asked) -> tuple[Shot, Mapping[str, Any]]:
        """Picture what a sentence names and wait for its verdict.

        Raises:
            StepFailure: ``dialog-open``.
            WebDriverException: no picture can be taken.
        """
        about = {"role": "named", "name": asked.name, "compare": True, "max_diff": asked.max_diff, "regions": []}
        try:
            shot = self._taken(asked.wish)
        except NOT_AVAILABLE as error:
            self._announce_missing({**about, "await": False}, _reason(error))
            raise
        number = self._announce(shot, {**about, "await": True})
        return shot, self._verdict(number)

    def _try_to_take(self, wish: Wish, about: Mapping[str, Any]) -> tuple[Shot | None, int]:
        """Take and announce a picture; where none can be taken that is a warning, and an error of the comparison."""
        try:
            shot = self._taken(wish)
        except (*NOT_AVAILABLE, StepFailure) as error:
            logger.warning("No picture can be taken", exc_info=error)
            self._attempt.warn(f"No picture could be taken: {_reason(error)}")
            return None, self._announce_missing(about, _reason(error)) if about.get("compare") else 0
        return shot, self._announce(shot, about)

    def _taken(self, wish: Wish) -> Shot:
        shot = camera.take(self._attempt.session.driver, wish, self._secrets)
        if not shot.stable:
            self._attempt.warn(UNSTABLE)
        if shot.cut:
            self._attempt.warn(CUT)
        return shot

    def _announce(self, shot: Shot, about: Mapping[str, Any]) -> int:
        """Store a picture unchanged and tell the worker; gives the number of the event.  Contract: X-097."""
        assert self._attempt.row is not None
        step = self._attempt.row.identity()
        name = f"step_{step['seq']}.png"
        (self._folder / name).write_bytes(shot.png)
        self._pictured = self._attempt.row.seq
        width, height = png_size(shot.png)
        fields = {"file": name, "width": width, "height": height, "sha256": hashlib.sha256(shot.png).hexdigest()}
        regions = [*about.get("regions", ()), *(list(region) for region in shot.regions)]
        if len(regions) > MOST_REGIONS:
            self._attempt.warn(f"Only the first {MOST_REGIONS:,} of {len(regions):,} boxes are left out.")
            del regions[MOST_REGIONS:]
        rules = {"name": None, "compare": False, "max_diff": None, "await": False, **about, "regions": regions}
        return self._attempt.channel.emit("screenshot", {**step, **fields, **rules})

    def _announce_missing(self, about: Mapping[str, Any], reason: str) -> int:
        """Tell the worker of a comparison without picture, whose verdict is ``error``.  Contract: runner F.1."""
        assert self._attempt.row is not None
        self._pictured = self._attempt.row.seq
        fields = {"file": None, "width": None, "height": None, "sha256": None, "problem": reason, "name": None}
        return self._attempt.channel.emit("screenshot", {**self._attempt.row.identity(), **fields, **about})

    def _verdict(self, number: int) -> Mapping[str, Any]:
        """Wait for the worker's verdict within the time of the step; nothing when it does not come.

        Raises:
            Cancelled: somebody stopped the run meanwhile.
        """
        seconds = min(VERDICT_SECONDS, self._attempt.command_seconds())
        verdict = self._attempt.control.verdict(number, seconds)
        if verdict is None and self._attempt.control.stop.is_set():
            raise Cancelled
        return verdict or {}


def _reason(error: Exception) -> str:
    """Say in a sentence why there is no picture."""
    if isinstance(error, UnexpectedAlertPresentException):
        return f'a dialog with the text "{error.alert_text}" is open.'
    return str(getattr(error, "msg", None) or error).strip().partition("\n")[0]
