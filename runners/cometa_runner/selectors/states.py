"""The states that an element can be in, and how a message tells the wrong one.

Contract: steps section 6.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cometa_runner.selectors.resolution import Resolution, counted
from cometa_runner.steps.failure import ElementNotFound, ElementNotInState, StepFailure


@dataclass(frozen=True)
class State:
    """One word of the state list.

    Attributes:
        holds: whether a poll shows it.
        code: code of the failure when it is not reached.
        absence: whether it must hold for the settle time.
        point: whether the middle of the element is to be looked at.
        frames: whether two animation frames are to be compared.
    """

    holds: Callable[[Resolution], bool]
    code: str = "assertion"
    absence: bool = False
    point: bool = False
    frames: bool = False


def _exists(accepts: Callable[[Resolution], bool]) -> Callable[[Resolution], bool]:
    return lambda found: found.matches > 0 and accepts(found)


def _is_clickable(found: Resolution) -> bool:
    facts = found.facts
    return found.visible > 0 and facts.enabled and not facts.moving and facts.covered is None


STATES: Mapping[str, State] = MappingProxyType(
    {
        "present": State(_exists(lambda _found: True), "not-found"),
        "absent": State(lambda found: found.matches == 0, absence=True),
        "visible": State(lambda found: found.visible > 0, "not-visible"),
        "hidden": State(_exists(lambda found: found.visible == 0), absence=True),
        "gone": State(lambda found: found.visible == 0, absence=True),
        "enabled": State(_exists(lambda found: found.facts.enabled), "not-operable"),
        "disabled": State(_exists(lambda found: not found.facts.enabled)),
        "checked": State(_exists(lambda found: found.facts.checkable and found.facts.checked)),
        "unchecked": State(_exists(lambda found: found.facts.checkable and not found.facts.checked)),
        "focused": State(_exists(lambda found: found.facts.focused)),
        "editable": State(_exists(lambda found: found.facts.editable), "not-operable"),
        "clickable": State(_is_clickable, "not-operable", point=True, frames=True),
        "stable": State(_exists(lambda found: not found.facts.moving), "not-operable", frames=True),
        "loaded": State(_exists(lambda found: found.facts.loaded), "timeout"),
    }
)
"""All states by their word; ``loaded`` is used by one sentence and is not offered to testers."""

OFFERED_STATES = tuple(word for word in STATES if word != "loaded")
"""The words that a sentence may name."""


def not_in_state(state: str, found: Resolution) -> StepFailure:
    """Build the failure for an element that did not reach a state.  Contract: runner D.5, E.2, X-081."""
    wanted = "not to be seen" if state == "gone" else f"to be {state}"
    wording = f'element "{found.given}" {wanted}'
    if not found.matches and not STATES[state].absence:
        return failure(ElementNotFound, "not-found", wording, "no match", found)
    return failure(ElementNotInState, _code(state, found), wording, _found(state, found), found)


def failure(kind: type[StepFailure], code: str, expected: str, actual: str, found: Resolution) -> StepFailure:
    """Build a failure that tells what was tried, for how long and where."""
    return kind(
        code,
        expected=expected,
        found=actual,
        tried=found.efforts(),
        waited_ms=found.waited_ms,
        page=found.place.url,
        frame=found.place.frame,
    )


def _code(state: str, found: Resolution) -> str:
    if state != "clickable":
        return STATES[state].code
    if not found.visible:
        return "not-visible"
    return "covered" if found.facts.enabled and found.facts.covered else "not-operable"


def _found(state: str, found: Resolution) -> str:
    facts = found.facts
    if state in {"visible", "clickable", "editable"} and not found.visible:
        return f"{counted(found.matches)}, none visible"
    if STATES[state].absence:
        seen = f": {', '.join(found.described[:3])}" if found.described else ""
        return f"{counted(found.matches)}, {found.visible or 'none'} visible{seen}"
    words = [facts.description, "enabled" if facts.enabled else "disabled"]
    if state in {"checked", "unchecked"}:
        words.append(("checked" if facts.checked else "not checked") if facts.checkable else "without anything to tick")
    words += ["without the focus"] if state == "focused" else []
    words += [f"covered by {facts.covered}"] if facts.covered else []
    words += ["moving"] if facts.moving else []
    words += ["read-only or no field"] if state == "editable" and facts.enabled else []
    words += ["still loading"] if state == "loaded" else []
    return ", ".join(words)
