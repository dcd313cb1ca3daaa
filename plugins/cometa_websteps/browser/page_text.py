"""Looks for text in the current document: in what is shown, then in its source.

Contract: steps 7.5.
"""

import difflib

from cometa_runner.selectors import Query, Resolution, poll_page, run_script
from cometa_runner.selectors.resolution import counted
from cometa_runner.selectors.states import failure
from cometa_runner.steps import ElementNotFound, ElementNotInState, StepContext, StepFailure
from cometa_runner.steps.failure import quoted

# Shown text of the document and of all open shadow roots; line breaks of the layout count as blanks.
_COLLECT = """
const texts = [];
const collect = (root) => {
  for (const top of root === document ? [document.body || document.documentElement] : root.children) {
    texts.push(top.innerText ?? top.textContent ?? "");
  }
  for (const element of root.querySelectorAll("*")) if (element.shadowRoot) collect(element.shadowRoot);
};
collect(document);
const text = texts.join("\\n").slice(0, 20000);
"""
_TEXT = _COLLECT + "return text;"
_LOOK = (
    _COLLECT
    + """
const wanted = arguments[0];
const fold = (text) => text.replace(/\\s+/g, " ").trim();
const shown = texts.some((text) => text.includes(wanted) || fold(text).includes(fold(wanted)));
if (shown) return { where: "the text of the page" };
if (document.documentElement.outerHTML.includes(wanted)) return { where: "the page source" };
return {
  where: null,
  text,
  page: location.href,
  frame: window === window.top ? "top" : window.name || "a frame",
};
"""
)


def wait_for_text(context: StepContext, wanted: str) -> None:
    """Wait until the text is shown, or stands in the page source; the step records which of the two.

    Raises:
        StepFailure: ``assertion`` naming the most similar text that is shown.
    """
    if not wanted.strip():
        raise StepFailure("bad-value", expected="a text to look for", found="an empty text")
    driver = context.driver
    last: dict[str, str | None] = {}

    def question() -> str | None:
        last.update(run_script(driver, _LOOK, wanted))
        return last["where"] or None

    where = poll_page(context.deadline, question)
    if where is None:
        raise StepFailure(
            "assertion",
            expected=f"{quoted(wanted)} on the page",
            found=_similar(wanted, last.get("text") or ""),
            tried=("text of the page", "page source"),
            waited_ms=context.deadline.elapsed_ms(),
            page=last.get("page") or "",
            frame=last.get("frame") or "",
        )
    context.detail(f"Found in {where}.")


def wait_until_shown(context: StepContext, text: str) -> Resolution:
    """Wait until the text is really rendered; give what shows it.

    Raises:
        StepFailure: ``assertion`` naming a similar text, or ``not-visible`` naming what hides it.
    """
    shown, last = context.elements.reaches(shown_text(text), "visible", context.deadline)
    if shown:
        return last
    expected = f"the text {quoted(text)} to be shown"
    if last.matches:
        hidden = f"{counted(last.matches)}, none visible: {', '.join(last.described[:3])}"
        raise failure(ElementNotInState, "not-visible", expected, hidden, last)
    raise failure(ElementNotFound, "assertion", expected, similar_text(context, text), last)


def shown_text(text: str) -> Query:
    """Look for what shows a text: innermost elements and fields.

    Raises:
        StepFailure: ``bad-value`` for an empty text.
    """
    if not text.strip():
        raise StepFailure("bad-value", expected="a text to look for", found="an empty text")
    return Query(text, (("shown", text),), fixed=True)


def similar_text(context: StepContext, wanted: str) -> str:
    """Say for a message what a page shows instead of a text: the most similar line, else its beginning."""
    driver = context.driver
    text: str | None = poll_page(context.deadline.within(0), lambda: run_script(driver, _TEXT))
    return _similar(wanted, text or "")


def _similar(wanted: str, text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return "a page without text"
    near = difflib.get_close_matches(wanted, lines, n=1, cutoff=0.5)
    if near:
        return f"the similar text {quoted(near[0], 200)}"
    return f"no such text; the page begins with {quoted(' '.join(lines), 200)}"
