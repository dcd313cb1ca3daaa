"""One try to execute a plan: everything its steps share.

Contract: runner B.2, D.
"""

import logging
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from cometa_runner.bidi_need import network_use, with_bidi
from cometa_runner.channel import ControlChannel, EventChannel
from cometa_runner.egress.policy import EgressPolicy
from cometa_runner.evidence import NOT_AVAILABLE, Evidence
from cometa_runner.flow import Counters, Flow
from cometa_runner.options import WINDOW
from cometa_runner.pictures import Pictures
from cometa_runner.protocol import Limits, PlanMessage
from cometa_runner.rows import Row, Rows
from cometa_runner.selectors import Elements
from cometa_runner.session import Session
from cometa_runner.session_news import SessionNews
from cometa_runner.steps import Deadline, StepSettings, Vocabulary
from cometa_runner.steps.afterwards import Afterwards
from cometa_runner.steps.kept import Kept
from cometa_runner.steps.variables import Variable, Variables

FOLDERS: Final = ("artifacts", "downloads", "uploads", "tmp")
"""Folders of a work folder.  Contract: runner B.1."""

DEFAULT_LIMITS: Final[Limits] = {"feature_s": 7500, "step_grace_s": 5, "rows": 100_000, "loop_rounds": 10_000}
"""Limits of a plan that names none."""

_OPEN_SECONDS = 60.0
_LAST_EVIDENCE_SECONDS = 2.0

logger = logging.getLogger(__name__)


class Attempt:
    """The state of one try.

    Attributes:
        plan: what is to be executed.
        channel: where events go.
        control: what the worker says.
        vocabulary: the sentences of the plan's libraries.
        limits: limits of the plan.
        workdir: private folder.
        flow: whether and how steps go on.
        rows: the step rows so far.
        settings: settings of the site.
        variables: variables and run parameters.
        counters: counters of the open loops.
        session: the browser.
        elements: finds elements in it.
        pictures: takes pictures of it.
        evidence: sources and console.
        kept: what steps keep until the end of the run.
        deadline: of the step that is executed.
        row: of the step that is executed; None before the first one.
        attached: names of the files that steps attached.
    """

    def __init__(
        self, plan: PlanMessage, channel: EventChannel, control: ControlChannel, vocabulary: Vocabulary
    ) -> None:
        self.plan = plan
        self.channel = channel
        self.control = control
        self.vocabulary = vocabulary
        self.limits: Limits = {**DEFAULT_LIMITS, **plan.get("limits", {})}
        self.workdir = Path(plan["workdir"])
        self.flow = Flow()
        self.rows = Rows(channel)
        self.row: Row | None = None
        self.attached: set[str] = set()
        self.deadline = Deadline(self.limits.get("open_s", _OPEN_SECONDS), control.stop)
        self._command_time = self.deadline
        self._end = time.monotonic() + self.limits["feature_s"]
        self.settings = settings_of(plan)
        self.variables = self._variables()
        self.counters = Counters(self.variables)
        news = SessionNews(plan["browser"], channel, control, self._verdict)
        self.session = Session(with_bidi(plan), self.workdir, self.command_seconds, lambda: self.deadline, news)
        self.elements = Elements(lambda: self.session.driver, self.settings)
        self.pictures = Pictures(self)
        self.evidence = Evidence(channel, self.workdir, self._step_number, network_use(plan))
        self.kept = Kept()
        self.afterwards = Afterwards()

    def open_browser(self) -> dict[str, Any]:
        """Open the browser, begin to watch it, and give the fields of ``started``.

        Raises:
            NoBrowserError: it cannot be opened.
        """
        started = self.session.open()
        if not self.session.is_open:
            return started
        told = self.evidence.watch(self.session.driver)
        return {**started, **told, "features": {**started["features"], **told["features"]}}

    def start_clock(self) -> None:
        """Begin the time of the feature; called when the browser is open."""
        self._end = time.monotonic() + self.limits["feature_s"]

    def time_left(self) -> float:
        """Give the seconds left for the feature."""
        return self._end - time.monotonic()

    def allow_step(self, seconds: float) -> None:
        """Begin the time of a step."""
        self.deadline = self._command_time = Deadline(seconds, self.control.stop, self.channel.step_clock)

    def allow_evidence(self, seconds: float) -> None:
        """Bound what is asked of the browser after a step; not ended by a cancel."""
        self._command_time = Deadline(seconds)

    def command_seconds(self) -> float:
        """Give the seconds that are left for commands of the present step or of its evidence."""
        return self._command_time.remaining()

    def last_evidence(self) -> None:
        """Report what the browser told since the last step, before it is closed; one that is gone tells nothing."""
        if not self.session.is_open or self.flow.aborted:
            return
        step = self.row.identity() if self.row is not None and self.row.seq else {}
        try:
            self.evidence.console(self.session.driver, step, at_once=True)
            self.evidence.network(self.session.driver, step)
        except NOT_AVAILABLE:
            logger.warning("The last console entries are missing", exc_info=True)

    def finish_evidence(self) -> None:
        """Report the last evidence of the attempt, within seconds even where the run was cancelled."""
        self.allow_evidence(_LAST_EVIDENCE_SECONDS)
        self.last_evidence()
        self.evidence.close()

    def _verdict(self) -> tuple[bool, str]:
        """Tell whether everything passed so far, and the first error."""
        stopped = self.flow.aborted or ("cancelled" if self.control.stop.is_set() else "")
        return not (stopped or self.rows.counts["fails"]), self.rows.first_error or str(stopped or "")

    def _step_number(self) -> int | None:
        return self.row.seq or None if self.row is not None else None

    def warn(self, text: str) -> None:
        """Add a warning to the current step, once."""
        if self.row is not None and text not in self.row.warnings:
            self.row.warnings.append(text)

    def _variables(self) -> Variables:
        stored = [
            Variable(variable["name"], variable["value"], variable["scope"], variable["secret"])
            for variable in self.plan.get("variables", [])
        ]
        name = (self.plan["browser"] or {}).get("timezone")
        zone = ZoneInfo(name) if name else UTC
        return Variables(
            stored,
            self.plan.get("parameters", {}),
            inline=self.plan.get("inline", {}),
            now=lambda: datetime.now(zone),
            warn=self.warn,
        )


def settings_of(plan: PlanMessage) -> StepSettings:
    """Take the settings for steps out of a plan; missing ones have their defaults."""
    known = plan.get("settings", {})
    usual = StepSettings()
    return StepSettings(
        see=known.get("see", usual.see),
        settle_seconds=known.get("settle_seconds", usual.settle_seconds),
        strict=known.get("strict", usual.strict),
        testid=known.get("testid", usual.testid),
        window=WINDOW,
        egress=EgressPolicy.of(plan.get("egress")),
        ca_file=known.get("ca_file", usual.ca_file),
        sql_rows=known.get("sql_rows", usual.sql_rows),
    )
