"""What a runner tells of its sessions on hubs, so that the worker can end them, and clouds know how they end.

Contract: runner B.6, H.5.
"""

from collections.abc import Callable
from typing import Final

from cometa_runner.channel import ControlChannel, EventChannel
from cometa_runner.protocol import BrowserPlan
from cometa_runner.steps import Deadline

ANNOUNCED_SECONDS: Final = 12.0
"""Seconds that the worker has to tell the cloud how a session ends."""


class SessionNews:
    """Tells the worker about sessions; local browsers are no news, they end with the processes of the attempt.

    Args:
        browser: browser of the plan.
        channel: where news are sent.
        control: where replies arrive.
        verdict: gives whether everything passed so far, and the first error.
    """

    def __init__(
        self,
        browser: BrowserPlan | None,
        channel: EventChannel,
        control: ControlChannel,
        verdict: Callable[[], tuple[bool, str]],
    ) -> None:
        self._is_remote = browser is not None and browser.get("kind") == "remote"
        self._announces = browser is not None and browser.get("announce", False)
        self._channel = channel
        self._control = control
        self._verdict = verdict

    def waiting(self, text: str) -> None:
        """Tell what an opening waits for."""
        self._channel.emit("log", {"level": "info", "text": text, "live": True})

    def opened(self, session_id: str | None) -> None:
        """Tell that there is a session that has to be ended."""
        if self._is_remote:
            self._channel.emit("session_opened", {"session_id": session_id})

    def closing(self, session_id: str | None) -> None:
        """Let the worker tell the cloud how the session ends, while it is open still.  Contract: X-128."""
        if not self._announces or self._control.lost:
            return
        passed, error = self._verdict()
        number = self._control.new_request()
        data = {"session_id": session_id, "passed": passed, "error": error}
        self._channel.emit("request", {"id": number, "what": "session_end", "data": data})
        Deadline(ANNOUNCED_SECONDS).poll(lambda: self._control.reply(number) or (self._control.lost or None))

    def closed(self, session_id: str | None) -> None:
        """Tell that the session was ended."""
        if self._is_remote:
            self._channel.emit("session_closed", {"session_id": session_id})
