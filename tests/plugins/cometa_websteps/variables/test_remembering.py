"""Sentences that set variables and drop them (runner G.2, G.3)."""

import pytest

from cometa_runner.steps.variables import Variable, Variables

VALUES = ["Ada", "", "two\nlines", 'a "quoted" text', "ñ漢 🦊", 'x" as "y', "Press Enter"]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "sentence",
    ['Remember "{}" as "kept"', 'Remember "{}" as "kept" for the environment', 'Remember secret "{}" as "kept"'],
)
def test_any_text_is_remembered_as_it_is(vocabulary, run, worth, sentence, value) -> None:
    """X-056, X-057: empty texts, line breaks, quotes and words of other sentences."""
    definition = vocabulary.match(sentence.format("x")).definition
    run.perform(definition, {"value": value, "variable": "kept"})
    assert worth("kept") == value


@pytest.mark.parametrize(
    "sentence",
    [
        'Remember "x" as "{}"',
        'Remember "x" as "{}" for the environment',
        'Remember secret "x" as "{}"',
        'Forget variable "{}"',
    ],
)
@pytest.mark.parametrize("name", ["a b", "", "x" * 101, "a$b"])
def test_a_bad_name_sets_nothing(fails, run, sentence, name) -> None:
    failure = fails(sentence.format(name))
    assert failure.code == "bad-value"
    assert "a variable name of letters, digits" in failure.expected
    assert failure.found == f'"{name}"'
    assert run.secrets == []


def test_a_remembered_secret_is_one(say, run) -> None:
    """Runner G.5."""
    say('Remember "t0k3n" as "from_page"')
    say('Remember secret "$from_page" as "token"')
    assert run.secrets == ["t0k3n"]
    assert run.variables.get("token").secret
    assert run.variables.shows_secret("it is t0k3n")


def test_secrets_are_known_before_the_sentence_is_shown(vocabulary) -> None:
    """Runner G.5: the sentence itself may hold the secret."""
    secret = {definition.pattern: definition.secrets for definition in vocabulary.definitions if definition.secrets}
    assert secret['Remember secret "{value}" as "{variable}"'] == ("value",)
    one_time = next(pattern for pattern in secret if pattern.startswith("Create one-time password"))
    assert secret[one_time] == ("value",)


def test_a_forgotten_variable_shows_the_stored_one_again(say, run) -> None:
    run.variables = Variables([Variable("shop", "stored", "department"), Variable("row", "1", "data")], warn=run.warn)
    for name in ("shop", "row"):
        say(f'Remember "own" as "{name}"')
        say(f'Forget variable "{name}"')
    assert run.variables.expand("$shop $row") == "stored 1"
    assert run.warnings == []
    say('Remember "of the store" as "shop" for the environment')
    say('Remember "own" as "shop"')
    say('Forget variable "shop"')
    assert run.variables.expand("$shop") == "of the store"


def test_a_variable_of_the_run_is_gone_when_it_is_forgotten(say, run) -> None:
    say('Remember secret "t0k3n" as "token"')
    say('Forget variable "token"')
    assert run.variables.expand("$token") == "$token"
    assert run.variables.shows_secret("t0k3n")
    say('Forget variable "token"')
    assert run.warnings == ["There is no variable token of this run."]
