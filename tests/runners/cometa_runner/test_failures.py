"""What exceptions of step functions mean for testers."""

import pytest
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    InvalidSelectorException,
    JavascriptException,
    NoSuchWindowException,
    StaleElementReferenceException,
    TimeoutException,
    UnexpectedAlertPresentException,
    WebDriverException,
)
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from cometa_runner.failures import browser_lost, error_of, failure_of, located
from cometa_runner.steps import ElementNotFound, StepFailure


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AssertionError("no duck"), "assertion"),
        (TimeoutException("slow"), "timeout"),
        (ReadTimeoutError(None, "/", "slow"), "timeout"),
        (InvalidSelectorException("a["), "bad-selector"),
        (ElementClickInterceptedException("banner"), "covered"),
        (StaleElementReferenceException("old"), "not-operable"),
        (JavascriptException("x is undefined"), "script-error"),
        (NoSuchWindowException("closed"), "navigation"),
        (WebDriverException("odd"), "internal"),
        (ProtocolError("cut off"), "internal"),
        (ConnectionRefusedError("refused"), "internal"),
        (KeyError("name"), "internal"),
    ],
)
def test_every_exception_has_a_code_of_the_contract_and_no_stack_trace_in_its_text(error, code):
    """runner D.5, D.6."""
    failure = failure_of(error)
    assert failure.code == code
    assert "Traceback" not in str(failure)
    assert str(failure).endswith(f"Code: {code}")


def test_only_the_first_line_of_a_driver_message_is_shown():
    failure = failure_of(WebDriverException("element odd\n  (Session info: chrome=1)\nStacktrace:\n#0 0x1"))
    assert str(failure).splitlines()[0] == "The browser refused: element odd"


def test_an_open_dialog_is_told_with_its_text():
    """X-083."""
    failure = failure_of(UnexpectedAlertPresentException("open", alert_text="Really?"))
    assert failure.code == "dialog-open"
    assert "Really?" in str(failure)


def test_a_failure_of_a_step_stays_what_it_is():
    failure = ElementNotFound("not-found", expected="a", found="b")
    assert failure_of(failure) is failure


def test_a_lost_browser_repeats_what_the_step_said_first():
    failure = browser_lost(StepFailure("timeout", "Nothing came.\nSecond line"))
    assert failure.code == "browser-lost"
    assert "The step said: Nothing came." in str(failure)


def test_the_page_is_added_where_none_is_named():
    """runner D.5."""
    assert located(StepFailure("timeout", "x"), "https://a").page == "https://a"
    assert located(StepFailure("timeout", "x", page="https://b"), "https://a").page == "https://b"


def test_an_error_of_an_event_has_the_text_for_testers_and_its_parts():
    """X-081."""
    failure = StepFailure("not-found", expected="a duck", found="none", tried=["css 0", "id 0"], waited_ms=20)
    assert error_of(failure) == {
        "code": "not-found",
        "message": str(failure),
        "expected": "a duck",
        "found": "none",
        "tried": ["css 0", "id 0"],
        "waited_ms": 20,
    }
