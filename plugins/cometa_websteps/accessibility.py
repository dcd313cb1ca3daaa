"""Sentences that examine whether everybody can use a page.

Contract: steps.json, category ``accessibility``.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import run_script
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Option, Selector
from cometa_runner.steps.values import option
from cometa_websteps.axe import FRAME_RULE, IMPACTS, Examination, Finding, examine, target_of
from cometa_websteps.report_files import new_report

IMPACT: Final = "`minor`, `moderate`, `serious` or `critical`"
"""Meaning of the parameter that names an impact."""

NAME_RULES: Final = (
    "area-alt",
    "aria-command-name",
    "aria-dialog-name",
    "aria-input-field-name",
    "aria-meter-name",
    "aria-progressbar-name",
    "aria-toggle-field-name",
    "aria-tooltip-name",
    "aria-treeitem-name",
    "button-name",
    "frame-title",
    "image-alt",
    "input-button-name",
    "input-image-alt",
    "label",
    "link-name",
    "object-alt",
    "role-img-alt",
    "select-name",
    "svg-img-alt",
)
"""Rules of axe-core that ask for an accessible name."""

_PROBLEMS: Final = MappingProxyType({"resultTypes": ["violations", "incomplete"]})
_NAMES: Final = MappingProxyType(
    {
        "runOnly": {"type": "rule", "values": [*NAME_RULES, FRAME_RULE]},
        "resultTypes": ["violations", "passes", "incomplete"],
    }
)
_LONGEST_NOTE: Final = 30_000
_LISTED: Final = 5

_LABELS: Final = """
const found = [];
const visit = (root) => {
  for (const element of root.querySelectorAll("*")) {
    if (element.hasAttribute("aria-label")) {
      const start = element.cloneNode(false).outerHTML;
      found.push([element.tagName.toLowerCase(), element.getAttribute("aria-label"), start.slice(0, 300)]);
    }
    if (element.shadowRoot) visit(element.shadowRoot);
  }
};
visit(document);
return found;
"""


@step(
    'Page should have no accessibility problem of impact "{impact}" or worse',
    category="accessibility",
    example='Page should have no accessibility problem of impact "serious" or worse',
    impact=IMPACT,
)
def page_has_no_problem(context: StepContext, impact: Option) -> None:
    """Runs axe-core on the current document and its same-origin frames and attaches the report.

    Fails when a problem of this impact or worse is found.
    """
    least = option(impact, IMPACTS, "impact")
    _judge(context, examine(context, dict(_PROBLEMS)), least, "on the page")


@step(
    'Area "{selector}" should have no accessibility problem of impact "{impact}" or worse',
    category="accessibility",
    example='Area "#checkout" should have no accessibility problem of impact "moderate" or worse',
    selector="part of the page to check",
    impact=IMPACT,
)
def area_has_no_problem(context: StepContext, selector: Selector, impact: Option) -> None:
    """Examines one visible part of the page like the whole page."""
    least = option(impact, IMPACTS, "impact")

    def area() -> WebElement:
        return context.elements.wait_for(selector, "visible", context.deadline).elements[0]

    _judge(context, examine(context, dict(_PROBLEMS), area), least, f"in {quoted(selector)}")


def _judge(context: StepContext, found: Examination, least: str, where: str) -> None:
    """Attach the report, and fail when a problem is bad enough."""
    _attach(context, "accessibility", found, _summary(found, where))
    bad = found.of_impact(least)
    if bad:
        raise StepFailure(
            "assertion",
            expected=f"no accessibility problem of impact {quoted(least)} or worse {where}",
            found=f"{len(bad)}: {_listed(bad)}",
        )
    others = f"; below that: {_listed(found.problems)}" if found.problems else ""
    context.detail(f"No problem of impact {least} or worse {where}{others}.")


def _summary(found: Examination, where: str) -> list[str]:
    count = len(found.problems)
    lines = [f"{count} broken rule{'' if count == 1 else 's'} {where}, {len(found.undecided)} to be looked at."]
    if found.unexamined:
        lines.append(_unexamined(found))
    for finding in found.problems:
        lines += ["", *finding.lines()]
    if found.undecided:
        lines += ["", "To be looked at by a person:", *(f"  {finding.short()}" for finding in found.undecided)]
    return lines


def _attach(context: StepContext, stem: str, found: Examination, lines: Iterable[str]) -> None:
    """Attach what the engine found as JSON, and as a note for people."""
    if found.unexamined:
        context.warn(_unexamined(found))
    path = new_report(context, stem, ".json")
    path.write_text(json.dumps(_report(context, found.raw), ensure_ascii=False, indent=1), encoding="utf-8")
    context.attach(path, "report")
    text = "\n".join(lines)
    cut = "\n(cut, the attached report has everything)" if len(text) > _LONGEST_NOTE else ""
    context.note("Accessibility", text[:_LONGEST_NOTE] + cut)


def _unexamined(found: Examination) -> str:
    names = ", ".join(found.unexamined[:_LISTED])
    return (
        f"Frames not examined ({len(found.unexamined)}), being of other origins, without scripts or too many: {names}."
    )


def _report(context: StepContext, raw: Mapping[str, Any]) -> dict[str, Any]:
    return {"page": context.driver.current_url, **raw}


def _listed(findings: Iterable[Finding]) -> str:
    texts = [finding.short() for finding in findings]
    more = f"; and {len(texts) - _LISTED} more" if len(texts) > _LISTED else ""
    return "; ".join(texts[:_LISTED]) + more


@step(
    "Check accessibility compliance for aria-labels on current page",
    category="accessibility",
    example="Check accessibility compliance for aria-labels on current page",
)
def check_names(context: StepContext) -> None:
    """Attaches a report of elements without an accessible name, with a score; never fails."""
    try:
        found = examine(context, dict(_NAMES))
    except StepFailure as failure:
        if failure.code not in {"script-error", "timeout"}:
            raise
        context.warn(f"The page could not be examined: {failure.found}")
        return
    nameless = _targets(found.problems)
    named = _targets(finding for finding in found.passed if finding.rule != FRAME_RULE) - nameless
    total = len(nameless) + len(named)
    score = 100 if total == 0 else len(named) * 100 // total
    verdict = f"Score {score} %: {len(named)} of {total} elements have an accessible name."
    _attach(context, "accessible-names", found, [verdict, *_summary(found, "on the page")])
    context.detail(verdict)


def _targets(findings: Iterable[Finding]) -> set[str]:
    return {target_of(node) for finding in findings for node in finding.nodes}


@step(
    "Count the number of aria labels in the current page",
    category="accessibility",
    example="Count the number of aria labels in the current page",
)
def count_labels(context: StepContext) -> None:
    """Counts aria-label attributes and attaches the list."""
    labels: list[list[str]] = run_script(context.driver, _LABELS)
    path = new_report(context, "aria-labels", ".csv")
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("tag", "aria-label", "element"))
        writer.writerows(labels)
    context.attach(path, "report")
    context.detail(f"{len(labels)} aria-label attribute{'' if len(labels) == 1 else 's'}.")
