"""Finds elements, waits for their states and acts on them.

Contract: runner section E, steps section 7.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from selenium.common.exceptions import WebDriverException

from cometa_runner.selectors.acting import WITHOUT_EFFECT, NotYet, cannot_act, obstacle, refused
from cometa_runner.selectors.look import CLICK, Look
from cometa_runner.selectors.polling import as_failure, ask, poll_page
from cometa_runner.selectors.resolution import Facts, Resolution
from cometa_runner.selectors.states import STATES, State, not_in_state
from cometa_runner.selectors.syntax import First, Query, parse
from cometa_runner.steps.context import StepSettings
from cometa_runner.steps.deadline import Deadline
from cometa_runner.steps.settling import Settling

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

Result = TypeVar("Result")


class Elements:
    """The elements of the current document of a browser.

    Args:
        driver_of: gives the open browser; raises StepFailure when there is none.
        settings: settings of the site.

    Attributes:
        record: the last resolution, for the report of the step; the runner clears it when a step begins.
    """

    def __init__(self, driver_of: Callable[[], "WebDriver"], settings: StepSettings) -> None:
        self._driver_of = driver_of
        self._settings = settings
        self.record: Resolution | None = None

    def resolve(self, selector: str | Query, first: First | None = None, look: Look | None = None) -> Resolution:
        """Look once, with one driver command.

        Args:
            selector: any form of runner E, or a query.
            first: strategy that the sentence names.
            look: what the sentence needs; checks by default.

        Raises:
            StepFailure: ``bad-value``, ``bad-selector`` or ``dialog-open``.  Contract: X-089, X-090, X-093.
        """
        query = selector if isinstance(selector, Query) else parse(selector, first)
        try:
            self.record = ask(self._driver_of(), query, look or Look(), self._settings.testid)
        except WebDriverException as error:
            known = as_failure(error)
            if known is None:
                raise
            raise known from error
        return self.record

    def watch(
        self,
        selector: str | Query,
        deadline: Deadline,
        accepts: Callable[[Resolution], bool],
        *,
        first: First | None = None,
        look: Look | None = None,
    ) -> tuple[bool, Resolution]:
        """Look until what is found is accepted or the time is up; a document that changes meanwhile is looked at again.

        Returns:
            Whether it was accepted, and the last resolution with its polls and waiting time.
        """
        query = selector if isinstance(selector, Query) else parse(selector, first)
        last = Resolution(query.given, polls=0)
        polls = 0

        def question() -> Resolution | None:
            nonlocal last, polls
            polls += 1
            found = self.resolve(query, look=look)
            last = self.record = replace(found, polls=polls, waited_ms=deadline.elapsed_ms() - begin)
            return last if accepts(last) else None

        begin = deadline.elapsed_ms()
        accepted = poll_page(deadline, question)
        return accepted is not None, last

    def reaches(
        self, selector: str | Query, state: str, deadline: Deadline, first: First | None = None
    ) -> tuple[bool, Resolution]:
        """Wait for a state and tell whether it came; absence must hold for the settle time.

        Args:
            selector: any form of runner E, or a query.
            state: a word of the state list (steps section 6).
            deadline: how long to wait.
            first: strategy that the sentence names.
        """
        wanted = STATES[state]
        look = Look(point=wanted.point, frames=wanted.frames, most=5)
        return self.watch(selector, deadline, self._acceptance(wanted, deadline), first=first, look=look)

    def wait_for(self, selector: str | Query, state: str, deadline: Deadline, first: First | None = None) -> Resolution:
        """Wait until the element has a state.

        Raises:
            ElementNotFound: nothing matches.
            ElementNotInState: something matches, but not in that state.  Contract: X-077, X-078, X-081.
        """
        reached, found = self.reaches(selector, state, deadline, first)
        if not reached:
            raise not_in_state(state, found)
        return found

    def _acceptance(self, wanted: State, deadline: Deadline) -> Callable[[Resolution], bool]:
        if not wanted.absence:
            return wanted.holds
        settling = Settling(self._settings.settle_seconds, deadline)
        return lambda found: settling.settled(
            found.place.document, missing=wanted.holds(found), loaded=found.place.loaded
        )

    def acting(self, selector: str | Query, deadline: Deadline, first: First | None = None) -> "WebElement":
        """Wait for an element that is visible, enabled and uncovered, and scroll it into view.

        Raises:
            ElementNotFound, ElementNotInState: no such element before the deadline.
        """
        return self.act(selector, deadline, lambda element, _facts: element, first=first)

    def act(
        self,
        selector: str | Query,
        deadline: Deadline,
        action: Callable[["WebElement", Facts], Result],
        *,
        first: First | None = None,
        look: Look = CLICK,
    ) -> Result:
        """Act once on the first usable match; again only when the driver says that nothing happened.

        Args:
            selector: any form of runner E, or a query.
            deadline: how long to try.
            action: gets the element, which is in view, and what it is like; may raise ``NotYet``.
            first: strategy that the sentence names.
            look: what the sentence needs of the element.

        Returns:
            What the action returned.

        Raises:
            ElementNotFound: nothing matches.
            ElementNotInState: it is hidden, disabled, covered or, in strict mode, not the only one.
                Contract: X-091, X-094, X-096.
        """
        results: list[Result] = []
        refusal: NotYet | None = None

        def accepts(found: Resolution) -> bool:
            nonlocal refusal
            refusal = obstacle(found, look, strict=self._settings.strict)
            if found.target is None or refusal is not None:
                return False
            try:
                results.append(action(found.target, found.facts))
            except NotYet as not_yet:
                refusal = not_yet
            except WITHOUT_EFFECT as error:
                refusal = refused(found, error)
            return refusal is None

        done, last = self.watch(selector, deadline, accepts, first=first, look=look)
        if not done:
            raise cannot_act(refusal, last)
        return results[0]
