"""Sentences that check elements."""

from cometa_runner.selectors import Query, Resolution, poll_page, run_script
from cometa_runner.selectors.look import Look
from cometa_runner.selectors.resolution import counted
from cometa_runner.selectors.states import failure
from cometa_runner.steps import ElementNotFound, ElementNotInState, StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Seconds, Selector, Text, Variable
from cometa_runner.steps.values import seconds, variable_name
from cometa_websteps.meanings import ELEMENT, LONGEST_WAIT, RESULT

IGNORE_CASE = "caseInsensitive:"
"""Prefix of a wanted part whose case does not matter."""

# Writes a colour as computed styles do; nothing for what is no colour.
_COLOUR = """
const text = arguments[0].trim();
if (!text || !CSS.supports("color", text)) return null;
const pencil = document.createElement("canvas").getContext("2d");
pencil.fillStyle = text;
const six = /^#(..)(..)(..)$/.exec(pencil.fillStyle);
return six ? `rgb(${six.slice(1).map((part) => parseInt(part, 16)).join(", ")})` : pencil.fillStyle;
"""


@step(
    'I can see element with css selector "{css_selector}"',
    category="assertions",
    example='I can see element with css selector ".basket"',
    css_selector=ELEMENT,
)
def see_element(context: StepContext, css_selector: Selector) -> None:
    """Waits until the element is seen.

    "Seen" means present in the document, with a warning when no match is visible, or visible if the site sets
    `cometa.step.see = visible`.

    Contract: steps 7.5.
    """
    found = context.elements.wait_for(css_selector, context.settings.see, context.deadline, "css")
    if not found.visible:
        context.warn(f'{counted(found.matches)} for "{css_selector}", but none is visible.')


@step(
    'I cannot see element with selector "{selector}"',
    category="assertions",
    example='I cannot see element with selector ".error"',
    selector="element that must not be seen",
)
def not_see_element(context: StepContext, selector: Selector) -> None:
    """Passes once the element has stayed unseen for the settle time after the document is loaded.

    Fails when it is still seen at the deadline and names the match.

    Contract: X-077, X-078.
    """
    state = "gone" if context.settings.see == "visible" else "absent"
    context.elements.wait_for(selector, state, context.deadline)


@step(
    'There is no coincidence with css selector "{selector}"',
    category="assertions",
    example='There is no coincidence with css selector "#spinner"',
    selector="element that must not exist",
)
def no_such_element(context: StepContext, selector: Selector) -> None:
    """Passes once no match has existed in the document for the settle time.

    Fails when one still exists at the deadline.

    Contract: X-077, X-078.
    """
    context.elements.wait_for(selector, "absent", context.deadline, "css")


@step(
    'Check if "{css_selector}" contains "{value}" in JS property "{js_property}"',
    category="assertions",
    example='Check if "#total" contains "42" in JS property "innerText"',
    css_selector=ELEMENT,
    value="expected part; prefix `caseInsensitive:` ignores case",
    js_property="DOM property such as innerText, value, checked",
)
def property_contains(context: StepContext, css_selector: Selector, value: Text, js_property: Text) -> None:
    """Waits until the DOM property of the element, as text, contains the value; the error shows the last value."""
    wanted = value.removeprefix(IGNORE_CASE)
    ignore_case = wanted != value

    def accepts(found: Resolution) -> bool:
        held = found.facts.value
        if held is None:
            return False
        return wanted.casefold() in held.casefold() if ignore_case else wanted in held

    look = Look(read=("property", js_property.strip()), most=1)
    contained, last = context.elements.watch(css_selector, context.deadline, accepts, first="css", look=look)
    if not contained:
        raise _property_failure(last, f"property {js_property}", wanted)


@step(
    'Check if "{css_selector}" contains "{value}" in "{css_property}"',
    category="assertions",
    example='Check if ".alert" contains "rgb(255, 0, 0)" in "color"',
    css_selector=ELEMENT,
    value="expected part; colours are compared in rgb form",
    css_property="CSS property name",
)
def style_contains(context: StepContext, css_selector: Selector, value: Text, css_property: Text) -> None:
    """Waits until the computed style property of the element contains the value."""
    name = css_property.strip()
    if not name:
        raise StepFailure("bad-value", expected="the name of a CSS property", found="an empty text")
    # An empty text tells the poll that there is an answer.
    colour: str = poll_page(context.deadline, lambda: run_script(context.driver, _COLOUR, value) or "") or value
    parts = (value.strip(), colour.strip())

    def accepts(found: Resolution) -> bool:
        held = found.facts.value
        return held is not None and any(part in held for part in parts)

    contained, last = context.elements.watch(
        css_selector, context.deadline, accepts, first="css", look=Look(read=("style", name), most=1)
    )
    if not contained:
        raise _property_failure(last, f"CSS property {name}", value)


