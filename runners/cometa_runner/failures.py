"""Every way a step can go wrong, as one kind of failure.

Contract: runner D.4 to D.7.
"""

import dataclasses
import http.client
import logging

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    InvalidSelectorException,
    JavascriptException,
    NoSuchElementException,
    NoSuchWindowException,
    StaleElementReferenceException,
    TimeoutException,
    UnexpectedAlertPresentException,
    WebDriverException,
)
from urllib3.exceptions import HTTPError, ReadTimeoutError

from cometa_runner.protocol import StepError
from cometa_runner.steps import StepFailure

logger = logging.getLogger(__name__)

_CODES: tuple[tuple[type[WebDriverException], str], ...] = (
    (TimeoutException, "timeout"),
    (InvalidSelectorException, "bad-selector"),
    (NoSuchElementException, "not-found"),
    (ElementClickInterceptedException, "covered"),
    (ElementNotInteractableException, "not-operable"),
    (StaleElementReferenceException, "not-operable"),
    (JavascriptException, "script-error"),
    (NoSuchWindowException, "navigation"),
)


def failure_of(error: BaseException) -> StepFailure:
    """Say for testers what an exception of a step function means; stack traces of unexpected ones go to the log."""
    if isinstance(error, StepFailure):
        return error
    if isinstance(error, AssertionError):
        return StepFailure("assertion", str(error) or "The check of the step did not hold.")
    if isinstance(error, UnexpectedAlertPresentException):
        found = f'a dialog with the text "{error.alert_text}"'
        return StepFailure("dialog-open", expected="no open dialog", found=found)
    logger.error("A step failed", exc_info=error)
    return StepFailure(*_code_and_text(error))


def _code_and_text(error: BaseException) -> tuple[str, str]:
    said = f"{type(error).__name__}: {_first_line(str(error))}"
    if isinstance(error, WebDriverException):
        code = next((code for kind, code in _CODES if isinstance(error, kind)), "internal")
        return code, f"The browser refused: {_first_line(error.msg or said)}"
    if isinstance(error, ReadTimeoutError):
        return "timeout", "The browser did not answer before the step's time was up."
    if isinstance(error, HTTPError | http.client.HTTPException | OSError):
        return "internal", f"The connection failed: {said}"
    return "internal", f"The step is broken: {said}"


def browser_lost(failure: StepFailure | None) -> StepFailure:
    """Describe a step whose browser is gone.  Contract: runner D.4."""
    before = f" The step said: {str(failure).splitlines()[0]}" if failure else ""
    return StepFailure("browser-lost", f"Expected the browser to answer, found it gone or hanging.{before}")


def located(failure: StepFailure, page: str) -> StepFailure:
    """Add the address of the page where the failure does not name one."""
    return failure if failure.page or not page else dataclasses.replace(failure, page=page)


def error_of(failure: StepFailure) -> StepError:
    """Write a failure as part of an event."""
    return {
        "code": failure.code,
        "message": str(failure),
        "expected": failure.expected,
        "found": failure.found,
        "tried": list(failure.tried),
        "waited_ms": failure.waited_ms,
    }


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
