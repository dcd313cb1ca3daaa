"""Sentences that send requests."""

import threading
import time

import pytest

from cometa_runner.steps import Cancelled, Deadline, Match

UNKNOWN = "x" * 64
"""A name that cannot exist, so that nobody is asked about it: its only part is too long."""


@pytest.mark.parametrize("method", ["GET", "post", "Put", "PATCH", "DELETE", "OPTIONS"])
def test_a_request_is_sent_and_its_answer_kept(send, run, echoed, method) -> None:
    send("/echo?q=a b&x=ä", method)
    assert run.details[0].startswith("Status 200 after ")
    seen = echoed()
    assert (seen["method"], seen["path"]) == (method.upper(), "/echo?q=a%20b&x=%C3%A4")
    assert seen["headers"].keys() == {"host", "accept", "accept-encoding", "user-agent"} | (
        {"content-length"} if method.upper() in {"POST", "PUT", "PATCH"} else set()
    )


def test_an_answer_without_a_body_is_an_answer(send, say) -> None:
    send("/echo", "HEAD")
    say('Response at ".body" should be "empty" ""')
    say('Response at ".headers["content-type"]" should be "equal to" "application/json"')


def test_any_status_passes_and_a_missing_target_too(send, run) -> None:
    for status in (204, 404, 500):
        send(f"/status/{status}")
        assert run.details[0].startswith(f"Status {status} after ")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"item": "a\nb"}', "text/plain; charset=utf-8"),
        ('{"item": 7}', "application/json"),
        ("[1,\n2]", "application/json"),
        ("grün=1", "text/plain; charset=utf-8"),
        ("NaN", "text/plain; charset=utf-8"),
    ],
)
def test_a_body_says_what_it_is(say, interface, echoed, body, kind) -> None:
    say(f'Send "POST" request to "http://127.0.0.1:{interface.port}/echo" with body "{body}"')
    seen = echoed()
    assert (seen["body"], seen["headers"]["content-type"]) == (body, kind)


def test_a_content_type_that_was_set_stays(say, interface, echoed) -> None:
    say('Use request header "content-type" with value "application/x-www-form-urlencoded"')
    say(f'Send "POST" request to "http://127.0.0.1:{interface.port}/echo" with body "[1]"')
    assert echoed()["headers"]["content-type"] == "application/x-www-form-urlencoded"


def test_a_header_is_added_to_all_later_requests_until_it_is_emptied(say, send, echoed) -> None:
    say('Use request header "X-Shop" with value " grün "')
    say('Use request header "accept" with value "text/plain"')
    for _ in range(2):
        send("/echo")
        headers = echoed()["headers"]
        assert headers["x-shop"].encode("latin-1").decode() == "grün"
        assert headers["accept"] == "text/plain"
    say('Use request header "x-shop" with value ""')
    send("/echo")
    assert "x-shop" not in echoed()["headers"]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("X-A", "one\r\nX-B: two", "a value with line breaks or control characters"),
        ("X-A", "one\0", "a value with line breaks or control characters"),
        ("X-A\r\nX-B", "1", '"X-A\r\nX-B"'),
        ("X A", "1", '"X A"'),
        ("", "1", '""'),
        ("Host", "other", '"Host"'),
        ("transfer-encoding", "chunked", '"transfer-encoding"'),
    ],
)
def test_a_header_that_would_change_the_request_is_refused(fails, name, value, found) -> None:
    failure = fails(f'Use request header "{name}" with value "{value}"')
    assert (failure.code, failure.found) == ("bad-value", found)


def test_the_exchange_is_attached_without_secret_headers(say, run, interface) -> None:
    """X-087: values of secret headers are neither in the note nor shown anywhere else."""
    say('Use request header "Authorization" with value "Bearer t0ken"')
    say('Use request header "X-API-Key" with value "k3y"')
    say('Use request header "X-Shop" with value "books"')
    assert run.secrets == ["t0ken", "k3y"]
    url = f"http://127.0.0.1:{interface.port}/status/201"
    say(f'Send "POST" request to "{url}" with body "{{}}"')
    ((title, content),) = run.notes
    assert title == f"POST {url}"
    lines = content.splitlines()
    assert lines[0] == f"POST {url}"
    assert {"Authorization: [MASKED]", "X-API-Key: [MASKED]", "X-Shop: books", "{}"} <= set(lines)
    assert lines[-1] == "the text of the answer"
    assert any(line.startswith(f"201 from {url} after ") for line in lines)
    send_echo = f'Send "GET" request to "http://127.0.0.1:{interface.port}/redirect?to=/echo"'
    say(send_echo)
    content = run.notes[0][1]
    assert "set-cookie: [MASKED]" in content
    assert f"(redirected by http://127.0.0.1:{interface.port}/redirect?to=/echo)" in content


