"""Sentences that work a new value out of others."""

import time

import pytest

PROFILE = """{"user": {"name": "Ada \\"L.\\"", "age": 36, "tags": ["a", {"b": null}], "active": true, "mail": null},
 "price": 1.10, "long": 12345678901234567890123.10, "items": [{"id": 7}, {"id": 8}], "text": "1\\n2", "empty": ""}"""


def test_a_result_is_remembered(say, run, worth) -> None:
    say('Remember "10" as "price"')
    say('Work out "($price + 4.90) * 3" and remember it as "total"')
    assert worth("total") == "44.70"
    assert run.details == ['$total is "44.70"']


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("1 / 0", "it divides by zero"),
        ("import os", "'import' stands where"),
        ("$price * 2", "'$price * 2' is neither"),
    ],
)
def test_what_cannot_be_worked_out_fails(fails, run, expression, reason) -> None:
    """X-081, X-082."""
    failure = fails(f'Work out "{expression}" and remember it as "total"')
    assert (failure.code, failure.expected) == ("bad-value", "an expression that can be worked out")
    assert f'"{expression}": {reason}' in failure.found
    assert run.variables.get("total") is None


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (".user.name", 'Ada "L."'),
        (".user.age", "36"),
        (".user.active", True),
        (".user.tags", ["a", {"b": None}]),
        (".items[0]", {"id": 7}),
        (".items | length", "2"),
        (".items[] | select(.id > 7) | .id", "8"),
        (".price", "1.10"),
        (".long", "12345678901234567890123.10"),
        (".text", "1\n2"),
        (".empty", ""),
        ('.user.mail // "none"', "none"),
        (".items[0].id # the first", "7"),
        ('def f: . + "!"; .empty | f', "!"),
    ],
)
def test_a_filter_picks_a_value(say, run, worth, query, value) -> None:
    """steps.json: text stays text, objects and lists stay structured."""
    run.variables.set("profile", PROFILE)
    say(f'Pick "{query}" out of "$profile" and remember it as "found"')
    assert worth("found") == value
    assert run.warnings == []


def test_several_results_are_a_list(say, run, worth) -> None:
    say('Pick ".[]" out of "[1,"b",[2]]" and remember it as "found"')
    assert worth("found") == ["1", "b", [2]]
    assert run.warnings == ["The filter has 3 results; they are kept as a list."]
    say('Pick ".[2][0]" out of "$found" and remember it as "again"')
    assert worth("again") == "2"


@pytest.mark.parametrize(
    ("query", "source", "code", "words"),
    [
        (".user.nmae", '{"user":{}}', "assertion", '".user.nmae" to find something, found nothing in "{"user":{}}"'),
        ("empty", "{}", "assertion", "found nothing"),
        (".a", "no JSON", "bad-value", 'a source of JSON text, found "no JSON"'),
        (".a", "", "bad-value", "a source of JSON text"),
        (".a", "1 2", "bad-value", "a source of JSON text"),
        (".a |", "{}", "bad-value", "a jq filter for this source"),
        (".a.b", '{"a":1}', "bad-value", "Cannot index number"),
        ('include "x"; .', "{}", "bad-value", "a jq filter"),
    ],
)
def test_a_filter_without_a_result_fails(fails, run, query, source, code, words) -> None:
    """X-081."""
    failure = fails(f'Pick "{query}" out of "{source}" and remember it as "found"', timeout=4)
    assert failure.code == code
    assert words in str(failure)
    assert run.variables.get("found") is None


@pytest.mark.parametrize("query", ["def f: f; f", "[range(1e12)]", "last(repeat(1))"])
def test_a_filter_that_never_ends_is_ended(fails, query) -> None:
    """X-088."""
    begin = time.monotonic()
    failure = fails(f'Pick "{query}" out of "{{}}" and remember it as "found"', timeout=0.3)
    assert time.monotonic() - begin < 1.5
    assert failure.code == "limit"
    assert query in failure.expected
    assert "more" in failure.found


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("007", "integer", 7),
        (" -7 ", "Integer", -7),
        ("007", "text", "007"),
        ("1.50", "decimal", 1.5),
        ("12345678901234567890.12345", "decimal", "12345678901234567890.12345"),
        ("Yes", "boolean", True),
        ("off", "boolean", False),
        ('{"a": [1, null]}', "json", {"a": [1, None]}),
        ("", "text", ""),
    ],
)
def test_a_text_is_converted(say, worth, text, kind, value) -> None:
    say(f'Convert "{text}" to "{kind}" and remember it as "found"')
    assert worth("found") == value
    assert type(worth("found")) is type(value)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("7.5", "integer", "a text of the type integer"),
        ("", "integer", "a text of the type integer"),
        ("1,5", "decimal", "a text of the type decimal"),
        ("perhaps", "boolean", "a text of the type boolean"),
        ("{", "json", "a text of the type json"),
        ("NaN", "json", "a text of the type json"),
        ("[" * 100_000, "json", "a text of the type json"),
    ],
)
def test_a_text_that_does_not_fit_fails(fails, text, kind, expected) -> None:
    failure = fails(f'Convert "{text}" to "{kind}" and remember it as "found"')
    assert (failure.code, failure.expected) == ("bad-value", expected)
    assert failure.found.startswith(f'"{text[:500]}')


def test_an_unknown_type_lists_those_that_exist(fails) -> None:
    """X-079."""
    failure = fails('Convert "1" to "colour" and remember it as "found"')
    assert failure.expected == 'the type to be one of "text", "integer", "decimal", "boolean", "json"'
    assert failure.found == '"colour"'


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  a \t b\n\nc ", "a b c"),
        ("a\u00a0\u2003b", "a b"),
        ("z\u200be\u200dr\ufeffo\u00ad", "zero"),
        ("\uff21\u2460\ufb01", "A1fi"),
        ("", ""),
    ],
)
def test_a_text_is_cleaned(vocabulary, run, worth, raw, cleaned) -> None:
    found = vocabulary.match('Clean the text "x" and remember it as "y"')
    run.perform(found.definition, {"value": raw, "variable": "clean"})
    assert worth("clean") == cleaned


def test_a_cleaned_text_needs_a_name(fails) -> None:
    failure = fails('Clean the text "a" and remember it as "a b"')
    assert (failure.code, failure.found) == ("bad-value", '"a b"')
