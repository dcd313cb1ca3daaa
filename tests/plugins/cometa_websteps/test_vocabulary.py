"""The built-in libraries are the vocabulary of the contract (steps section 1)."""

import json
from pathlib import Path

import pytest

from cometa_core.plugin import info
from cometa_runner.steps import Match, StepLibrary
from cometa_websteps import plugin

CONTRACT = json.loads((Path(__file__).parent / "vocabulary.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", CONTRACT, ids=[entry["pattern"] for entry in CONTRACT])
def test_every_sentence_of_the_contract_is_declared_letter_by_letter(vocabulary, entry) -> None:
    """Steps 1.1, 1.2: pattern, category, library, example, and name, kind and meaning of each parameter."""
    definition = vocabulary.by_pattern(entry["pattern"])
    assert definition is not None
    parameters = [vars(parameter) for parameter in definition.parameters]
    declared = (definition.pattern, definition.category, definition.library, definition.example, parameters)
    assert declared == (entry["pattern"], entry["category"], entry["library"], entry["example"], entry["params"])


def test_the_libraries_declare_nothing_that_the_contract_has_not(vocabulary) -> None:
    """Steps 1.1: the list is the reference of the vocabulary."""
    known = {entry["pattern"] for entry in CONTRACT}
    assert {definition.pattern for definition in vocabulary.definitions} <= known


def test_every_example_means_its_own_sentence(vocabulary) -> None:
    for definition in vocabulary.definitions:
        found = vocabulary.match(definition.example)
        assert isinstance(found, Match)
        assert found.definition.pattern == definition.pattern


def test_sentences_with_seconds_of_their_own_raise_the_timeout(vocabulary) -> None:
    """Steps section 3, X-075."""
    for definition in vocabulary.definitions:
        seconds = [parameter.name for parameter in definition.parameters if parameter.kind == "seconds"]
        assert ([definition.waits] if definition.waits else []) == seconds


def test_the_sentences_of_blocks_carry_their_role(vocabulary) -> None:
    """Steps section 4."""
    roles = {definition.pattern: definition.block for definition in vocabulary.definitions if definition.block}
    assert roles == {
        'Run feature with id "{feature_id}" before continuing': "call_by_id",
        'Run feature with name "{feature_name}" before continuing': "call_by_name",
        'Loop "{x}" times starting at "{index}" and do': "loop",
        'For each "{variable}" in list "{list}" do': "for_each",
        'Repeat at most "{times}" times until "{left}" is "{operator}" "{right}" do': "repeat",
        "End Loop": "end_loop",
        "Break Loop": "break",
        "Continue Loop": "continue",
        'Only if "{left}" is "{operator}" "{right}" do': "condition",
        'Only if element "{selector}" is "{state}" do': "condition",
        'Otherwise only if "{left}" is "{operator}" "{right}" do': "otherwise",
        "Otherwise do": "otherwise",
        "End of condition": "end_condition",
        "Finish the feature here": "finish",
        'Throw an error with "{message}" and leave': "leave",
        'Define Custom Error Message for next step: "{error_message}"': "error_text",
        "################ {comment} ################": "comment",
        "#{comment}": "comment",
    }


def test_the_sentences_of_blocks_do_nothing_when_called(vocabulary) -> None:
    for definition in vocabulary.definitions:
        if definition.block and definition.block != "leave":
            values = {parameter.name: "1" for parameter in definition.parameters}
            assert definition.function(None, **values) is None


def test_the_plugin_offers_the_libraries_of_the_contract() -> None:
    """Steps 1.4."""
    assert isinstance(plugin.PLUGIN, info.PluginInfo)
    libraries = list(plugin.cometa_step_libraries())
    names = [library.name for library in libraries]
    assert sorted(names) == sorted(set(names))
    assert set(names) <= {entry["library"] for entry in CONTRACT}
    assert all(isinstance(library, StepLibrary) for library in libraries)
