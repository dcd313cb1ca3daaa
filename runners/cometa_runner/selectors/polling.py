"""One poll: the script call, and what its driver errors mean.

Contract: runner E.1 point 7, D.7.
"""

import functools
import importlib.resources
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from selenium.common.exceptions import (
    JavascriptException,
    NoSuchFrameException,
    NoSuchWindowException,
    StaleElementReferenceException,
    TimeoutException,
    UnexpectedAlertPresentException,
    WebDriverException,
)

from cometa_runner.selectors.look import Look
from cometa_runner.selectors.resolution import Resolution
from cometa_runner.selectors.syntax import Query
from cometa_runner.steps.deadline import Deadline
from cometa_runner.steps.failure import StepFailure, quoted

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

Answer = TypeVar("Answer")

# What Chromium's driver says when the document changes under a command: the next poll sees the new document.
_NAVIGATION_WORDS = ("aborted by navigation", "loading status", "execution context", "inspected target navigated")


@functools.cache
def resolve_script() -> str:
    """Read the script that answers a poll; it is part of the package."""
    return importlib.resources.files(__package__).joinpath("resolve.js").read_text(encoding="utf-8")


def ask(driver: "WebDriver", query: Query, look: Look, testid: str) -> Resolution:
    """Ask the page once, with one driver command.  Contract: X-093.

    Raises:
        StepFailure: ``bad-selector`` when the form of the selector is invalid for its strategy.
    """
    answer: dict[str, Any] = run_script(driver, resolve_script(), request_of(query, look, testid))
    if "problem" in answer:
        raise StepFailure(
            "bad-selector",
            expected=f"the selector {quoted(query.given)} to be valid",
            found=str(answer["problem"]),
            page=answer["page"]["url"],
            frame=answer["page"]["frame"],
        )
    return Resolution.read(query.given, answer)


def request_of(query: Query, look: Look, testid: str) -> dict[str, Any]:
    """Build the argument of ``resolve_script``."""
    return {**asdict(look), "strategies": query.strategies, "fixed": query.fixed, "testid": testid}


def run_script(driver: "WebDriver", script: str, *arguments: object) -> Any:
    """Run one of our own scripts in the page (pages' scripts have a sentence of their own)."""
    execute: Callable[..., Any] = driver.execute_script
    return execute(script, *arguments)


def poll_page(deadline: Deadline, question: Callable[[], Answer | None]) -> Answer | None:
    """Ask the page until it answers; a document that changes or is busy meanwhile is asked again.

    Args:
        deadline: how long to ask.
        question: sends driver commands; returns None while nothing is decided.

    Returns:
        The answer; None when the time is up.

    Raises:
        StepFailure: ``dialog-open``, or the window is gone.
        WebDriverException: anything else that goes wrong between driver and browser.
    """

    def patient_question() -> Answer | None:
        try:
            return question()
        except WebDriverException as error:
            known = as_failure(error)
            if known is not None:
                raise known from error
            if not _is_transient(error):
                raise
            return None

    return deadline.poll(patient_question)


def _is_transient(error: WebDriverException) -> bool:
    if isinstance(error, StaleElementReferenceException | JavascriptException | TimeoutException):
        return True
    text = (error.msg or "").lower()
    return any(words in text for words in _NAVIGATION_WORDS)


def as_failure(error: WebDriverException) -> StepFailure | None:
    """Translate a driver error that a tester can do something about; None for all others.

    A dialog stays open for the next step.  Contract: runner D.7, X-083.
    """
    if isinstance(error, UnexpectedAlertPresentException):
        return StepFailure(
            "dialog-open",
            expected="no dialog to be open",
            found=f"a dialog that says {quoted(error.alert_text or '')}",
        )
    if isinstance(error, NoSuchWindowException | NoSuchFrameException):
        return StepFailure(
            "not-found",
            expected="the window or frame of the last step",
            found="that it was closed; switch to another window or to the default content first",
        )
    return None


def step_failure(error: WebDriverException) -> StepFailure | None:
    """Translate a driver error that ended a step function; None when browser or driver are to be probed.

    Contract: runner D.3, D.5.
    """
    if isinstance(error, TimeoutException):
        return StepFailure("timeout", expected="the browser to finish within the step", found="it still busy")
    return as_failure(error)
