"""The sentence that answers HTTP authentication."""

import threading
from collections.abc import Mapping
from typing import Any

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.browser_socket import BrowserSocket, BrowserSocketError, bidi_address, devtools_address
from cometa_runner.steps.kinds import Text

_CHROMIUM = ("chrome", "msedge", "MicrosoftEdge")


@step(
    'I can do a basic auth with username "{username}" and "{password}"',
    category="authentication",
    example='I can do a basic auth with username "qa" and "$qa_password"',
    username="user name",
    password="password; treated as a secret",  # noqa: S106 - the meaning of the parameter
)
def answer_authentication(context: StepContext, username: Text, password: Text) -> None:
    """Answers every HTTP authentication request of the session with these credentials from here on."""
    if password:
        context.announce_secret(password)
    if not username:
        raise StepFailure("bad-value", expected="a user name", found="an empty text")
    driver = context.driver
    # A browser that is opened later is another session, which nobody gave credentials to.
    name = f"browser.authentication.{driver.session_id}"
    try:
        context.keep(name, lambda: _answering(driver), _Answers.close).give(username, password)
    except BrowserSocketError as error:
        raise StepFailure(
            "not-implemented",
            expected="a browser whose authentication requests can be answered",
            found=f"one where they cannot: {error}",
        ) from error


class _Answers:
    """Answers the challenges of one browser; each request is answered once, so that wrong credentials end in a 401."""

    def __init__(self, socket: BrowserSocket) -> None:
        self._socket = socket
        self._lock = threading.Lock()
        self._username = self._password = ""
        self._answered: set[str] = set()

    def give(self, username: str, password: str) -> None:
        """Use these credentials from now on, for requests that were refused before, too."""
        with self._lock:
            self._username, self._password = username, password
            self._answered.clear()

    def close(self) -> None:
        """Let the browser go on by itself."""
        self._socket.close()

    def credentials(self, request: str) -> tuple[str, str] | None:
        """Give the credentials for a request; None when it had them before."""
        with self._lock:
            if request in self._answered:
                return None
            self._answered.add(request)
            return self._username, self._password


class _DevToolsAnswers(_Answers):
    """Of a Chromium: DevTools pauses each request of all its tabs and lets it go at once.

    WebDriver BiDi cannot do it there: chromedriver takes no answer as long as ``get`` waits for the page.
    """

    def __init__(self, address: str) -> None:
        socket = BrowserSocket(address)
        super().__init__(socket)
        socket.on("Fetch.requestPaused", self._go_on)
        socket.on("Fetch.authRequired", self._answer)
        socket.command("Fetch.enable", {"handleAuthRequests": True, "patterns": [{"urlPattern": "*"}]})

    def _go_on(self, event: Mapping[str, Any]) -> None:
        self._socket.send("Fetch.continueRequest", {"requestId": event["requestId"]})

    def _answer(self, event: Mapping[str, Any]) -> None:
        answer: dict[str, str] = {"response": "Default"}
        # What a proxy asks for is none of the site's credentials.
        if event["authChallenge"].get("source") != "Proxy":
            known = self.credentials(event["requestId"])
            answer = {"response": "CancelAuth"}
            if known is not None:
                answer = {"response": "ProvideCredentials", "username": known[0], "password": known[1]}
        self._socket.send("Fetch.continueWithAuth", {"requestId": event["requestId"], "authChallengeResponse": answer})


class _BidiAnswers(_Answers):
    """Of all other browsers: WebDriver BiDi pauses the requests that are challenged."""

    def __init__(self, address: str) -> None:
        socket = BrowserSocket(address)
        super().__init__(socket)
        socket.on("network.authRequired", self._answer)
        socket.command("session.subscribe", {"events": ["network.authRequired"]})
        socket.command("network.addIntercept", {"phases": ["authRequired"]})

    def _answer(self, event: Mapping[str, Any]) -> None:
        request = event["request"]["request"]
        known = None if event["response"].get("status") == 407 else self.credentials(request)
        answer: dict[str, Any] = {"request": request, "action": "cancel"}
        if known is not None:
            given = {"type": "password", "username": known[0], "password": known[1]}
            answer = {"request": request, "action": "provideCredentials", "credentials": given}
        self._socket.send("network.continueWithAuth", answer)


def _answering(driver: Any) -> _Answers:
    address = devtools_address(driver)
    if address is not None:
        return _DevToolsAnswers(address)
    if driver.capabilities.get("browserName") in _CHROMIUM:
        raise BrowserSocketError("its session offers no DevTools, and its driver takes no answers while a page loads")
    address = bidi_address(driver)
    if address is None:
        raise BrowserSocketError("its session offers no WebDriver BiDi")
    return _BidiAnswers(address)
