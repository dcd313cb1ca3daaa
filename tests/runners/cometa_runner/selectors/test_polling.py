"""What driver errors mean to a poll and to a step (runner E.1 point 7, D.3, D.7)."""

import pytest
from selenium.common.exceptions import (
    JavascriptException,
    NoSuchFrameException,
    StaleElementReferenceException,
    TimeoutException,
    UnexpectedAlertPresentException,
    WebDriverException,
)

from cometa_runner.selectors import poll_page, step_failure
from cometa_runner.steps import Deadline, StepFailure


def first_raising(error: Exception):
    """Give a question that fails once and is answered then."""
    errors = [error]

    def question() -> str:
        if errors:
            raise errors.pop()
        return "answer"

    return question


@pytest.mark.parametrize(
    "error",
    [
        StaleElementReferenceException("stale"),
        JavascriptException("the document went away"),
        TimeoutException("busy"),
        WebDriverException("aborted by navigation: loader has changed while resolving nodes"),
        WebDriverException("cannot determine loading status"),
    ],
)
def test_a_document_that_changes_is_asked_again(error) -> None:
    assert poll_page(Deadline(2), first_raising(error)) == "answer"


@pytest.mark.parametrize("error", [WebDriverException("disconnected: not connected to DevTools"), WebDriverException()])
def test_a_browser_that_is_lost_is_not_asked_again(error) -> None:
    """X-084: the runner probes it."""
    with pytest.raises(WebDriverException):
        poll_page(Deadline(2), first_raising(error))
    assert step_failure(error) is None


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (UnexpectedAlertPresentException("open", alert_text="Sure?"), "dialog-open", 'a dialog that says "Sure?"'),
        (NoSuchFrameException("gone"), "not-found", "it was closed"),
    ],
)
def test_what_a_tester_can_do_something_about_fails_at_once(error, code, text) -> None:
    """X-083."""
    with pytest.raises(StepFailure) as failure:
        poll_page(Deadline(2), first_raising(error))
    assert failure.value.code == code
    assert text in failure.value.found


def test_a_command_that_takes_too_long_is_a_timeout_of_the_step() -> None:
    """X-074."""
    failure = step_failure(TimeoutException("page load"))
    assert failure is not None
    assert failure.code == "timeout"
