"""The declaration of a sentence: one decorator on the function that carries it out.

Contract: steps section 1.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args, get_type_hints

from cometa_runner.steps.kinds import KIND_NAMES, Kind

DEFINITIONS_ATTRIBUTE = "__cometa_step__"
"""Attribute of a step function that holds its definitions, the topmost decorator first."""

BLOCK_ROLES = frozenset(
    {
        "loop",
        "for_each",
        "repeat",
        "end_loop",
        "condition",
        "otherwise",
        "end_condition",
        "call_by_id",
        "call_by_name",
        "break",
        "continue",
        "finish",
        "leave",
        "error_text",
        "comment",
    }
)
"""What a sentence can do to the structure of a plan instead of acting."""

PLACEHOLDER = re.compile(r"\{(\w+)\}")
"""A placeholder of a pattern; the group is its name."""

_SECTION = re.compile(r"^(Args|Raises|Returns|Contract):")

StepFunction = Callable[..., None]
FunctionType = TypeVar("FunctionType", bound=StepFunction)


@dataclass(frozen=True)
class Parameter:
    """One placeholder of a sentence.

    Attributes:
        name: name in the pattern and of the keyword argument.
        kind: word of steps section 3.
        meaning: what testers write here.
    """

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class StepDefinition:
    """One sentence of the vocabulary.

    Attributes:
        pattern: the sentence with ``{placeholders}``.
        function: carries it out; gets the context and one text for each placeholder.
        category: group in the list of actions.
        summary: what it does, from the docstring of the function.
        example: the sentence with values.
        parameters: the placeholders in the order of the pattern.
        library: name of the step library; empty until a vocabulary is loaded.
        step_type: ``BROWSER``, ``API``, ``MOBILE`` or ``DATABASE``.
        block: role in the structure of a plan (``BLOCK_ROLES``), None for sentences that act.
        waits: name of the parameter whose seconds raise the timeout of the step to at least value + 5.
        secrets: names of the parameters whose values are secrets, however they were written.  Contract: runner G.5.
    """

    pattern: str
    function: StepFunction
    category: str
    summary: str
    example: str
    parameters: tuple[Parameter, ...]
    library: str
    step_type: str
    block: str | None
    waits: str | None
    secrets: tuple[str, ...] = ()

    def kind_of(self, name: str) -> str:
        """Give the kind of a parameter by its name; ``text`` for a name that the sentence does not have."""
        return next((parameter.kind for parameter in self.parameters if parameter.name == name), "text")


def step(
    pattern: str,
    /,
    *,
    category: str,
    example: str,
    block: str | None = None,
    waits: str | None = None,
    step_type: str = "BROWSER",
    **meanings: str,
) -> Callable[[FunctionType], FunctionType]:
    """Declare a sentence; several declarations may share one function.

    Args:
        pattern: the sentence with ``{placeholders}``, named like the parameters of the function.
        category: group in the list of actions.
        example: the sentence with values.
        block: role in the structure of a plan, see ``BLOCK_ROLES``.
        waits: name of the parameter whose seconds raise the timeout of the step.
        step_type: ``BROWSER``, ``API``, ``MOBILE`` or ``DATABASE``.
        **meanings: what testers write for each placeholder.

    Raises:
        TypeError: sentence, function and meanings contradict each other.  Contract: steps 1.1.
    """

    def declare(function: FunctionType) -> FunctionType:
        definition = StepDefinition(
            pattern=pattern,
            function=function,
            category=category,
            summary=_summary(function),
            example=example,
            parameters=_parameters(pattern, function, meanings),
            library="",
            step_type=step_type,
            block=block,
            waits=waits,
            secrets=_secrets(function),
        )
        _check(definition)
        setattr(function, DEFINITIONS_ATTRIBUTE, (definition, *definitions_of(function)))
        return function

    return declare


def definitions_of(candidate: object) -> tuple[StepDefinition, ...]:
    """Give the definitions attached to a function; none for anything else."""
    found: Any = getattr(candidate, DEFINITIONS_ATTRIBUTE, ())
    return found if isinstance(found, tuple) else ()


def _summary(function: StepFunction) -> str:
    """Join the prose of the docstring, without its sections."""
    paragraphs = (inspect.getdoc(function) or "").split("\n\n")
    prose = [" ".join(paragraph.split()) for paragraph in paragraphs if not _SECTION.match(paragraph)]
    return " ".join(prose)


def _parameters(pattern: str, function: StepFunction, meanings: Mapping[str, str]) -> tuple[Parameter, ...]:
    names = PLACEHOLDER.findall(pattern)
    if len(set(names)) != len(names):
        raise TypeError(f"{pattern!r} uses a placeholder twice.")
    accepted = list(inspect.signature(function).parameters)[1:]
    if sorted(accepted) != sorted(names) or sorted(meanings) != sorted(names):
        raise TypeError(
            f"{pattern!r} has the placeholders {names}, its function {function.__qualname__} takes {accepted} and "
            f"meanings are given for {list(meanings)}: these must be the same names."
        )
    hints = get_type_hints(function, include_extras=True)
    return tuple(Parameter(name, _kind(pattern, name, hints.get(name)), meanings[name]) for name in names)


def _secrets(function: StepFunction) -> tuple[str, ...]:
    hints = get_type_hints(function, include_extras=True)
    kinds = ((name, extra) for name, hint in hints.items() for extra in get_args(hint)[1:] if isinstance(extra, Kind))
    return tuple(name for name, kind in kinds if kind.secret)


def _kind(pattern: str, name: str, annotation: object) -> str:
    for extra in get_args(annotation)[1:]:
        if isinstance(extra, Kind) and extra.name in KIND_NAMES:
            return extra.name
    raise TypeError(f"The parameter {name} of {pattern!r} needs an annotation of cometa_runner.steps.kinds.")


def _check(definition: StepDefinition) -> None:
    if not definition.summary:
        raise TypeError(f"The function of {definition.pattern!r} needs a docstring: testers read it.")
    if definition.block is not None and definition.block not in BLOCK_ROLES:
        raise TypeError(f"{definition.pattern!r} has the unknown block role {definition.block!r}.")
    if definition.waits is not None and definition.kind_of(definition.waits) != "seconds":
        raise TypeError(f"{definition.pattern!r}: waits must name a parameter of kind seconds.")
