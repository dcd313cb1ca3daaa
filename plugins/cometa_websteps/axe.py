"""Examines pages with axe-core, the engine of the package selenium-axe-python.

Contract: steps.json, category ``accessibility``.
"""

import functools
import importlib.resources
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import poll_page, run_script
from cometa_runner.steps import StepContext, StepFailure

IMPACTS: Final = ("minor", "moderate", "serious", "critical")
"""How bad a problem can be, the worst last."""

MOST_FRAMES: Final = 100
"""Frames of a page that are examined."""

FRAME_RULE: Final = "frame-tested"
"""Rule of the engine that names the frames which did not answer it."""

_MOST_NODES: Final = 10
_BUSY: Final = "already running"
_LOADED: Final = "return document.readyState === 'complete'"

# Frames of the document and of its open shadow roots; a frame of another origin shows no document.
_FRAMES: Final = """
const found = [];
const visit = (root) => {
  for (const element of root.querySelectorAll("*")) {
    if (["IFRAME", "FRAME"].includes(element.tagName)) found.push(element);
    if (element.shadowRoot) visit(element.shadowRoot);
  }
};
visit(document);
return found.filter((frame) => { try { return frame.contentDocument !== null; } catch { return false; } });
"""

# A page may bring another version of the engine.
_HAS_ENGINE: Final = "return window.axe !== undefined && window.axe.version === arguments[0]"

_EXAMINE: Final = """
const [root, options] = arguments;
return (async () => axe.run(root || document, options))().then(
  (result) => ({ violations: result.violations, incomplete: result.incomplete, passes: result.passes }),
  (error) => ({ problem: String((error && error.message) || error) }),
);
"""


@dataclass(frozen=True)
class Finding:
    """What one rule found.

    Attributes:
        rule: id of the rule, such as ``image-alt``.
        impact: one of ``IMPACTS``.
        help: the rule in a sentence.
        address: page that explains it.
        nodes: the elements, as the engine describes them: ``target``, ``html``, ``failureSummary``.
    """

    rule: str
    impact: str
    help: str
    address: str
    nodes: Sequence[Mapping[str, Any]]

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> "Finding":
        """Read a result of the engine; what has no impact counts as minor."""
        impact = found.get("impact")
        return cls(
            rule=str(found["id"]),
            impact=impact if impact in IMPACTS else IMPACTS[0],
            help=str(found.get("help", "")),
            address=str(found.get("helpUrl", "")),
            nodes=found["nodes"],
        )

    def short(self) -> str:
        """Name the rule, its impact and the number of elements."""
        count = len(self.nodes)
        return f"{self.rule} ({self.impact}, {count} element{'' if count == 1 else 's'}): {self.help}"

    def lines(self) -> Iterator[str]:
        """Describe what was found for people."""
        yield f"{self.impact.upper()}  {self.rule}: {self.help}"
        yield f"  {self.address}"
        for node in self.nodes[:_MOST_NODES]:
            yield f"  - {target_of(node)}  {node.get('html', '')}"
            yield from (f"      {line.strip()}" for line in str(node.get("failureSummary") or "").splitlines())
        if len(self.nodes) > _MOST_NODES:
            yield f"  ... and {len(self.nodes) - _MOST_NODES} more elements"


@dataclass(frozen=True)
class Examination:
    """What the engine found in a document and its frames.

    Attributes:
        problems: rules that are broken, the worst first.
        undecided: rules that a person has to look at.
        passed: rules that hold.
        unexamined: selectors of the frames that could not be examined: those of other origins and without scripts.
        raw: the answer of the engine.
    """

    problems: Sequence[Finding]
    undecided: Sequence[Finding]
    passed: Sequence[Finding]
    unexamined: Sequence[str]
    raw: Mapping[str, Any]

    def of_impact(self, impact: str) -> list[Finding]:
        """Give the problems of an impact or worse."""
        least = IMPACTS.index(impact)
        return [finding for finding in self.problems if IMPACTS.index(finding.impact) >= least]


def target_of(node: Mapping[str, Any]) -> str:
    """Write the place of an element: selectors of the frames around it, of shadow hosts, and its own."""
    return " > ".join(part if isinstance(part, str) else " >>> ".join(part) for part in node.get("target", ()))


def examine(
    context: StepContext, options: Mapping[str, Any], root_of: Callable[[], WebElement] | None = None
) -> Examination:
    """Examine the current document, or a part of it, with its frames of the same origin.

    Args:
        context: the run.
        options: of ``axe.run``.
        root_of: finds the part to examine; the whole document when missing.

    Raises:
        StepFailure: ``script-error`` when the engine cannot examine the page.
    """
    driver = context.driver
    problem = "a page that is still loading"

    def question() -> Examination | None:
        nonlocal problem
        if not run_script(driver, _LOADED):
            return None
        problem = "no answer in time"
        _prepare(context)
        root = root_of() if root_of is not None else None
        answer: dict[str, Any] = run_script(driver, _EXAMINE, root, options)
        if "problem" not in answer:
            return _examination(answer)
        problem = answer["problem"]
        # A page that examines itself is let finish.
        if _BUSY not in problem:
            raise _not_examined(context, problem)
        return None

    found = poll_page(context.deadline, question)
    if found is None:
        raise _not_examined(context, problem)
    return found


def _not_examined(context: StepContext, problem: str) -> StepFailure:
    return StepFailure(
        "script-error",
        expected="axe-core to examine the page",
        found=problem,
        waited_ms=context.deadline.elapsed_ms(),
    )


def _prepare(context: StepContext) -> None:
    """Bring the engine into the document and its frames of the same origin."""
    left = MOST_FRAMES

    def prepare_here() -> None:
        nonlocal left
        driver, (engine, version) = context.driver, _engine()
        if not run_script(driver, _HAS_ENGINE, version):
            run_script(driver, engine)
        for frame in run_script(driver, _FRAMES)[:left]:
            left -= 1
            context.deadline.check()
            driver.switch_to.frame(frame)
            try:
                prepare_here()
            finally:
                driver.switch_to.parent_frame()

    prepare_here()


@functools.cache
def _engine() -> tuple[str, str]:
    """Give the source of the engine and its version."""
    source = importlib.resources.files("selenium_axe_python").joinpath("axe-core", "axe.min.js").read_text("utf-8")
    version = source.partition("axe v")[2].partition("\n")[0].strip()
    return source, version


def _examination(answer: Mapping[str, Any]) -> Examination:
    def findings(name: str) -> list[Finding]:
        found = [Finding.read(item) for item in answer.get(name) or ()]
        return sorted(found, key=lambda finding: -IMPACTS.index(finding.impact))

    undecided = findings("incomplete")
    silent = [target_of(node) for finding in undecided if finding.rule == FRAME_RULE for node in finding.nodes]
    others = [finding for finding in undecided if finding.rule != FRAME_RULE]
    return Examination(findings("violations"), others, findings("passes"), silent, answer)
