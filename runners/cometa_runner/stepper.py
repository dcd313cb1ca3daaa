"""What happens around the function of a step: understanding it, its time, its evidence, its row.

Contract: runner D.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NoReturn

from cometa_runner.attempt import Attempt
from cometa_runner.evidence import NOT_AVAILABLE
from cometa_runner.failures import browser_lost, error_of, failure_of, located
from cometa_runner.leaf import Leaf
from cometa_runner.steps import Cancelled, StepFailure
from cometa_runner.steps.values import decimal_or_none

LONGEST_STEP: Final = 7200.0
"""Longest time of a step, seconds.  Contract: runner C.2.6."""

_WAIT_MARGIN = 5.0
_EVIDENCE_SECONDS = 10.0
_LEAST_EVIDENCE_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Stepper:
    """Executes single leaves of an attempt.

    Args:
        attempt: the attempt.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt

    def may_begin(self) -> bool:
        """Check cancel and limits before a step.  Contract: runner D.1."""
        flow = self._attempt.flow
        if self._attempt.control.stop.is_set():
            flow.stop("cancelled")
        elif self._attempt.time_left() <= 0:
            flow.stop("after_failure", "feature_limit")
        return not flow.halted

    def prepare(self, leaf: Leaf) -> tuple[Callable[..., None], dict[str, str]]:
        """Give the function of a leaf and its expanded values; one that raises where the leaf is not understood."""
        self._attempt.row = leaf.row
        try:
            return self._understood(leaf)
        except StepFailure as failure:
            return _raising(failure), {}

    def begin(self, leaf: Leaf) -> None:
        """Report the step and start its time."""
        seconds = self._seconds(leaf)
        self._announce_secrets(leaf)
        self._attempt.rows.begin(leaf.row, round(seconds * 1000))
        self._attempt.elements.record = None
        self._attempt.allow_step(seconds)

    def conclude(self, leaf: Leaf) -> None:
        """Collect evidence, report how the step ended and decide whether the next one follows."""
        record = self._attempt.elements.record
        leaf.row.selector = record.as_record() if record is not None else None
        if isinstance(leaf.exception, Cancelled):
            self._attempt.flow.stop("cancelled")
            self._attempt.rows.end(leaf.row, "Skipped", None)
            return
        failure = failure_of(leaf.exception) if leaf.exception is not None else None
        grace = self._attempt.deadline.remaining() + self._attempt.limits["step_grace_s"] - 1
        self._attempt.allow_evidence(min(_EVIDENCE_SECONDS, max(_LEAST_EVIDENCE_SECONDS, grace)))
        failure = self._with_browser_state(failure)
        failure = self._reworded(leaf, self._with_evidence(leaf, failure))
        self._attempt.afterwards.run()
        self._attempt.rows.end(leaf.row, "Failed" if failure else "Success", error_of(failure) if failure else None)
        if failure is not None and self._attempt.time_left() <= 0:
            # The step failed because the feature had no more time for it: that is the feature's limit, not a verdict.
            self._attempt.flow.stop("after_failure", "feature_limit")
        self._follow(leaf, failure)

    def _announce_secrets(self, leaf: Leaf) -> None:
        """Say which values of a sentence are secret before anything shows the sentence.  Contract: runner G.5."""
        for name in leaf.definition.secrets if leaf.definition is not None else ():
            value = leaf.row.values.get(name)
            if value:
                self._attempt.channel.emit("secret", {"value": value})
                self._attempt.pictures.add_secret(value)

    def _understood(self, leaf: Leaf) -> tuple[Callable[..., None], dict[str, str]]:
        node, most = leaf.node, self._attempt.limits["rows"]
        if self._attempt.rows.seq + 1 >= most:
            raise StepFailure("limit", f"Expected at most {most:,} executed steps, found more: the feature ends here.")
        problem = node["problem"]
        definition = self._attempt.vocabulary.by_pattern(node["pattern"]) if node["pattern"] else None
        if problem is not None or definition is None:
            code = problem["code"] if problem is not None else "undefined"
            raise _not_understood(code, node["text"], problem["near"] if problem is not None else [])
        leaf.definition = definition
        values = self._attempt.variables.expand_values(definition, node["params"])
        leaf.row.values = values
        decide = leaf.decide
        return (definition.function if decide is None else lambda context, **_values: decide(context)), values

    def _seconds(self, leaf: Leaf) -> float:
        """Give the time of a step: its own, more for sentences that wait, never more than the feature has left."""
        seconds = float(leaf.node["flags"]["timeout"])
        if leaf.definition is not None and leaf.definition.waits is not None:
            named = decimal_or_none(leaf.row.values[leaf.definition.waits])
            seconds = max(seconds, float(named or 0) + _WAIT_MARGIN)
        return max(0.0, min(seconds, LONGEST_STEP, self._attempt.time_left()))

    def _with_browser_state(self, failure: StepFailure | None) -> StepFailure | None:
        """Tell a failed step from a lost browser, and say on which page it failed.  Contract: X-084."""
        session = self._attempt.session
        if failure is None or not session.is_open:
            return failure
        if session.is_lost():
            self._attempt.flow.stop("after_failure", "browser_lost")
            return browser_lost(failure)
        if failure.code == "dialog-open" or failure.page:
            return failure
        try:
            return located(failure, session.driver.current_url)
        except NOT_AVAILABLE:
            return failure

    def _with_evidence(self, leaf: Leaf, failure: StepFailure | None) -> StepFailure | None:
        """Take picture, source and console; give the failure of the step, which may be one of its picture."""
        if not self._attempt.session.is_open or self._attempt.flow.aborted:
            return failure
        failure = self._attempt.pictures.conclude(leaf, failure)
        try:
            self._evidence(leaf, failure)
        except NOT_AVAILABLE as error:
            logger.warning("Evidence is missing", exc_info=error)
            reason = str(getattr(error, "msg", None) or error).partition("\n")[0]
            self._attempt.warn(f"Source or console could not be taken: {reason}")
        return failure

    def _evidence(self, leaf: Leaf, failure: StepFailure | None) -> None:
        evidence, driver = self._attempt.evidence, self._attempt.session.driver
        step = leaf.row.identity()
        evidence.console(driver, step, at_once=failure is not None)
        evidence.network(driver, step)
        if failure is not None and (leaf.definition is None or leaf.definition.step_type == "BROWSER"):
            evidence.source(driver, step)

    def _reworded(self, leaf: Leaf, failure: StepFailure | None) -> StepFailure | None:
        """Put the text that an earlier step defined in front of a failure; a passing step uses it up.

        Contract: X-072.
        """
        block = leaf.definition.block if leaf.definition else None
        if block == "comment":
            return failure
        flow = self._attempt.flow
        text, flow.error_text = flow.error_text, ""
        if block == "error_text" and failure is None:
            flow.error_text = leaf.row.values["error_message"]
        if failure is None or not text:
            return failure
        return replace(failure, message=f"{text}\n{str(failure).partition(chr(10))[0]}")

    def _follow(self, leaf: Leaf, failure: StepFailure | None) -> None:
        flow, block = self._attempt.flow, leaf.definition.block if leaf.definition else None
        leaf.succeeded = failure is None
        if failure is not None:
            leaf.fail()
            at_limit = leaf.row.seq >= self._attempt.limits["rows"]
            if at_limit or block == "leave" or not leaf.node["flags"]["continue_on_failure"]:
                flow.stop("after_failure")
        elif block == "finish":
            flow.stop("finished_early")
        elif block in {"break", "continue"}:
            flow.jump = "break" if block == "break" else "continue"


def _raising(failure: StepFailure) -> Callable[..., None]:
    def fail(_context: object) -> NoReturn:
        raise failure

    return fail


def _not_understood(code: str, text: str, near: list[str]) -> StepFailure:
    what = "fits several sentences of the vocabulary" if code == "ambiguous" else "is no sentence of the vocabulary"
    hint = " Similar: " + "; ".join(near) if near else ""
    return StepFailure(code, f"{text!r} {what}.{hint}")
