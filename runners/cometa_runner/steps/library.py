"""Step libraries and how a vocabulary is made of them.

Contract: steps 1.4.
"""

import importlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType

from cometa_runner.steps.definition import StepDefinition, definitions_of
from cometa_runner.steps.matching import Vocabulary, sentence_key


class StepLibraryError(Exception):
    """A step library cannot be loaded or contradicts another one; the text names the libraries."""


@dataclass(frozen=True)
class StepLibrary:
    """A module of step functions, offered by a plugin.

    Attributes:
        name: short name, such as ``browser``; plans and events use it.
        module: dotted name.  Its step functions belong to the library, and those of the modules that its
            ``STEP_MODULES`` (a tuple of dotted names) lists.
        title: one sentence for the list of libraries.
    """

    name: str
    module: str
    title: str


def load_vocabulary(libraries: Iterable[StepLibrary]) -> Vocabulary:
    """Import libraries and collect their sentences in order.

    Raises:
        StepLibraryError: a module cannot be imported, or a sentence is declared twice.
    """
    by_sentence: dict[str, StepDefinition] = {}
    for library in libraries:
        for definition in _definitions(library):
            key = sentence_key(definition.pattern)
            other = by_sentence.get(key)
            if other is not None:
                raise StepLibraryError(
                    f"The step libraries {other.library} and {library.name} both define the sentence "
                    f"{definition.pattern!r}. Remove one of the two libraries."
                )
            by_sentence[key] = definition
    return Vocabulary(by_sentence.values())


def reload_vocabulary(libraries: Iterable[StepLibrary]) -> Vocabulary:
    """Import libraries from their files once more and collect their sentences; afterwards imports give the new ones.

    Raises:
        StepLibraryError: as ``load_vocabulary``; then the modules stay the old ones.
    """
    wanted = tuple(libraries)
    old = {name: module for name, module in sys.modules.items() if any(_is_of(library, name) for library in wanted)}
    for name in old:
        del sys.modules[name]
    importlib.invalidate_caches()
    try:
        return load_vocabulary(wanted)
    except StepLibraryError:
        sys.modules.update(old)
        raise


def _is_of(library: StepLibrary, module: str) -> bool:
    return module == library.module or module.startswith(f"{library.module}.")


def _definitions(library: StepLibrary) -> Iterator[StepDefinition]:
    root = _imported(library, library.module)
    for module in (root, *(_imported(library, name) for name in getattr(root, "STEP_MODULES", ()))):
        for member in vars(module).values():
            # A function that a module merely imports belongs to the module that wrote it.
            if getattr(member, "__module__", None) == module.__name__:
                yield from (replace(definition, library=library.name) for definition in definitions_of(member))


def _imported(library: StepLibrary, name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:  # whatever a foreign module raises must name the library, not end in a traceback
        raise StepLibraryError(
            f"The step library {library.name} ({name}) cannot be imported: {type(error).__name__}: {error}."
        ) from error