@step(
    'I can see a link with "{linktext}"',
    category="assertions",
    example='I can see a link with "Terms"',
    linktext="exact link text, blanks trimmed",
)
def see_link(context: StepContext, linktext: Text) -> None:
    """Waits until a visible link with exactly this text exists."""
    if not linktext.strip():
        raise StepFailure("bad-value", expected="the text of a link", found="an empty text")
    link = Query(linktext, (("link", linktext),), fixed=True)
    seen, last = context.elements.reaches(link, "visible", context.deadline)
    if seen:
        return
    expected = f"a visible link with the text {quoted(linktext.strip())}"
    if last.matches:
        raise failure(ElementNotInState, "not-visible", expected, f"{counted(last.matches)}, none visible", last)
    raise failure(ElementNotFound, "not-found", expected, "no match", last)


def _property_failure(last: Resolution, name: str, wanted: str) -> StepFailure:
    expected = f'the {name} of "{last.given}" to contain {quoted(wanted)}'
    if not last.matches:
        return failure(ElementNotFound, "not-found", expected, "no match", last)
    held = last.facts.value
    return failure(ElementNotInState, "assertion", expected, "no such property" if held is None else quoted(held), last)


@step(
    'Validate if "{selector}" present in the browser in "{time}" seconds and save result in "{variable}"',
    category="assertions",
    example='Validate if "#cookie" present in the browser in "3" seconds and save result in "has_banner"',
    waits="time",
    selector=ELEMENT,
    time=LONGEST_WAIT,
    variable=RESULT,
)
def remember_presence(context: StepContext, selector: Selector, time: Seconds, variable: Variable) -> None:
    """Stores True as soon as the element exists, False when it does not within the time, for this run.

    Absence never fails the step.
    """
    _remember(context, selector, "present", time, variable)


@step(
    'Validate if "{selector}" appeared in the browser in "{time}" seconds and save result in "{variable}"',
    category="assertions",
    example='Validate if "#toast" appeared in the browser in "5" seconds and save result in "toast"',
    waits="time",
    selector=ELEMENT,
    time=LONGEST_WAIT,
    variable=RESULT,
)
def remember_appearance(context: StepContext, selector: Selector, time: Seconds, variable: Variable) -> None:
    """Stores True as soon as the element is visible (checked repeatedly), False when it is not within the time.

    The value is kept for this run.
    """
    _remember(context, selector, "visible", time, variable)


@step(
    'Assert if "{selector}" present in the browser in "{time}" seconds',
    category="assertions",
    example='Assert if "#result" present in the browser in "10" seconds',
    waits="time",
    selector=ELEMENT,
    time=LONGEST_WAIT,
)
def assert_presence(context: StepContext, selector: Selector, time: Seconds) -> None:
    """Fails unless the element exists in the document within the time."""
    context.elements.wait_for(selector, "present", context.deadline.within(seconds(time, "time")))


@step(
    'Assert if "{selector}" appeared in the browser in "{time}" seconds',
    category="assertions",
    example='Assert if "#result" appeared in the browser in "10" seconds',
    waits="time",
    selector=ELEMENT,
    time=LONGEST_WAIT,
)
def assert_appearance(context: StepContext, selector: Selector, time: Seconds) -> None:
    """Fails unless the element becomes visible within the time (checked repeatedly)."""
    context.elements.wait_for(selector, "visible", context.deadline.within(seconds(time, "time")))


def _remember(context: StepContext, selector: str, state: str, time: str, variable: str) -> None:
    name = variable_name(variable)
    reached, _last = context.elements.reaches(selector, state, context.deadline.within(seconds(time, "time")))
    context.detail(f"{name} is {reached}.")
    context.store_variable(name, str(reached), "run")
