"""What the REST sentences of a run share: headers, cookies, the last response.

Contract: steps.json, library rest; X-087.
"""

import base64
import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from cometa_runner.egress import Denied, Unreachable
from cometa_runner.egress.http import MOST_BYTES, HttpAnswer, HttpClient, HttpProblem, HttpRequest, parsed, plain_host
from cometa_runner.steps import StepContext, StepFailure
from cometa_runner.steps.failure import quoted
from cometa_websteps.rest.cookies import browser_cookies
from cometa_websteps.rest.headers import is_secret, on_the_wire
from cometa_websteps.rest.transcript import transcript

_KEPT = "rest.conversation"
_USUAL: Mapping[str, str] = {"User-Agent": "Cometa-Core", "Accept": "*/*"}


@dataclass
class Conversation:
    """The requests of one run.

    Attributes:
        headers: fields of all later requests by their names in small letters: name as written, value.
        cookie_hosts: hosts that get the cookies of the browser.
        last: the last answer; None before the first one and after a request without answer.
    """

    headers: dict[str, tuple[str, str]] = field(default_factory=dict)
    cookie_hosts: set[str] = field(default_factory=set)
    last: HttpAnswer | None = None

    def response(self) -> HttpAnswer:
        """Give the last answer.

        Raises:
            StepFailure: ``http`` when there is none.
        """
        if self.last is None:
            raise StepFailure("http", expected="the response of an earlier request of this run", found="none")
        return self.last

    def send(self, context: StepContext, method: str, url: str, body: str | None) -> None:
        """Send a request, keep its answer and attach both to the step.

        Raises:
            StepFailure: ``bad-value`` before anything is sent, ``egress``, ``http``, ``limit`` or ``timeout``.
        """
        self.last = None
        request = self._request(context, method, url, body)
        client = HttpClient(
            context.settings.egress, context.settings.ca_file, headers_for=lambda target: self._cookies(context, target)
        )
        try:
            answer = client.send(request, context.deadline)
        except Denied as denied:
            raise StepFailure(
                "egress",
                expected=f"{request.url} and its redirects to lead where the egress policy allows",
                found=f"{denied.target}, which is denied by {denied.reason}",
            ) from denied
        except Unreachable as problem:
            raise StepFailure("http", expected=f"an answer of {request.url}", found=str(problem)) from problem
        except HttpProblem as problem:
            raise _no_answer(request, problem) from problem
        except StepFailure as failure:
            raise _too_late(context, request, failure) from failure
        self.last = answer
        context.note(f"{method} {request.url}", transcript(request, answer))
        context.detail(f"Status {answer.status} after {answer.time_ms} ms, {len(answer.body):,} bytes.")

    def _request(self, context: StepContext, method: str, url: str, body: str | None) -> HttpRequest:
        try:
            address = parsed(url)
        except HttpProblem as problem:
            wanted = "an absolute address that begins with http:// or https://"
            raise StepFailure("bad-value", expected=wanted, found=quoted(url)) from problem
        usual = {name: value for name, value in _USUAL.items() if name.lower() not in self.headers}
        headers = usual | dict(self.headers.values())
        if address.auth and "authorization" not in self.headers:
            headers["Authorization"] = _basic(context, address.auth)
        data = None if body is None else body.encode()
        if data is not None and len(data) > MOST_BYTES:
            raise StepFailure("limit", expected=f"a body of at most {MOST_BYTES:,} bytes", found=f"{len(data):,}")
        if data and "content-type" not in self.headers:
            headers["Content-Type"] = "application/json" if is_json(body or "") else "text/plain; charset=utf-8"
        wire = {name: on_the_wire(value) for name, value in headers.items()}
        private = frozenset(name.lower() for name in wire if is_secret(name))
        return HttpRequest(method, address._replace(auth=None, fragment=None).url, wire, data, private)

    def _cookies(self, context: StepContext, url: str) -> Mapping[str, str]:
        """Give the cookies that the browser holds for an address, where a sentence allowed it for its host."""
        if "cookie" in self.headers or plain_host(parsed(url)) not in self.cookie_hosts:
            return {}
        cookies = browser_cookies(context, url)
        return {"Cookie": on_the_wire(cookies)} if cookies else {}


def conversation(context: StepContext) -> Conversation:
    """Give the conversation of the run."""
    return context.keep(_KEPT, Conversation, lambda _conversation: None)


def document(answer: HttpAnswer) -> str:
    """Write an answer as jq filters see it: ``status``, ``headers`` (names in small letters), ``body``, ``time_ms``.

    A body that is JSON stays as it came, so that numbers keep their digits; any other is a text.
    """
    text = answer.text()
    typed = "json" in answer.headers.get("content-type", "") or text.lstrip()[:1] in {"{", "["}
    body = text if typed and is_json(text) else json.dumps(text)
    headers = json.dumps(dict(answer.headers))
    return f'{{"status": {answer.status}, "headers": {headers}, "time_ms": {answer.time_ms}, "body": {body}}}'


def is_json(text: str) -> bool:
    """Tell whether a body is JSON; words such as ``NaN`` are none."""
    try:
        json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _basic(context: StepContext, credentials: str) -> str:
    """Turn name and password of an address into a header field; the password is blanked out from here on."""
    name, _, password = credentials.partition(":")
    secret = urllib.parse.unquote(password)
    if secret:
        context.announce_secret(secret)
    pair = f"{urllib.parse.unquote(name)}:{secret}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _no_answer(request: HttpRequest, problem: HttpProblem) -> StepFailure:
    if problem.kind == "size":
        return StepFailure("limit", expected=f"at most {MOST_BYTES:,} bytes from {request.url}", found=problem.found)
    wanted = {
        "certificate": f"a certificate of {request.url} that can be trusted",
        "redirects": f"an answer of {request.url} after a few redirects",
        "address": f"{request.url} to redirect to an address that begins with http:// or https://",
    }
    expected = wanted.get(problem.kind, f"an answer of {request.url}")
    return StepFailure("http", expected=expected, found=problem.found)


def _too_late(context: StepContext, request: HttpRequest, failure: StepFailure) -> StepFailure:
    """Name the address in a time-out; what else a step may raise, such as a lost browser, stays as it is."""
    if failure.code != "timeout":
        return failure
    return StepFailure(
        "timeout",
        expected=f"an answer of {request.url} within {context.deadline.seconds:g} s",
        found="none",
        waited_ms=context.deadline.elapsed_ms(),
    )
