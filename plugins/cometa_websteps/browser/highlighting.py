"""Sentences that mark something in the picture of the step.

The marks are boxes over the page, so that nothing of the page itself changes.
"""

import functools

from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import Facts, Query, run_script
from cometa_runner.selectors.look import Look
from cometa_runner.steps import StepContext, step
from cometa_runner.steps.kinds import Selector, Text
from cometa_websteps.browser.page_text import shown_text, wait_until_shown
from cometa_websteps.meanings import ELEMENT

_MARKED = Look(acting=True, condition="any", most=1)

# arguments: the element, the text in it that is to be marked; without a text the element is marked.
_MARK = """
const [element, text] = arguments;
const fold = (piece) => piece.replace(/\\s+/g, " ").trim();

// The part of the element that shows the text, where that is within one piece of text.
function boxesOf() {
  if (!text) return [element.getBoundingClientRect()];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const words = fold(text).split(" ").map((word) => word.replace(/[.*+?^${}()|[\\]\\\\]/g, "\\\\$&"));
    const found = new RegExp(words.join("\\\\s+"), "i").exec(node.data);
    if (found) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      return [...range.getClientRects()];
    }
  }
  return [element.getBoundingClientRect()];
}

element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
for (const box of boxesOf()) {
  const mark = document.createElement("cometa-mark");
  const style = {
    all: "initial", position: "absolute", "box-sizing": "border-box", "pointer-events": "none", "z-index": 2147483647,
    outline: "3px solid red", left: `${box.left + scrollX}px`, top: `${box.top + scrollY}px`,
    width: `${box.width}px`, height: `${box.height}px`,
  };
  for (const [name, value] of Object.entries(style)) mark.style.setProperty(name, value, "important");
  document.documentElement.append(mark);
}
"""
_UNMARK = "document.querySelectorAll('cometa-mark').forEach((mark) => mark.remove())"


@step(
    'Highlight element with "{selector}"',
    category="diagnostics",
    example='Highlight element with "#total"',
    selector=ELEMENT,
)
def highlight_element(context: StepContext, selector: Selector) -> None:
    """Outlines the element in red for the picture of this step and removes the outline before the next step."""
    _mark(context, selector, "")


@step(
    'Highlight "{text}" on the page',
    category="diagnostics",
    example='Highlight "Total" on the page',
    text="text to mark",
)
def highlight_text(context: StepContext, text: Text) -> None:
    """Marks the first rendered occurrence of the text for the picture of this step.

    Removes the mark before the next step.
    """
    wait_until_shown(context, text)
    _mark(context, shown_text(text), text)


def _mark(context: StepContext, selector: str | Query, text: str) -> None:
    driver = context.driver

    def mark(element: WebElement, _facts: Facts) -> None:
        run_script(driver, _MARK, element, text)

    context.elements.act(selector, context.deadline, mark, look=_MARKED)
    context.after_step(functools.partial(run_script, driver, _UNMARK))
