"""Loading step libraries (steps 1.4)."""

import sys
import types

import pytest

from cometa_runner.steps import StepLibrary, StepLibraryError, load_vocabulary, step


@pytest.fixture
def module_with(monkeypatch):
    """Give a function that makes an importable module with some sentences."""

    def make(name: str, *patterns: str, **attributes: object) -> StepLibrary:
        module = types.ModuleType(name)
        for number, pattern in enumerate(patterns):

            def function(context) -> None:
                """Does nothing."""

            function.__module__ = name
            setattr(module, f"step_{number}", step(pattern, category="a", example=pattern)(function))
        vars(module).update(attributes)
        monkeypatch.setitem(sys.modules, name, module)
        return StepLibrary(name.removeprefix("library_"), name, "A library")

    return make


def test_sentences_carry_the_name_of_their_library(module_with) -> None:
    vocabulary = load_vocabulary([module_with("library_one", "Jump"), module_with("library_two", "Run", "Walk")])
    assert [(found.library, found.pattern) for found in vocabulary.definitions] == [
        ("one", "Jump"),
        ("two", "Run"),
        ("two", "Walk"),
    ]


def test_a_library_may_spread_over_modules(module_with) -> None:
    module_with("library_inner", "Jump")
    vocabulary = load_vocabulary([module_with("library_outer", "Run", STEP_MODULES=("library_inner",))])
    assert [(found.library, found.pattern) for found in vocabulary.definitions] == [("outer", "Run"), ("outer", "Jump")]


def test_imported_functions_belong_to_the_module_that_wrote_them(module_with) -> None:
    module_with("library_first", "Jump")
    borrowed = sys.modules["library_first"].step_0
    assert load_vocabulary([module_with("library_second", "Run", borrowed=borrowed)]).by_pattern("Jump") is None


def test_two_libraries_with_one_sentence_are_refused_with_both_names(module_with) -> None:
    libraries = [module_with("library_one", "Jump  high"), module_with("library_two", "jump high")]
    with pytest.raises(StepLibraryError, match="one and two both define the sentence 'jump high'"):
        load_vocabulary(libraries)


def test_a_library_that_cannot_be_imported_is_named() -> None:
    with pytest.raises(StepLibraryError, match=r"step library lost .*cannot be imported: ModuleNotFoundError"):
        load_vocabulary([StepLibrary("lost", "no_such_module_anywhere", "Lost")])
