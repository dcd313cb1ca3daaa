"""From sentence to step (steps section 2)."""

import time

import pytest

from cometa_runner.steps import Match, NoMatch, StepDefinition, Vocabulary


def nothing(context, **values) -> None: ...


def vocabulary(*patterns: str) -> Vocabulary:
    return Vocabulary(
        StepDefinition(pattern, nothing, "a", "s", pattern, (), "lib", "BROWSER", None, None) for pattern in patterns
    )


WORDS = vocabulary(
    'I can see "{something}"',
    'I can see "{something}" on page',
    'Set value "{text}" on "{selector}"',
    'Remember "{value}" as "{variable}"',
    'Remember "{value}" as "{variable}" for the environment',
    'Scroll to "{amount}"px',
    "################ {comment} ################",
    "#{comment}",
    "Reload page",
    'Move from "{x},{y}" to "{target}"',
)


@pytest.mark.parametrize(
    ("sentence", "pattern", "values"),
    [
        ("Reload page", "Reload page", {}),
        ("  reload \n PAGE ", "Reload page", {}),
        ('I can see ""', 'I can see "{something}"', {"something": ""}),
        ('I can see "a "b" c"', 'I can see "{something}"', {"something": 'a "b" c'}),
        ('I can see "x" on page', 'I can see "{something}" on page', {"something": "x"}),
        (
            'Set value "line 1\nline 2" on "#ä\u2003ö"',
            'Set value "{text}" on "{selector}"',
            {"text": "line 1\nline 2", "selector": "#ä\u2003ö"},
        ),
        ('Set value "a" on "b" on "c"', 'Set value "{text}" on "{selector}"', {"text": "a", "selector": 'b" on "c'}),
        ('Set value "  a  " on " b "', 'Set value "{text}" on "{selector}"', {"text": "  a  ", "selector": " b "}),
        (
            'Remember "v" as "n" for the environment',
            'Remember "{value}" as "{variable}" for the environment',
            {"value": "v", "variable": "n"},
        ),
        ('Scroll to "800"px', 'Scroll to "{amount}"px', {"amount": "800"}),
        ('Move from "1,2,3" to "t"', 'Move from "{x},{y}" to "{target}"', {"x": "1", "y": "2,3", "target": "t"}),
        ("# a remark", "#{comment}", {"comment": " a remark"}),
        (
            "################   Log in   ################",
            "################ {comment} ################",
            {"comment": "Log in"},
        ),
        ('I can see "Javascript tutorial"', 'I can see "{something}"', {"something": "Javascript tutorial"}),
        ('I can see "Reload page"', 'I can see "{something}"', {"something": "Reload page"}),
    ],
)
def test_values_are_taken_out_of_the_sentence(sentence, pattern, values) -> None:
    """X-056, X-057: quotes, line breaks, empty values and words of other sentences change nothing."""
    found = WORDS.match(sentence)
    assert isinstance(found, Match)
    assert (found.definition.pattern, found.values) == (pattern, values)


def test_a_stored_pattern_wins_when_it_fits() -> None:
    """X-058."""
    found = WORDS.match('I can see "x" on page', action='I can see "{something}"')
    assert isinstance(found, NoMatch) or found.definition.pattern == 'I can see "{something}" on page'
    found = WORDS.match('Remember "v" as "n" for the environment', 'Remember "{value}" as "{variable}"')
    assert isinstance(found, Match)
    found = WORDS.match('I can see "x" and "y"', 'I can see "{something}"')
    assert isinstance(found, Match)
    assert found.values == {"something": 'x" and "y'}


def test_a_stored_pattern_beats_a_longer_one_that_fits_too() -> None:
    """X-058."""
    words = vocabulary("Say {text}", "Say loudly {text}")
    found = words.match("Say loudly hello", action="say  {text}")
    assert isinstance(found, Match)
    assert found.values == {"text": "loudly hello"}


def test_a_stored_pattern_that_does_not_fit_is_ignored() -> None:
    found = WORDS.match("Reload page", action='I can see "{something}"')
    assert isinstance(found, Match)
    assert found.definition.pattern == "Reload page"


def test_most_fixed_text_wins_and_a_tie_is_ambiguous() -> None:
    """X-058."""
    words = vocabulary('Open "{a}" now', 'Open "{b}" {when}', "Go {there} x", "Go x {there}")
    assert isinstance(found := words.match('Open "door" now'), Match)
    assert found.values == {"a": "door"}
    assert words.match("Go x x") == NoMatch("ambiguous", ("Go {there} x", "Go x {there}"))


def test_an_undefined_sentence_names_up_to_three_near_patterns() -> None:
    """X-080."""
    found = WORDS.match('I can sea "my basket" on the page')
    assert isinstance(found, NoMatch)
    assert found.code == "undefined"
    assert found.near[0] == 'I can see "{something}" on page'
    assert len(found.near) <= 3
    assert WORDS.match("Ω") == NoMatch("undefined", ())


def test_patterns_are_found_whatever_their_case_and_blanks() -> None:
    definition = WORDS.by_pattern('set  VALUE "{text}" on "{selector}"')
    assert definition is not None
    assert definition.pattern == 'Set value "{text}" on "{selector}"'
    assert WORDS.by_pattern("Set value") is None


def test_long_hostile_values_are_matched_in_linear_time() -> None:
    begin = time.monotonic()
    assert isinstance(WORDS.match('Set value "' + '" on "' * 50_000 + '"'), Match)
    assert isinstance(WORDS.match('Set value "' + '" on "' * 50_000 + "x"), NoMatch)
    assert time.monotonic() - begin < 2
