"""Sentences for dialogs, windows and frames."""

from typing import TYPE_CHECKING

from selenium.common.exceptions import ElementNotInteractableException, NoAlertPresentException, NoSuchWindowException

from cometa_runner.selectors import Query, poll_page
from cometa_runner.selectors.look import Look
from cometa_runner.selectors.states import failure
from cometa_runner.steps import ElementNotFound, ElementNotInState, StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Selector, Text

if TYPE_CHECKING:
    # Only for the type checker: the web process loads step libraries without a driver.
    from selenium.webdriver.common.alert import Alert
    from selenium.webdriver.remote.webdriver import WebDriver


@step(
    "I can click OK on alert, confirm or prompt message",
    category="frames-tabs-alerts",
    example="I can click OK on alert, confirm or prompt message",
)
def accept_dialog(context: StepContext) -> None:
    """Waits for a browser dialog, records its text and accepts it; fails when none opens before the deadline.

    Contract: X-083.
    """
    _dialog(context).accept()


@step("Dismiss the open dialog", category="frames-tabs-alerts", example="Dismiss the open dialog")
def dismiss_dialog(context: StepContext) -> None:
    """Waits for a browser dialog, records its text and cancels it.

    Contract: X-083.
    """
    _dialog(context).dismiss()


@step(
    'Answer the open dialog with "{text}"',
    category="frames-tabs-alerts",
    example='Answer the open dialog with "Ada"',
    text="text typed into the prompt",
)
def answer_dialog(context: StepContext, text: Text) -> None:
    """Waits for a prompt, types the text and accepts it.

    Contract: X-083.
    """
    dialog = _dialog(context)
    try:
        dialog.send_keys(text)
    except ElementNotInteractableException as error:
        raise StepFailure(
            "not-operable",
            expected="a dialog that takes a text",
            found=f"one that only says {quoted(dialog.text)}; it stays open",
        ) from error
    dialog.accept()


def _dialog(context: StepContext) -> "Alert":
    """Wait for a dialog and record its text."""
    driver = context.driver

    def question() -> "Alert | None":
        try:
            return driver.switch_to.alert
        except NoAlertPresentException:
            return None

    dialog = poll_page(context.deadline, question)
    if dialog is None:
        waited = context.deadline.elapsed_ms()
        raise StepFailure("not-found", expected="an open dialog", found="none", waited_ms=waited)
    context.detail(f"The dialog says {quoted(dialog.text)}.")
    return dialog


@step(
    "I can switch to new Window",
    category="frames-tabs-alerts",
    example="I can switch to new Window",
)
def switch_to_new_window(context: StepContext) -> None:
    """Waits until a second window or tab exists and switches to the one opened last."""
    driver = context.driver

    def question() -> str | None:
        # Drivers list windows in the order in which they were opened.
        handles = driver.window_handles
        return handles[-1] if len(handles) > 1 else None

    newest = poll_page(context.deadline, question)
    if newest is None:
        waited = context.deadline.elapsed_ms()
        raise StepFailure("not-found", expected="a second window", found="only one", waited_ms=waited)
    driver.switch_to.window(newest)


@step(
    'Switch to the window titled "{title}"',
    category="frames-tabs-alerts",
    example='Switch to the window titled "Invoice"',
    title="exact title, or a part when no title is equal",
)
def switch_to_titled(context: StepContext, title: Text) -> None:
    """Waits for a window with this title and switches to it."""
    wanted = title.strip()
    if not wanted:
        raise StepFailure("bad-value", expected="the title of a window", found="an empty text")
    driver = context.driver
    before, titles = _window_of(driver), dict[str, str]()

    def question() -> str | None:
        known = dict(titles)
        titles.clear()
        titles.update({handle: _title_of(driver, handle) for handle in driver.window_handles})
        equal = [handle for handle, shown in titles.items() if shown == wanted]
        # A part counts only once nothing changes: the window with the equal title may be loading.
        parts = [handle for handle, shown in titles.items() if wanted in shown] if titles == known else []
        return next(iter(equal or parts), None)

    # Asking for a title means going there; the step ends in the window found, else where it began.
    chosen = poll_page(context.deadline, question)
    if chosen or before:
        driver.switch_to.window(chosen or before)
    if chosen is None:
        listed = ", ".join(quoted(shown) for shown in titles.values())
        waited = context.deadline.elapsed_ms()
        raise StepFailure(
            "not-found", expected=f"a window titled {quoted(wanted)}", found=f"the titles {listed}", waited_ms=waited
        )


