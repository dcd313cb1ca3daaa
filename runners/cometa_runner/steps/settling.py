"""When a missing thing counts as absent.

Contract: steps 7.4.
"""

from cometa_runner.steps.deadline import Deadline


class Settling:
    """Decides over the polls of one absence check.

    The thing must be missing in every poll of the settle time, in one document that is loaded all that time.

    Args:
        settle_seconds: the settle time of the site; cut to half the time that is left, so that a check with a short
            time of its own can pass at all.
        deadline: the time of the check.
    """

    def __init__(self, settle_seconds: float, deadline: Deadline) -> None:
        self._deadline = deadline
        self._needed_ms = min(settle_seconds, deadline.remaining() / 2) * 1000
        self._since: int | None = None
        self._document: float | None = None

    def settled(self, document: float, *, missing: bool, loaded: bool) -> bool:
        """Take in one poll.

        Args:
            document: mark of the document; another one restarts the settle time.
            missing: whether the thing is missing now.
            loaded: whether the document is loaded.  Contract: X-078.

        Returns:
            Whether the thing counts as absent.
        """
        now = self._deadline.elapsed_ms()
        if not missing or not loaded:
            self._since = None
            return False
        if self._since is None or document != self._document:
            self._since, self._document = now, document
        return now - self._since >= self._needed_ms
