"""Sessions on hubs: told how they end, ended when their runner could not.  Contract: runner B.6, H.5, X-047, X-128."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

import urllib3

from cometa_core.contracts.clouds import Cloud, CloudAccount, SessionEnd
from cometa_core.errors import CometaError
from cometa_core.runtime import Runtime

END_TASK: Final = "worker.end_session"
"""Task that tries again to end a session."""

END_SECONDS: Final = 10.0
"""Seconds that a hub has to end a session."""

RETRIES: Final = 20
RETRY_SECONDS: Final = 30
"""The service queue tries for ten minutes."""

ANNOUNCEMENT: Final = "session_end"
"""What a runner asks for before it quits a session whose cloud wants to know its end."""

LONGEST_ERROR = 250
GONE = {200, 204, 404}

logger = logging.getLogger(__name__)


class SessionStillOpenError(Exception):
    """A hub did not end a session; its service task is tried again."""


class RemoteSessions:
    """The sessions of one attempt.

    Args:
        runtime: runtime of the worker.
        browser: browser of the plan; empty when the plan has none.
        name: name that people know the session by.
        log: takes a line for the result log.
    """

    def __init__(
        self, runtime: Runtime, browser: Mapping[str, Any] | None, name: str, log: Callable[[str], None]
    ) -> None:
        self._runtime = runtime
        self._browser = browser or {}
        self._name = name
        self._log = log
        self._open: set[str] = set()

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take note of a session that was opened, at the begin or later, or that the runner has ended."""
        if self._browser.get("kind") != "remote" or not event.get("session_id"):
            return
        if event["type"] == "session_closed":
            self._open.discard(str(event["session_id"]))
        else:
            self._open.add(str(event["session_id"]))

    def announce(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Tell the cloud how a session ends, and give the ``reply`` to the runner.

        A failure is a warning in the log and changes nothing else.
        """
        data = event["data"]
        error = str(data.get("error") or "")[:LONGEST_ERROR]
        end = SessionEnd(str(data["session_id"]), self._name, bool(data["passed"]), error)
        cloud = clouds_of(self._runtime).get(str(self._browser.get("cloud")))
        try:
            if cloud is not None:
                cloud.after_session(end)
        except (CometaError, OSError, urllib3.exceptions.HTTPError) as problem:
            self._log(f"WARNING The cloud was not told how the session ended: {problem}")
        return {"type": "reply", "id": int(event["id"]), "ok": True, "data": {}}

    def end(self) -> None:
        """End what the runner left open; what a hub does not end now is left to the service queue."""
        account = CloudAccount(
            str(self._browser.get("url")), self._browser.get("username", ""), self._browser.get("password", "")
        )
        for session_id in sorted(self._open):
            problem = delete_session(account, session_id)
            if problem:
                self._log(f"WARNING The remote session {session_id} could not be ended yet: {problem}")
                self._runtime.tasks.enqueue(END_TASK, str(self._browser["cloud"]), session_id)
        self._open.clear()


def end_session(runtime: Runtime, cloud_name: str, session_id: str) -> None:
    """Try again to end a session; task of the service queue.

    Raises:
        SessionStillOpenError: the hub does not end it; the queue tries again for ten minutes.
    """
    cloud = clouds_of(runtime).get(cloud_name)
    if cloud is None:
        logger.warning("The session %s stays open: no plugin offers its cloud %s any more", session_id, cloud_name)
        return
    problem = delete_session(cloud.account(), session_id)
    if problem:
        raise SessionStillOpenError(f"The session {session_id} of the cloud {cloud_name} is still open: {problem}")


def delete_session(account: CloudAccount, session_id: str) -> str:
    """Ask a hub to end a session.

    Returns:
        Why it is not ended; empty when it is, or when the hub does not know it any more.
    """
    headers = urllib3.make_headers(basic_auth=f"{account.username}:{account.password}") if account.username else {}
    try:
        with urllib3.PoolManager(timeout=urllib3.Timeout(total=END_SECONDS), retries=False) as pool:
            answer = pool.request("DELETE", f"{account.url.rstrip('/')}/session/{session_id}", headers=headers)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        return type(error).__name__
    return "" if answer.status in GONE else f"status {answer.status}"


def clouds_of(runtime: Runtime) -> Mapping[str, Cloud]:
    """Return the clouds that plugins offer, by name; they are asked once a process."""

    def collect() -> dict[str, Cloud]:
        found = runtime.plugins.dispatch.collect("cometa_clouds", runtime=runtime)
        return {name: cloud for name, (_, cloud) in found.items()}

    return runtime.once("worker.clouds", collect)