def _window_of(driver: "WebDriver") -> str:
    """Give the window that commands go to; nothing when the page has closed it."""
    try:
        return driver.current_window_handle
    except NoSuchWindowException:
        return ""


def _title_of(driver: "WebDriver", handle: str) -> str:
    try:
        driver.switch_to.window(handle)
        return driver.title.strip()
    except NoSuchWindowException:
        return ""


@step(
    "I can switch to main Window",
    category="frames-tabs-alerts",
    example="I can switch to main Window",
)
def switch_to_main_window(context: StepContext) -> None:
    """Switches to the window the session started with."""
    _switch_to_oldest(context)


@step(
    'I can switch to iFrame with id "{iframe_id}"',
    category="frames-tabs-alerts",
    example='I can switch to iFrame with id "payment"',
    iframe_id="id of the frame; a whole number is a position counted from 1 when no such id exists",
)
def enter_frame_by_id(context: StepContext, iframe_id: Text) -> None:
    """Waits for the frame and enters it."""
    wanted = iframe_id.strip()
    if not wanted:
        raise StepFailure("bad-value", expected="the id of a frame", found="an empty text")
    ways = [_by_attribute("id", wanted)]
    if wanted.isdecimal():
        ways.append(("xpath", f"(//iframe | //frame)[{int(wanted)}]"))
    _enter(context, Query(wanted, tuple(ways)))


@step(
    'I can switch to iFrame with name "{iframe_name}"',
    category="frames-tabs-alerts",
    example='I can switch to iFrame with name "mail"',
    iframe_name="name attribute of the frame",
)
def enter_frame_by_name(context: StepContext, iframe_name: Text) -> None:
    """Waits for the frame and enters it."""
    wanted = iframe_name.strip()
    if not wanted:
        raise StepFailure("bad-value", expected="the name of a frame", found="an empty text")
    _enter(context, Query(wanted, (_by_attribute("name", wanted),)))


@step(
    'I can switch to iFrame with selector "{selector}"',
    category="frames-tabs-alerts",
    example='I can switch to iFrame with selector "iframe.checkout"',
    selector="frame element; any selector form",
)
def enter_frame_by_selector(context: StepContext, selector: Selector) -> None:
    """Waits for the frame and enters it."""
    _enter(context, selector)


@step("I switch to defaultContent", category="frames-tabs-alerts", example="I switch to defaultContent")
def leave_frames(context: StepContext) -> None:
    """Leaves all frames and returns to the top document."""
    context.driver.switch_to.default_content()


@step("I can close the window", category="frames-tabs-alerts", example="I can close the window")
def close_window(context: StepContext) -> None:
    """Closes the current window and switches to the main one, or to the first remaining; no fixed pause."""
    driver = context.driver
    if len(driver.window_handles) < 2:
        # Drivers end the session with its last window, and all that follows would report a lost browser.
        raise StepFailure(
            "not-found",
            expected="another window to go on with",
            found='none: it is the last one, which "Close the browser" closes',
        )
    driver.close()
    _switch_to_oldest(context)


def _switch_to_oldest(context: StepContext) -> None:
    context.driver.switch_to.window(context.driver.window_handles[0])


def _enter(context: StepContext, selector: str | Query) -> None:
    look = Look(most=1)
    found_one, last = context.elements.watch(
        selector, context.deadline, lambda found: found.facts.tag in {"iframe", "frame"}, look=look
    )
    if not found_one:
        actual = last.facts.description if last.matches else "no match"
        kind, code = (ElementNotInState, "not-operable") if last.matches else (ElementNotFound, "not-found")
        raise failure(kind, code, f'a frame "{last.given}"', actual, last)
    context.driver.switch_to.frame(last.elements[0])


def _by_attribute(name: str, value: str) -> tuple[str, str]:
    escaped = "".join(letter if letter.isalnum() else f"\\{ord(letter):x} " for letter in value)
    return "css", f'iframe[{name}="{escaped}"], frame[{name}="{escaped}"]'
