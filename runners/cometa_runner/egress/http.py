"""Requests over HTTP that keep to the egress policy, redirects included.

Contract: runner B.1, X-054, X-087.
"""

import contextlib
import http.client
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Url, parse_url

from cometa_runner.egress.dialing import Bound, Resolver, connect, interrupting, system_resolver
from cometa_runner.egress.policy import EgressPolicy

MOST_REDIRECTS = 10
"""Redirects that one request may follow."""

MOST_BYTES = 10 * 1024 * 1024
"""Bytes of a body, of a request as of a response after it was unpacked."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_PORTS = {"http": 80, "https": 443}
_CHUNK = 65536
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)
_BODY_HEADERS = frozenset({"content-type", "content-encoding", "content-language", "content-location"})


class HttpProblem(Exception):
    """There is no answer that can be used.

    Attributes:
        kind: ``address``, ``certificate``, ``answer``, ``redirects`` or ``size``.
        found: what was there instead, for people.
    """

    def __init__(self, kind: str, found: str) -> None:
        super().__init__(found)
        self.kind = kind
        self.found = found


@dataclass(frozen=True)
class HttpRequest:
    """What is to be sent.

    Attributes:
        method: in capitals.
        url: absolute address; a name and password in it are not sent.
        headers: names and values; without line breaks, which are refused.
        body: what follows the headers; None for nothing.
        private: names of headers, in small letters, that go to the first host only and never to one that it
            redirects to.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    private: frozenset[str] = frozenset({"authorization", "cookie"})


