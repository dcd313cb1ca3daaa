"""Sentences that type."""

from types import MappingProxyType

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from cometa_runner.steps import StepContext, step
from cometa_runner.steps.kinds import Selector, Text
from cometa_websteps.browser.field_content import replace_content
from cometa_websteps.meanings import ELEMENT

KEYS = MappingProxyType(
    {
        **{name: value for name, value in vars(Keys).items() if name.isupper()},
        "ESC": Keys.ESCAPE,
        "DEL": Keys.DELETE,
    }
)
"""Names of keys that a sentence may use instead of a text, written in capitals."""


@step(
    'Set value "{text}" on "{selector}"',
    category="mouse-keyboard",
    example='Set value "ada@example.org" on "#email"',
    text="new content, may be empty or multi-line",
    selector=ELEMENT,
)
def set_value(context: StepContext, text: Text, selector: Selector) -> None:
    """Replaces the whole content of an editable element and checks that it now holds exactly the text.

    Fires the usual input and change events; one clean second attempt, never a double entry.

    Contract: X-076.
    """
    replace_content(context, selector, text)


@step(
    'Send keys "{keys}"',
    category="mouse-keyboard",
    example='Send keys "hello world"',
    keys="text (may be multi-line) or one key name such as ENTER, ESC, F5, ARROW_DOWN",
)
def send_keys(context: StepContext, keys: Text) -> None:
    """Types the text, or presses the one named key, into the element that has the focus."""
    _press(context, KEYS.get(keys.strip()) or keys.replace("\r\n", "\n").replace("\n", Keys.ENTER))


@step(
    'Clear value on "{selector}"',
    category="mouse-keyboard",
    example='Clear value on "#search"',
    selector=ELEMENT,
)
def clear_value(context: StepContext, selector: Selector) -> None:
    """Empties an editable element, fires change events and checks that nothing is left."""
    replace_content(context, selector, "")


@step("Press Enter", category="mouse-keyboard", example="Press Enter")
def press_enter(context: StepContext) -> None:
    """Presses Enter in the element that has the focus."""
    _press(context, Keys.ENTER)


@step("Press TAB", category="mouse-keyboard", example="Press TAB")
def press_tab(context: StepContext) -> None:
    """Presses Tab in the element that has the focus."""
    _press(context, Keys.TAB)


def _press(context: StepContext, keys: str) -> None:
    ActionChains(context.driver).send_keys(keys).perform()
