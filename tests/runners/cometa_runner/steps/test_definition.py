"""Declaring sentences (steps 1.1)."""

import pytest

from cometa_runner.steps import Parameter, StepDefinition, step
from cometa_runner.steps.definition import definitions_of
from cometa_runner.steps.kinds import Seconds, SecretText, Selector, Text


def test_a_declaration_knows_sentence_kinds_meanings_and_summary() -> None:
    @step('Put "{text}" in "{box}"', category="forms", example='Put "a" in "b"', text="what", box="where")
    def put(context, text: Text, box: Selector) -> None:
        """Puts a text
        into a box.

        It fails when the box is full.

        Contract: nothing.
        """

    (definition,) = definitions_of(put)
    assert definition.pattern == 'Put "{text}" in "{box}"'
    assert definition.summary == "Puts a text into a box. It fails when the box is full."
    assert definition.parameters == (Parameter("text", "text", "what"), Parameter("box", "selector", "where"))
    assert definition.kind_of("box") == "selector"
    assert definition.function is put


def test_several_sentences_may_share_a_function() -> None:
    @step("One", category="a", example="One")
    @step("Two", category="a", example="Two")
    def both(context) -> None:
        """Does both."""

    assert [definition.pattern for definition in definitions_of(both)] == ["One", "Two"]


def undocumented(context) -> None: ...


def documented(context) -> None:
    """Says something."""


def with_text(context, text: Text) -> None:
    """Says something."""


def without_kind(context, text: str) -> None:
    """Says something."""


@pytest.mark.parametrize(
    ("pattern", "function", "further", "complaint"),
    [
        ('Say "{text}"', documented, {"text": "what"}, "same names"),
        ("Say", with_text, {"text": "what"}, "same names"),
        ('Say "{text}"', with_text, {}, "same names"),
        ('Say "{text}" and "{text}"', with_text, {"text": "what"}, "twice"),
        ('Say "{text}"', without_kind, {"text": "what"}, "needs an annotation"),
        ("Say", undocumented, {}, "docstring"),
        ("Say", documented, {"block": "loup"}, "unknown block role"),
        ('Say "{text}"', with_text, {"text": "what", "waits": "text"}, "kind seconds"),
    ],
)
def test_a_contradictory_declaration_is_refused(pattern, function, further, complaint) -> None:
    with pytest.raises(TypeError, match=complaint):
        step(pattern, category="a", example="a", **further)(function)


def test_a_waiting_sentence_names_its_seconds() -> None:
    @step('Wait "{time}" s', category="a", example='Wait "1" s', waits="time", time="how long")
    def wait(context, time: Seconds) -> None:
        """Waits."""

    assert definitions_of(wait)[0].waits == "time"


def test_a_sentence_names_its_secret_values() -> None:
    """Runner G.5."""

    @step('Log in as "{user}" with "{password}"', category="a", example="a", user="who", password="secret")
    def log_in(context, user: Text, password: SecretText) -> None:
        """Logs in."""

    (definition,) = definitions_of(log_in)
    assert definition.secrets == ("password",)
    assert definition.kind_of("password") == "text"
    assert StepDefinition("x", print, "a", "s", "x", (), "l", "BROWSER", None, None).secrets == ()
