"""Sentences that make data for tests."""

import re
import subprocess
import sys
import time

import pytest

from cometa_websteps.variables.chance import Chance
from cometa_websteps.variables.made_up import PROVIDERS, made_up


def test_a_timestamp_follows_the_prefix(say, worth) -> None:
    before = int(time.time())
    say('Add a timestamp to the "user" and save it to "login"')
    prefix, _hyphen, seconds = worth("login").rpartition("-")
    assert prefix == "user"
    assert before <= int(seconds) <= time.time()


@pytest.mark.parametrize("length", [1, 8, 500])
def test_a_string_of_digits_has_its_length(say, run, worth, length) -> None:
    say(f'Create a string of random "{length}" numbers and save to "customer_no"')
    assert re.fullmatch(rf"[0-9]{{{length}}}", worth("customer_no"))
    assert re.fullmatch(r"Seed of the run: \d+", run.notes[0][1])


@pytest.mark.parametrize(
    ("sentence", "expected", "found"),
    [
        ('Create a string of random "0" numbers and save to "n"', "from 1 to 10,000 digits", '"0"'),
        ('Create a string of random "10001" numbers and save to "n"', "from 1 to 10,000 digits", '"10001"'),
        (
            'Create a string of random "2.5" numbers and save to "n"',
            "the number of digits to be a whole number",
            '"2.5"',
        ),
        (
            'Create a string of random "ten" numbers and save to "n"',
            "the number of digits to be a whole number",
            '"ten"',
        ),
        ('Add a timestamp to the "a" and save it to "a b"', "a variable name of letters", '"a b"'),
        ('Make fake "spaceship" and remember it as "n"', 'the kind of data to be one of "address"', '"spaceship"'),
        ('Make fake "__class__" and remember it as "n"', "the kind of data to be one of", '"__class__"'),
        ('Make fake "binary" and remember it as "n"', "the kind of data to be one of", '"binary"'),
        ('Make fake "xx_YY:name" and remember it as "n"', "de_CH, de_DE", '"xx_YY"'),
        ('Make fake "de_DE:state_abbr" and remember it as "n"', "a kind of data that de_DE has", '"state_abbr"'),
        ('Fill mask "" at random and remember it as "n"', "a mask such as ??-####", '""'),
        ('Make text matching "(" and remember it as "n"', "a regular expression", '"(" (missing )'),
        ('Make text matching "(?=b)a" and remember it as "n"', "a regular expression", "none of 50 made texts fits it"),
    ],
)
def test_bad_wishes_say_what_is_possible(fails, run, sentence, expected, found) -> None:
    """X-079, X-081."""
    failure = fails(sentence, timeout=4)
    assert failure.code == "bad-value"
    assert expected in failure.expected
    assert found in failure.found
    assert run.variables.get("n") is None


def test_made_up_data_is_repeatable_by_the_seed_of_the_run(say, run, worth) -> None:
    say('Make fake "email" and remember it as "mail"')
    say('Make fake "de_DE:name" and remember it as "who"')
    assert "@" in worth("mail")
    (title, text) = run.notes[0]
    assert title == "Random data"
    again = Chance(int(text.rpartition(" ")[2])).source
    assert [made_up("email", again), made_up("de-de:Name", again)] == [worth("mail"), worth("who")]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_listed_provider_gives_a_text(provider) -> None:
    some_locales_only = {"vat_id": "de_DE:vat_id"}
    assert made_up(some_locales_only.get(provider, provider), Chance(7).source)


def test_the_web_process_does_not_load_the_library_of_made_up_data() -> None:
    code = (
        "import sys; from cometa_runner.steps import load_vocabulary, StepLibrary\n"
        "load_vocabulary([StepLibrary('variables', 'cometa_websteps.variables', 'x')])\n"
        "print([name for name in ('faker', 'jq', 'rstr') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_mask_is_filled(say, worth) -> None:
    say('Fill mask "??-## ä\n#" at random and remember it as "plate"')
    assert re.fullmatch(r"[A-Za-z]{2}-\d{2} ä\n\d", worth("plate"))


@pytest.mark.parametrize("regex", ["[a-f0-9]{12}", r"\d+-(x|y)\1", "(?i)abc", r"\w*", "a{30}", "[^a-z]{3}", ""])
def test_a_text_fits_its_expression(say, worth, regex) -> None:
    say(f'Make text matching "{regex}" and remember it as "made"')
    assert re.fullmatch(regex, worth("made"))


def test_an_expression_of_nested_repetitions_ends(fails) -> None:
    """X-088."""
    failure = fails('Make text matching "(((a{99}){99}){99}){99}" and remember it as "made"', timeout=4)
    assert "more than 100,000 characters" in failure.found
