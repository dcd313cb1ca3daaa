"""What sentences may do with pictures.

Contract: runner F.
"""

from typing import Protocol


class PictureChecks(Protocol):
    """Compares pictures of the page with baselines, and holds the rules of the run for it."""

    def check(self, name: str, selector: str | None = None) -> None:
        """Picture the viewport or an element, and compare it with the baseline of this name.

        Args:
            name: name of the picture within the feature.
            selector: the element; None for the viewport.

        Raises:
            StepFailure: ``visual`` when it differs beyond the threshold or cannot be compared; ``bad-value`` for a name
                that is none; those of waiting for a visible element.  Contract: runner F.5.
        """

    def leave_out(self, selector: str) -> None:
        """Ignore the boxes of all matches in every later comparison; an empty selector ends it.

        Raises:
            StepFailure: ``bad-selector`` or ``bad-value``.  Contract: X-107.
        """

    def allow(self, limit: str) -> None:
        """Set the threshold of every later comparison: pixels such as ``200``, or a share such as ``0.1%``.

        Raises:
            StepFailure: ``bad-value``.  Contract: X-106.
        """
