"""Sentences for variables, checks of values and JavaScript."""

import pytest


def test_equal_values_pass_whatever_their_outer_blanks(say) -> None:
    say('Value " paid\n" should equal "paid"')
    say('Value "thank you, Ada" should contain "thank you"')
    say('Value "" should equal ""')


@pytest.mark.parametrize(
    ("actual", "expected", "found"),
    [
        ("pa1d", "paid", '"pa1d" (first difference at character 3: "1" instead of "i")'),
        ("paid", "paid!", '"paid" (first difference at character 5: the end instead of "!")'),
        (
            "a\u00a0b",
            "a b",
            '"a<no-break space>b" (first difference at character 2: <no-break space> instead of <blank>)',
        ),
        (
            "a\u200bb",
            "ab",
            '"a<zero width space>b" (first difference at character 2: <zero width space> instead of "b")',
        ),
        ("Paid", "paid", '"Paid" (first difference at character 1: "P" instead of "p")'),
    ],
)
def test_different_values_show_where_they_differ(fails, actual, expected, found) -> None:
    """X-081."""
    failure = fails(f'Value "{actual}" should equal "{expected}"')
    assert (failure.code, failure.expected, failure.found) == ("assertion", f'"{expected}"', found)


def test_a_missing_part_shows_both_texts(fails) -> None:
    failure = fails('Value "thanks\tAda" should contain "Thanks"')
    assert (failure.expected, failure.found) == ('a text with "Thanks"', '"thanks<tab>Ada"')


def test_values_are_remembered(say, run, fails) -> None:
    say('Remember "Ada "Byron"" as "$first"')
    say('Remember "https://qa.example" as "shop" for the environment')
    assert run.variables.expand("$first $shop") == 'Ada "Byron" https://qa.example'
    assert fails('Remember "x" as "not a name"').code == "bad-value"


pytestmark = pytest.mark.browser

READ = "<input id=f value='a b'><h1>  Head<br>line </h1><a href='/terms' data-x=' y '>Terms</a>"


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ('Save selector "#f" value to environment variable "v"', "a b"),
        ('Save selector "h1" value to environment variable "v"', "Head line"),
        ('Get value from "h1" and store in the "v" with "trim the spaces"', "Head\nline"),
        ('Get "href" value of "link=Terms" and store in the "v" with ""', "/terms"),
        ('Get "data-x" value of "a" and store in the "v" with ""', " y "),
        ('Get "data-x" value of "a" and store in the "v" with "Trim the spaces"', "y"),
    ],
)
def test_values_are_read_from_the_page(show, say, run, sentence, value) -> None:
    show(READ)
    say(sentence)
    assert run.variables.expand("$v") == value


@pytest.mark.parametrize(
    ("sentence", "code", "found"),
    [
        ('Save selector "#none" value to environment variable "v"', "not-found", "no match"),
        ('Get value from "#none" and store in the "v" with ""', "not-found", "no match"),
        ('Get value from "h1" and store in the "v" with "upper"', "bad-value", '"upper"'),
        ('Get "title" value of "#f" and store in the "v" with ""', "assertion", '<input id="f">'),
    ],
)
def test_what_cannot_be_read_fails(show, fails, sentence, code, found) -> None:
    show(READ)
    failure = fails(sentence, timeout=0.2)
    assert (failure.code, failure.found) == (code, found)


@pytest.mark.parametrize(
    ("code", "returned"),
    [
        ("return document.title", "Test page"),
        ("return 1 + 1", "2"),
        ("const a = [1,\n2];\nreturn {a}", '{"a":[1,2]}'),
        ("return new Promise((done) => setTimeout(() => done('later'), 100))", "later"),
        ("window.x = 1", ""),
    ],
)
def test_code_runs_in_the_page_and_its_result_is_kept(show, say, run, code, returned) -> None:
    show("x")
    say(f'Run Javascript function "{code}"')
    assert run.variables.expand("%js_return") == returned


@pytest.mark.parametrize(
    ("code", "kind", "found"),
    [
        ("throw new Error('no stock')", "script-error", "no stock"),
        ("return nothing.at.all", "script-error", "nothing is not defined"),
        ("return (", "script-error", "Unexpected token"),
        ("return new Promise(() => {})", "timeout", "it still running"),
    ],
)
def test_code_that_fails_says_why(show, fails, code, kind, found) -> None:
    """X-081."""
    show("x")
    failure = fails(f'Run Javascript function "{code}"', timeout=0.4)
    assert failure.code == kind
    assert found in failure.found