@dataclass(frozen=True)
class HttpAnswer:
    """What came back.

    Attributes:
        status: status code.
        headers: names in small letters; several of one name are joined by commas.
        body: unpacked, at most ``MOST_BYTES``.
        url: address that answered.
        redirects: addresses that redirected, in order.
        time_ms: from looking the name up to the last byte, redirects included.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    redirects: tuple[str, ...]
    time_ms: int

    def text(self) -> str:
        """Read the body as text in the character set that the headers name, UTF-8 when they name none."""
        found = _CHARSET.search(self.headers.get("content-type", ""))
        try:
            return self.body.decode(found[1] if found else "utf-8", "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class HttpClient:
    """Sends requests; each one opens its own connections, each of which is checked.

    Attributes:
        policy: where connections may lead.
        ca_file: file with certificates of more authorities; empty for those of the system alone.
        headers_for: gives more headers for an address, for each request that leaves, redirected ones included.
        resolver: looks names up; another one in tests.
    """

    policy: EgressPolicy
    ca_file: str = ""
    headers_for: Callable[[str], Mapping[str, str]] = lambda _url: {}
    resolver: Resolver = system_resolver

    def send(self, request: HttpRequest, bound: Bound, most_redirects: int = MOST_REDIRECTS) -> HttpAnswer:
        """Send a request and follow redirects; with ``most_redirects=0`` a redirect is an answer like others.

        Raises:
            Denied: the policy forbids a connection.
            Unreachable: a name is unknown, or nothing answers.
            HttpProblem: there is no usable answer.
            Exception: what ``bound`` raises when the time is up.
        """
        begin = time.monotonic()
        if len(request.body or b"") > MOST_BYTES:
            raise HttpProblem("size", f"a body of {len(request.body or b''):,} bytes")
        passed: list[str] = []
        while True:
            status, headers, body = self._exchange(request, bound)
            target = headers.get("location") if status in REDIRECTS and most_redirects else None
            if target is None:
                took = round((time.monotonic() - begin) * 1000)
                return HttpAnswer(status, headers, body, request.url, tuple(passed), took)
            passed.append(request.url)
            if len(passed) > most_redirects:
                raise HttpProblem("redirects", f"more than {most_redirects} redirects, the last one to {target}")
            request = _redirected(request, status, target)

    def _exchange(self, request: HttpRequest, bound: Bound) -> tuple[int, dict[str, str], bytes]:
        address = parsed(request.url)
        host = plain_host(address)
        port = address.port or _PORTS[str(address.scheme)]
        headers = {"Host": address.netloc or host, **request.headers, **self.headers_for(request.url)}
        if not any(name.lower() == "accept-encoding" for name in headers):
            headers["Accept-Encoding"] = "gzip, deflate"
        plain = connect(self.policy, host, port, bound, self.resolver)
        stream = self._secured(plain, host) if address.scheme == "https" else plain
        with contextlib.closing(stream), _problems(bound), interrupting(bound, stream):
            if isinstance(stream, ssl.SSLSocket):
                stream.do_handshake()
            connection = HTTPConnection(host, port, timeout=max(bound.remaining(), 0.01))
            # The connection goes to the address that was checked; who connects by name would look it up once more.
            connection.sock = stream
            connection.request(request.method, address.request_uri, request.body, headers, preload_content=False)
            with connection.getresponse() as response:
                return _read(response)

    def _secured(self, stream: socket.socket, host: str) -> ssl.SSLSocket:
        """Prepare TLS; the certificate must be for the name that was asked for, wherever it leads."""
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        return context.wrap_socket(stream, server_hostname=host, do_handshake_on_connect=False)


@contextlib.contextmanager
def _problems(bound: Bound) -> Iterator[None]:
    """Turn what goes wrong under way into HttpProblem, or into what ``bound`` raises when that is the reason."""
    try:
        yield
        # A stream that was interrupted may look like one that ended.
        bound.check()
    except ssl.SSLCertVerificationError as error:
        raise HttpProblem("certificate", error.verify_message or str(error)) from error
    except (OSError, http.client.HTTPException, HTTPError) as error:
        bound.check()
        raise HttpProblem("answer", _said(error)) from error


def parsed(url: str) -> Url:
    """Read an absolute address.

    Raises:
        HttpProblem: ``address``.
    """
    try:
        address = parse_url(url.strip())
    except (LocationParseError, UnicodeError) as error:
        raise HttpProblem("address", url) from error
    if address.scheme not in _PORTS or not address.host:
        raise HttpProblem("address", url)
    return address


def plain_host(address: Url) -> str:
    """Give the host of an address without the brackets that IPv6 needs there."""
    return str(address.host).strip("[]")


def origin(url: str) -> tuple[str, str, int]:
    """Give scheme, host and port: who gets what was meant for one origin only."""
    address = parsed(url)
    scheme = str(address.scheme)
    return scheme, plain_host(address), address.port or _PORTS[scheme]


def _read(response: BaseHTTPResponse) -> tuple[int, dict[str, str], bytes]:
    headers: dict[str, str] = {}
    for name, value in response.headers.iteritems():
        known = headers.get(name.lower())
        headers[name.lower()] = value if known is None else f"{known}, {value}"
    chunks, size = [], 0
    for chunk in response.stream(_CHUNK, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            raise HttpProblem("size", f"a response of more than {MOST_BYTES:,} bytes")
    return response.status, headers, b"".join(chunks)


def _redirected(request: HttpRequest, status: int, target: str) -> HttpRequest:
    """Build the request that follows a redirect, as browsers do."""
    try:
        url = urljoin(request.url, target)
    except ValueError as error:
        raise HttpProblem("address", target) from error
    method, body, headers = request.method, request.body, dict(request.headers)
    if (status == 303 and method != "HEAD") or (status in {301, 302} and method == "POST"):
        method, body = "GET", None
        headers = {name: value for name, value in headers.items() if name.lower() not in _BODY_HEADERS}
    if origin(url) != origin(request.url):
        headers = {name: value for name, value in headers.items() if name.lower() not in request.private}
    return HttpRequest(method, url, headers, body, request.private)


def _said(error: Exception) -> str:
    if isinstance(error, http.client.RemoteDisconnected):
        return "a connection that was closed without an answer"
    if isinstance(error, ssl.SSLError):
        return f"no encrypted connection ({error.reason or error})"
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
