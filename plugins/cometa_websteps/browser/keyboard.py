"""Sentences that type."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import Facts, NotYet, run_script
from cometa_runner.selectors.look import FOCUS
from cometa_runner.steps import StepContext, step
from cometa_runner.steps.kinds import Selector, Text
from cometa_websteps.browser.field_content import enter_content, replace_content
from cometa_websteps.browser.key_names import KEYS, chords
from cometa_websteps.meanings import ELEMENT

# Gives what has the focus instead; nothing when the element has it.
_FOCUS = """
arguments[0].focus();
const focused = arguments[0].getRootNode().activeElement;
return focused === arguments[0] ? null : focused ? `<${focused.tagName.toLowerCase()}>` : "nothing";
"""


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
    'Set value "{text}" on "{selector}" and do not check the value',
    category="mouse-keyboard",
    example='Set value "1234567" on "#amount" and do not check the value',
    text="new content",
    selector=ELEMENT,
)
def set_value_unchecked(context: StepContext, text: Text, selector: Selector) -> None:
    """Replaces the content like Set value but does not compare afterwards (for fields that reformat input).

    Still fails when the element never becomes editable.
    """
    enter_content(context, selector, text)


@step(
    'Focus on element with "{css_selector}"',
    category="mouse-keyboard",
    example='Focus on element with "name=query"',
    css_selector=ELEMENT,
)
def focus(context: StepContext, css_selector: Selector) -> None:
    """Scrolls the element into view, gives it the focus and checks that it has it."""

    def give_focus(element: WebElement, facts: Facts) -> None:
        other: str | None = run_script(context.driver, _FOCUS, element)
        if other is not None:
            raise NotYet("not-operable", f"{facts.description} to take the focus", f"the focus on {other}")

    context.elements.act(css_selector, context.deadline, give_focus, first="css", look=FOCUS)


@step(
    'Press the following set of keys "{keySet}"',
    category="mouse-keyboard",
    example='Press the following set of keys "CTRL+A;DELETE"',
    keySet="`+` joins keys held together, `;` separates chords; PLUS and SEMICOLON name the characters",
)
def press_chords(context: StepContext, keySet: Text) -> None:  # noqa: N803 - the name stored features use
    """Presses key chords from a fixed table of key names in the focused element.

    An unknown name fails and lists near names.

    Contract: X-082.
    """
    actions = ActionChains(context.driver, duration=0)
    for chord in chords(keySet):
        for key in chord:
            actions.key_down(key)
        for key in reversed(chord):
            actions.key_up(key)
    actions.perform()


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
