"""Sentences that check values (steps section 5)."""

import time

import pytest


@pytest.mark.parametrize(
    "sentence",
    [
        'Value " paid " should equal "paid"',
        'Value "thank you, Ada" should contain "thank you"',
        'Value "" should contain ""',
        'Value "Paid" should not equal "paid"',
        'Value "" should not equal "x"',
        'Value "thank you" should not contain "Thank"',
        'Value "" should not contain "error"',
        'Value "AB-123456" should match regex "[A-Z]{2}-[0-9]{6}"',
        'Value " line 1\nline 2 " should match regex "(?s)line.*2"',
        'Value "" should match regex ""',
        'Value "say "hi"" should match regex "say "\\w+""',
        'Number "3" should be "at least" "3"',
        'Number " 3.0 " should be "==" "3"',
        'Number "0.30" should be "equal to" "0.3"',
        'Number "-1" should be "Less  Than" "0"',
        'Number "10" should be ">" "9"',
        'Number "10" should be "one of" "1; 10.0"',
        'Number "10" should be "starting with" "1"',
        'Number "10" should be "matching" "\\d+"',
        'Number "10" should be "not empty" ""',
        'Compare "10.05 EUR" and "10.00" with a "0.1"',
        'Compare "1.234,50" and "1,234.40" with a "0.10"',
        'Compare "-5" and "5" with a "10"',
        'Compare "0.3" and "0.1" with a "0.2"',
        'Compare "1,234 pcs" and "1234" with a "0"',
    ],
)
def test_what_holds_passes(say, sentence) -> None:
    say(sentence)


@pytest.mark.parametrize(
    ("sentence", "expected", "found"),
    [
        ('Value " a\tb " should not equal "a\tb"', 'a value other than "a<tab>b"', "this very value"),
        ('Value "" should not equal " "', 'a value other than ""', "this very value"),
        (
            'Value "an error" should not contain "error"',
            'a text without "error"',
            '"an error", which has it at character 4',
        ),
        ('Value "AB-12" should match regex "[A-Z]{2}"', 'a value that fits "[A-Z]{2}"', '"AB-12"'),
        ('Value "ab" should match regex "AB"', 'a value that fits "AB"', '"ab"'),
        ('Number "2" should be "at least" "3"', 'a number at least "3"', "2"),
        ('Number "3" should be "!=" "3.0"', 'a number != "3.0"', "3"),
        ('Number "3" should be "not one of" "1;3"', 'a number not one of "1;3"', "3"),
        (
            'Compare "10.05 EUR" and "9.90" with a "0.1"',
            '"10.05 EUR" and "9.90" to differ by at most 0.1',
            "a distance of 0.15 between 10.05 and 9.90",
        ),
    ],
)
def test_what_does_not_hold_says_what_was_expected_and_found(fails, sentence, expected, found) -> None:
    """X-081."""
    failure = fails(sentence, timeout=4)
    assert (failure.code, failure.expected, failure.found) == ("assertion", expected, found)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ('Number "three" should be "at least" "3"', 'the number found to be a number, found "three"'),
        ('Number "3 EUR" should be "at least" "3"', 'the number found to be a number, found "3 EUR"'),
        ('Number "3" should be "at least" "many"', 'the number to compare with to be a number, found "many"'),
        ('Number "3" should be "equal to" ""', 'the number to compare with to be a number, found ""'),
        ('Number "3" should be "about" "3"', 'the comparison to be one of "equal to"'),
        ('Compare "none" and "1" with a "0"', 'the first value to hold a number, found "none"'),
        ('Compare "1" and "" with a "0"', 'the second value to hold a number, found ""'),
        ('Compare "1" and "10 of 20" with a "0"', 'to hold one number, found "10 of 20" with more than one'),
        ('Compare "1" and "1" with a "few"', 'the variance to be a number, found "few"'),
        ('Compare "1" and "1" with a "-1"', 'a variance of at least 0, found "-1"'),
        ('Value "a" should match regex "("', 'a regular expression, found "("'),
    ],
)
def test_what_cannot_be_compared_is_a_bad_value(fails, sentence, words) -> None:
    """Steps section 3, 5.1 to 5.3; X-079: an unknown word is never "false"."""
    failure = fails(sentence, timeout=4)
    assert failure.code == "bad-value"
    assert words in str(failure)


def test_an_expression_that_explodes_ends_by_its_time_limit(fails) -> None:
    """X-088."""
    begin = time.monotonic()
    failure = fails(f'Value "{"a" * 60}b" should match regex "(a|aa)+$"', timeout=0.4)
    assert time.monotonic() - begin < 1.5
    assert failure.code == "limit"
    assert "(a|aa)+$" in failure.expected
    assert "more time" in failure.found
