"""Sentences that look at the last response."""

import pytest


@pytest.mark.parametrize("status", ["404", "4xx", "4XX", "200;404", " 2xx ; 4xx ;"])
def test_a_status_is_one_of_those_named(send, say, status) -> None:
    send("/status/404")
    say(f'Response status should be "{status}"')


@pytest.mark.parametrize(("status", "shown"), [("200", "200"), ("2xx; 5xx", "2xx or 5xx")])
def test_another_status_fails_with_the_beginning_of_the_body(send, fails, interface, status, shown) -> None:
    send("/status/404")
    failure = fails(f'Response status should be "{status}"')
    assert failure.code == "assertion"
    assert (
        failure.expected == f"the response of http://127.0.0.1:{interface.port}/status/404 to have the status {shown}"
    )
    assert failure.found == '404 with "the text of the answer"'


@pytest.mark.parametrize("status", ["", "ok", "600", "20", "2xx;x"])
def test_what_is_no_status_is_refused(send, fails, status) -> None:
    send("/order")
    failure = fails(f'Response status should be "{status}"')
    assert (failure.code, failure.found) == ("bad-value", f'"{status}"')


@pytest.mark.parametrize(
    ("query", "operator", "expected"),
    [
        (".status", "equal to", "200"),
        (".body.items | length", "greater than", "1"),
        (".body.items[].sku", "equal to", '["a","b"]'),
        (".body.price", "equal to", "19.9"),
        (".body.note", "empty", ""),
        (".body.note", "equal to", "null"),
        (".body.state", "one of", "open;paid"),
        (".body.items[0]", "equal to", '{"sku":"a"}'),
        ('.headers["content-type"]', "starting with", "application/"),
        (".time_ms", "at least", "0"),
        (".body.missing // 5", "==", "5"),
    ],
)
def test_a_part_of_the_response_is_compared(send, say, query, operator, expected) -> None:
    send("/order")
    say(f'Response at "{query}" should be "{operator}" "{expected}"')


def test_a_body_that_is_no_json_is_text(send, say) -> None:
    send("/text")
    say('Response at ".body" should be "equal to" "grün"')


def test_another_part_fails_with_both_values(send, fails) -> None:
    send("/order")
    failure = fails('Response at ".body.state" should be "equal to" "open"')
    assert failure.code == "assertion"
    assert (failure.expected, failure.found) == ('the response at .body.state to be equal to "open"', '"paid"')
    failure = fails('Response at ".body.state" should be "empty" ""')
    assert failure.expected == "the response at .body.state to be empty"


@pytest.mark.parametrize(
    ("query", "operator", "code", "found"),
    [
        (".body[", "equal to", "bad-value", '".body["'),
        (".body.state.x", "equal to", "bad-value", "Cannot index string"),
        (".body.state", "like", "bad-value", '"like"'),
        ("empty", "equal to", "assertion", "none"),
        (".body.state", "less than", "bad-value", '"paid"'),
    ],
)
def test_what_cannot_be_compared_is_refused(send, fails, query, operator, code, found) -> None:
    send("/order")
    failure = fails(f'Response at "{query}" should be "{operator}" "1"')
    assert failure.code == code
    assert found in failure.found


def test_a_filter_without_end_is_ended(send, fails) -> None:
    send("/order")
    failure = fails('Response at "last(repeat(1))" should be "equal to" "1"', timeout=0.5)
    assert failure.code == "limit"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (".body.price", "19.90"),
        (".body.state", "paid"),
        (".body.items", '[{"sku":"a"},{"sku":"b"}]'),
        (".status", "200"),
    ],
)
def test_a_part_of_the_response_is_remembered(send, say, run, query, text) -> None:
    send("/order")
    say(f'Remember response at "{query}" as "$part"')
    assert run.variables.expand("$part") == text


@pytest.mark.parametrize(
    ("query", "name", "code", "found"),
    [
        (".body.note", "part", "assertion", "null"),
        (".body.missing", "part", "assertion", "null"),
        (".body.state", "a b", "bad-value", '"a b"'),
    ],
)
def test_what_cannot_be_remembered_fails(send, fails, query, name, code, found) -> None:
    send("/order")
    failure = fails(f'Remember response at "{query}" as "{name}"')
    assert (failure.code, failure.found) == (code, found)


def test_a_response_arrives_in_time(send, say) -> None:
    send("/order")
    say('Response should arrive within "5000" milliseconds')


@pytest.mark.parametrize(("limit", "code"), [("0", "assertion"), ("-1", "bad-value"), ("soon", "bad-value")])
def test_a_late_response_fails_with_its_time(send, fails, run, limit, code) -> None:
    send("/status/200")
    failure = fails(f'Response should arrive within "{limit}" milliseconds')
    assert failure.code == code
    if code == "assertion":
        assert failure.expected.endswith("within 0 ms")
        assert failure.found.endswith(" ms")


@pytest.mark.parametrize(
    "sentence",
    [
        'Response status should be "200"',
        'Response at ".status" should be "equal to" "200"',
        'Remember response at ".status" as "x"',
        'Response should arrive within "1" milliseconds',
    ],
)
def test_without_a_response_the_sentences_say_so(send, fails, sentence) -> None:
    """The response of an earlier request does not stand for one that failed."""
    expected = ("http", "the response of an earlier request of this run", "none")
    failure = fails(sentence)
    assert (failure.code, failure.expected, failure.found) == expected
    send("/order")
    fails('Send "GET" request to "http://127.0.0.1:9/"')
    failure = fails(sentence)
    assert (failure.code, failure.expected, failure.found) == expected