def test_name_and_password_of_an_address_become_a_header(say, run, interface, echoed) -> None:
    say(f'Send "GET" request to "http://ada:p%40ss@127.0.0.1:{interface.port}/echo"')
    assert run.secrets == ["p@ss"]
    assert "ada" not in run.notes[0][0]
    assert echoed()["headers"]["authorization"] == "Basic YWRhOnBAc3M="


def test_a_name_alone_needs_no_password(say, run, interface, echoed) -> None:
    say('Use request header "Accept-Encoding" with value "identity"')
    say(f'Send "GET" request to "http://ada@127.0.0.1:{interface.port}/echo"')
    assert run.secrets == []
    headers = echoed()["headers"]
    assert (headers["authorization"], headers["accept-encoding"]) == ("Basic YWRhOg==", "identity")


@pytest.mark.parametrize(
    ("method", "url", "expected"),
    [
        ("FETCH", "http://127.0.0.1/", 'the method to be one of "get", "post"'),
        ("GET", "/orders/7", "an absolute address"),
        ("GET", "", "an absolute address"),
        ("GET", "file:///etc/passwd", "an absolute address"),
        ("GET", "http://a b/", "an absolute address"),
        ("GET", "http://127.0.0.1:99999/", "an absolute address"),
    ],
)
def test_a_request_that_cannot_be_sent_is_refused(fails, method, url, expected) -> None:
    failure = fails(f'Send "{method}" request to "{url}"')
    assert failure.code == "bad-value"
    assert expected in failure.expected


def test_line_breaks_in_an_address_stay_in_the_address(say, interface) -> None:
    say(f'Send "GET" request to "http://127.0.0.1:{interface.port}/echo?a=\r\nX-B: 1"')
    _method, path, headers = interface.requests[-1]
    assert path == "/echo?a=%0D%0AX-B:%201"
    assert "x-b" not in headers


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("http://127.0.0.1:{port}/gone", "a connection that was closed without an answer"),
        (f"http://{UNKNOWN}/", f"{UNKNOWN}: the name is unknown"),
        ("http://127.0.0.1:9/", "127.0.0.1 port 9: Connection refused"),
        ("https://127.0.0.1:{port}/", "no encrypted connection"),
    ],
)
def test_what_does_not_answer_is_said(fails, interface, path, found) -> None:
    url = path.format(port=interface.port)
    failure = fails(f'Send "GET" request to "{url}"')
    assert (failure.code, failure.expected) == ("http", f"an answer of {url}")
    assert found in failure.found


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_a_request_ends_with_the_time_of_the_step(fails, interface, path) -> None:
    """A server that sends a byte now and then does not get more time."""
    begin = time.monotonic()
    failure = fails(f'Send "GET" request to "http://127.0.0.1:{interface.port}{path}"', timeout=0.4)
    assert (failure.code, failure.found) == ("timeout", "none")
    assert failure.expected == f"an answer of http://127.0.0.1:{interface.port}{path} within 0.4 s"
    assert time.monotonic() - begin < 2


def test_a_request_ends_with_a_cancel(run, vocabulary, interface) -> None:
    cancel = threading.Event()
    run.deadline = Deadline(20, cancel)
    threading.Timer(0.2, cancel.set).start()
    match = vocabulary.match(f'Send "GET" request to "http://127.0.0.1:{interface.port}/drip"')
    assert isinstance(match, Match)
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        match.definition.function(run, **match.values)
    assert time.monotonic() - begin < 2


def test_bodies_have_a_limit(fails, interface) -> None:
    failure = fails(f'Send "GET" request to "http://127.0.0.1:{interface.port}/big"')
    assert (failure.code, failure.found) == ("limit", "a response of more than 10,485,760 bytes")
    body = "x" * (10 * 1024 * 1024 + 1)
    failure = fails(f'Send "POST" request to "http://127.0.0.1:{interface.port}/echo" with body "{body}"')
    assert (failure.code, failure.found) == ("limit", "10,485,761")


def test_packed_answers_are_unpacked(send, say) -> None:
    send("/packed")
    say('Response at ".body" should be "equal to" "unpacked"')
