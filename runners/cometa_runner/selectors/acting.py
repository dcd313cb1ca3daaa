"""Why an element cannot be acted on.

Contract: runner E.2, E.4, steps 7.6.
"""

from collections.abc import Iterator

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    MoveTargetOutOfBoundsException,
    NoSuchElementException,
    StaleElementReferenceException,
    WebDriverException,
)

from cometa_runner.selectors.look import Look
from cometa_runner.selectors.resolution import Resolution, counted
from cometa_runner.selectors.states import failure
from cometa_runner.steps.failure import ElementNotFound, ElementNotInState, StepFailure

# Each of them says that the driver did nothing, so that the action may be tried again.  Contract: steps 7.6.
WITHOUT_EFFECT = (
    StaleElementReferenceException,
    NoSuchElementException,
    ElementClickInterceptedException,
    ElementNotInteractableException,
    MoveTargetOutOfBoundsException,
)


class NotYet(Exception):
    """Raised by an action to be called again with what is found next; it must not have changed anything.

    Attributes:
        code: code of the failure when the time is up.
        expected: what the action needs.
        found: what there is instead.
    """

    def __init__(self, code: str, expected: str, found: str) -> None:
        super().__init__(expected)
        self.code = code
        self.expected = expected
        self.found = found


def obstacle(found: Resolution, look: Look, *, strict: bool) -> NotYet | None:
    """Say why the first match cannot be acted on; None when it can.

    Args:
        found: the poll.
        look: what the sentence needs.
        strict: whether several visible matches are refused.  Contract: X-096.
    """
    return next(_obstacles(found, look, strict=strict), None)


def _obstacles(found: Resolution, look: Look, *, strict: bool) -> Iterator[NotYet]:
    facts = found.facts
    if not found.matches:
        yield _refusal(found, "not-found", "no match")
    if not found.visible:
        yield _refusal(found, "not-visible", f"{counted(found.matches)}, none visible")
    if strict and found.visible > 1:
        yield _refusal(found, "ambiguous", f"{found.visible} visible matches: {', '.join(found.described)}")
    if look.condition != "any" and not facts.enabled:
        yield _refusal(found, "not-operable", f"{facts.description} disabled")
    if look.condition == "editable" and not facts.editable:
        yield _refusal(found, "not-operable", f"{facts.description}, which is read-only or no field")
    if facts.moving:
        yield _refusal(found, "not-operable", f"{facts.description} still moving")
    if look.point and facts.covered:
        yield _refusal(found, "covered", f"{facts.description} covered by {facts.covered}")


def refused(found: Resolution, error: WebDriverException) -> NotYet:
    """Say in the driver's words why an action had no effect."""
    reason = (error.msg or "").partition("\n")[0]
    return _refusal(found, "not-operable", f"{found.facts.description}, but {reason}")


def cannot_act(reason: NotYet | None, last: Resolution) -> StepFailure:
    """Build the failure for an action that was not possible before the deadline."""
    reason = reason or _refusal(last, "not-found", "a document that kept changing")
    kind = ElementNotInState if last.matches else ElementNotFound
    return failure(kind, reason.code, reason.expected, reason.found, last)


def _refusal(found: Resolution, code: str, actual: str) -> NotYet:
    return NotYet(code, f'an element "{found.given}" that can be operated', actual)
