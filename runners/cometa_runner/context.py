# Behave ships no types; subclassing it is the way it is extended.
# mypy: disallow-subclassing-any=False
"""behave's context as the run that step functions see.

Contract: runner C.5, G.3; ``cometa_runner.steps.StepContext`` is what it promises.
"""

import json
import mimetypes
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from behave.runner import Context, ModelRunner

from cometa_runner.attempt import Attempt
from cometa_runner.bounded import BoundedDriver
from cometa_runner.network import NetworkRecorder, no_network
from cometa_runner.protocol import LINE_BYTES
from cometa_runner.rows import Row
from cometa_runner.selectors import Elements
from cometa_runner.session import NoBrowserError
from cometa_runner.steps import Deadline, StepContext, StepFailure, StepSettings
from cometa_runner.steps.browser_socket import BrowserSocketError
from cometa_runner.steps.console import ConsoleEntry
from cometa_runner.steps.downloads import downloads_of
from cometa_runner.steps.kept import Thing
from cometa_runner.steps.pictures import PictureChecks
from cometa_runner.steps.variables import Variables, as_text


class RunContext(Context):
    """The context of an attempt: behave's attributes and those of ``StepContext``."""

    def __init__(self, runner: ModelRunner, attempt: Attempt) -> None:
        super().__init__(runner)
        self._attempt = attempt

    @property
    def driver(self) -> BoundedDriver:
        """The open browser; raises StepFailure ``browser-lost`` when there is none."""
        return self._attempt.session.driver

    @property
    def deadline(self) -> Deadline:
        """The deadline of the step that is executed."""
        return self._attempt.deadline

    @property
    def variables(self) -> Variables:
        """Variables and run parameters."""
        return self._attempt.variables

    @property
    def settings(self) -> StepSettings:
        """Settings of the site."""
        return self._attempt.settings

    @property
    def elements(self) -> Elements:
        """Finds elements of the current document."""
        return self._attempt.elements

    @property
    def workdir(self) -> Path:
        """Private folder of the run."""
        return self._attempt.workdir

    @property
    def pictures(self) -> PictureChecks:
        """Compares pictures of the page with baselines."""
        return self._attempt.pictures

    def console(self) -> Sequence[ConsoleEntry] | None:
        """Give what pages wrote to the console so far, oldest first; None where the browser does not tell."""
        return self._attempt.evidence.written(self._attempt.session.driver, self._row.identity())

    def network(self) -> NetworkRecorder:
        """Give the recorder of the browser's network.

        Raises:
            StepFailure: ``not-implemented`` where the session cannot report requests.
        """
        try:
            return self._attempt.evidence.recorder(self._attempt.session.driver)
        except BrowserSocketError as error:
            raise no_network(error) from error

    def warn(self, text: str) -> None:
        """Add a warning to the step; never changes its status."""
        self._attempt.warn(text)

    def detail(self, text: str) -> None:
        """Report progress or a decision of the step."""
        self._attempt.channel.emit("step_detail", {**self._row.identity(), "text": text})

    def note(self, title: str, content: str) -> None:
        """Attach a titled text to the step."""
        self._row.notes = {"title": title, "content": content}

    def attach(self, path: Path, kind: str) -> None:
        """Attach a file of the work folder to step and result.

        Raises:
            StepFailure: ``file`` when it is not there.  Contract: X-130.
        """
        found = path.resolve()
        if not found.is_relative_to(self.workdir.resolve()) or not found.is_file():
            raise StepFailure("file", expected=f"a file {path.name} in the folder of the run", found="none")
        self._row.files.append(path.name)
        self._attempt.attached.add(path.name)
        fields = {
            "file": os.path.relpath(found, self.workdir.resolve() / "artifacts"),
            "name": path.name,
            "mime": mimetypes.guess_type(path.name)[0],
            "kind": kind,
        }
        self._attempt.channel.emit("file", {**self._row.identity(), **fields})

    def store_variable(self, name: str, value: object, scope: str, *, secret: bool = False) -> None:
        """Set a variable for the run, or also in the store.

        Raises:
            StepFailure: ``limit`` when the value is too long to be sent.  Contract: runner G.3.
        """
        size = len(json.dumps(value, default=str))
        most = self._attempt.limits.get("line_bytes", LINE_BYTES) // 8
        if size > most:
            raise StepFailure("limit", expected=f"a value of at most {most:,} characters", found=f"{size:,}")
        asked = cast("Literal['run', 'environment']", scope)
        stored_in = self.variables.set(name, value, asked, secret=secret)
        known = self.variables.get(name)
        is_secret = known is not None and known.secret
        if is_secret:
            self.announce_secret(str(value))
        fields = {"name": name, "value": value, "scope": stored_in, "secret": is_secret}
        self._attempt.channel.emit("variable_set", {**self._row.identity(), **fields})

    @property
    def most_rounds(self) -> int:
        """Most rounds of a loop.  Contract: steps 4.4."""
        return self._attempt.limits["loop_rounds"]

    def set_loop_variable(self, name: str, value: object, *, secret: bool) -> None:
        """Set the variable of a loop for its next round.

        Unlike ``store_variable`` it is told to nobody: it is part of no step, and ten thousand rounds would be ten
        thousand events.
        """
        self.variables.set(name, value, secret=secret)
        if secret:
            self.announce_secret(as_text(value))

    def announce_secret(self, value: str) -> None:
        """Blank a value out in everything that follows.  Contract: runner G.5."""
        # The worker has to know what to blank out before it sees the value anywhere else.
        self._attempt.channel.emit("secret", {"value": value})
        self._attempt.pictures.add_secret(value)

    def keep(self, name: str, make: Callable[[], Thing], close: Callable[[Thing], None]) -> Thing:
        """Give what the run keeps under a name; made at the first use, closed at the end of the run."""
        return self._attempt.kept.keep(name, make, close)

    def ask(self, what: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the worker for something and wait for its answer.

        Raises:
            StepFailure: the worker refuses (its code and words), or does not answer in time.  Contract: runner B.3.
        """
        number = self._attempt.control.new_request()
        self._attempt.channel.emit("request", {**self._row.identity(), "id": number, "what": what, "data": dict(data)})
        answer = self.deadline.poll(lambda: self._attempt.control.reply(number))
        if answer is None:
            raise StepFailure("timeout", expected=f"an answer of the worker to {what}", found="none")
        known = answer.get("data") or {}
        if not answer.get("ok"):
            raise StepFailure(str(known.get("code", "internal")), str(known.get("message", f"{what} was refused.")))
        return cast("Mapping[str, Any]", known)

    def after_step(self, undo: Callable[[], object]) -> None:
        """Call a function when the step has ended and its picture is taken."""
        self._attempt.afterwards.add(undo)

    def open_browser(self) -> None:
        """Open a browser when none is open.

        Raises:
            StepFailure: ``browser-lost`` when it cannot be opened.
        """
        if self._attempt.session.is_open:
            return
        try:
            self._attempt.open_browser()
        except NoBrowserError as error:
            raise StepFailure("browser-lost", f"The browser cannot be opened: {error}") from error

    def close_browser(self) -> None:
        """Close the browser; the feature may open another one."""
        downloads_of(self, self.workdir, lambda: self.driver).fetch_rest()
        self._attempt.last_evidence()
        self._attempt.session.close()

    @property
    def _row(self) -> Row:
        assert self._attempt.row is not None
        return self._attempt.row


if TYPE_CHECKING:

    def _keeps_its_promise(context: RunContext) -> StepContext:
        return context
