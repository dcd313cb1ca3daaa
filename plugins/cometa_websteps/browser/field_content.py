"""Replaces the content of editable elements.

Contract: X-076.
"""

import functools
import importlib.resources
import re
from typing import Any

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import Facts, run_script
from cometa_runner.selectors.look import FIELD
from cometa_runner.steps import StepContext, StepFailure
from cometa_runner.steps.failure import quoted

# A driver would press keys for these: tabs move the focus, the private area names special keys, and Chromium's driver
# refuses what lies beyond the basic plane.
_NOT_TYPED = re.compile(r"[\t\ue000-\uf8ff\U00010000-\U0010ffff]")


def replace_content(context: StepContext, selector: str, text: str) -> None:
    """Give an editable element a new content and check it; a second attempt puts the whole text in at once.

    Raises:
        StepFailure: no such element, or ``assertion`` when it does not hold the text afterwards.
    """
    text = text.replace("\r\n", "\n")
    if enter_content(context, selector, text) == text:
        return
    held = context.elements.act(
        selector, context.deadline, lambda element, _facts: _inserted(context, element, text), look=FIELD
    )
    if held != text:
        facts = context.elements.record.facts if context.elements.record else Facts()
        raise StepFailure(
            "assertion",
            expected=f"{facts.description} to hold {quoted(text)}",
            found=f"{quoted(held)} after two attempts",
        )


def enter_content(context: StepContext, selector: str, text: str) -> str:
    """Give an editable element a new content, once; return what it holds then.

    Raises:
        StepFailure: no such element, or it cannot be written to.
    """
    text = text.replace("\r\n", "\n")
    return context.elements.act(
        selector, context.deadline, lambda element, _facts: _typed(context, element, text), look=FIELD
    )


def _typed(context: StepContext, element: WebElement, text: str) -> str:
    """Type over the old content as a person would; give what the element holds then."""
    before = _run(context, element, "select", "")
    one_line_too_few = "\n" in text and not before["lines"]
    if not before["typed"] or one_line_too_few or _NOT_TYPED.search(text):
        return _inserted(context, element, text)
    if text or before["content"]:
        element.send_keys(text or Keys.BACKSPACE)
    return str(_run(context, element, "read", "")["content"])


def _inserted(context: StepContext, element: WebElement, text: str) -> str:
    return str(_run(context, element, "insert", text)["content"])


def _run(context: StepContext, element: WebElement, task: str, text: str) -> dict[str, Any]:
    answer: dict[str, Any] = run_script(context.driver, _script(), element, task, text)
    return answer


@functools.cache
def _script() -> str:
    return importlib.resources.files(__package__).joinpath("field_content.js").read_text(encoding="utf-8")
