"""What holds for all sentences of the library for web pages."""

import pytest

from cometa_runner.steps import Match, NoMatch, StepFailure
from cometa_runner.steps.plain_context import PlainContext

WITHOUT_A_PAGE = {"I sleep", "I can sleep", "StartBrowser and"}


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A run whose browser was closed."""
    run = PlainContext(tmp_path_factory.mktemp("closed"), timeout=0.2)
    run.store_variable("names", "Ada; Bob", "run")
    return run


def test_every_sentence_says_that_no_browser_is_open(vocabulary, closed) -> None:
    """X-070: the failing case of the sentences that have no other; runner D.4."""
    definitions = [definition for definition in vocabulary.definitions if definition.library == "browser"]
    assert len(definitions) > 60
    for definition in definitions:
        if any(definition.pattern.startswith(words) for words in WITHOUT_A_PAGE):
            continue
        match = vocabulary.match(definition.example)
        assert isinstance(match, Match)
        with pytest.raises(StepFailure, match="Expected an open browser, found none") as failure:
            closed.perform(match.definition, match.values)
        assert failure.value.code == "browser-lost", definition.pattern


@pytest.mark.parametrize(
    ("sentence", "near"),
    [
        ('I can klick on button "Save"', 'I can click on button "{button_name}"'),
        ('Element "#a" shoud be "visible"', 'Element "{selector}" should be "{state}"'),
        ('Drag "#a" and drop in "#b"', 'Drag "{element_selector}" and drop it in "{destination_selector}"'),
        ("Delete the cookies", "Delete all cookies"),
    ],
)
def test_a_sentence_that_is_none_is_told_near_ones(vocabulary, sentence, near) -> None:
    """X-080."""
    found = vocabulary.match(sentence)
    assert isinstance(found, NoMatch)
    assert found.code == "undefined"
    assert near in found.near
    assert len(found.near) <= 3


def test_words_in_a_value_never_decide(vocabulary) -> None:
    """Steps 2.3."""
    match = vocabulary.match('I can see "Javascript tutorial"')
    assert match.definition.pattern == 'I can see "{something}"'
