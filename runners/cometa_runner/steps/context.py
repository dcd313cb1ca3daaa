"""What a step function is given as its first argument.

Contract: runner C.5 and D.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from cometa_runner.egress.policy import EgressPolicy
from cometa_runner.steps.deadline import Deadline
from cometa_runner.steps.kept import Thing
from cometa_runner.steps.pictures import PictureChecks

if TYPE_CHECKING:
    # Only for the type checker: the web process loads step libraries without a browser.
    from selenium.webdriver.remote.webdriver import WebDriver

    from cometa_runner.network import NetworkRecorder
    from cometa_runner.selectors import Elements
    from cometa_runner.steps.console import ConsoleEntry
    from cometa_runner.steps.variables import Variables


@dataclass(frozen=True)
class StepSettings:
    """Settings of the site that change what sentences do.

    Attributes:
        see: what "see" means for elements: ``present`` or ``visible``.  Contract: steps 7.5.
        settle_seconds: how long a thing must be missing before an absence check passes.  Contract: steps 7.4.
        strict: acting sentences refuse several visible matches.  Contract: runner E.4.
        testid: attribute that the prefix ``testid=`` looks at.
        window: width and height in px that "maximise" sets where there is no screen.
        egress: where connections of steps may lead.  Contract: runner B.1.
        ca_file: file with certificates of more authorities that steps trust; empty for those of the system alone.
        sql_rows: most rows that a query keeps.
    """

    see: Literal["present", "visible"] = "present"
    settle_seconds: float = 1.0
    strict: bool = False
    testid: str = "data-testid"
    window: tuple[int, int] = (1920, 1080)
    egress: EgressPolicy = field(default_factory=EgressPolicy)
    ca_file: str = ""
    sql_rows: int = 1000


class StepContext(Protocol):
    """The run as a step function sees it.

    behave's own ``Context`` has a method ``attach`` of its own that cannot be hidden by assigning an attribute, so who
    calls step functions passes an object of its own or a subclass.
    """

    @property
    def driver(self) -> "WebDriver":
        """The open browser; raises StepFailure ``browser-lost`` when the feature closed it."""

    @property
    def deadline(self) -> Deadline:
        """The deadline of the step that is executed."""

    @property
    def variables(self) -> "Variables":
        """Variables and run parameters."""

    @property
    def settings(self) -> StepSettings:
        """Settings of the site."""

    @property
    def elements(self) -> "Elements":
        """Finds elements of the current document."""

    @property
    def workdir(self) -> Path:
        """Private folder of the run with ``uploads/`` and ``downloads/``."""

    @property
    def pictures(self) -> PictureChecks:
        """Compares pictures of the page with baselines."""

    def console(self) -> "Sequence[ConsoleEntry] | None":
        """Give what pages wrote to the console so far, oldest first; None where the browser does not tell."""

    def network(self) -> "NetworkRecorder":
        """Give the recorder of the browser's network.

        Raises StepFailure ``not-implemented`` where the session cannot report requests.
        """

    def warn(self, text: str) -> None:
        """Add a warning to the step; never changes its status."""

    def detail(self, text: str) -> None:
        """Report progress or a decision of the step."""

    def note(self, title: str, content: str) -> None:
        """Attach a titled text to the step."""

    def attach(self, path: Path, kind: str) -> None:
        """Attach a file of the work folder to step and result; kind is ``download``, ``attachment`` or ``report``."""

    def store_variable(self, name: str, value: object, scope: str, *, secret: bool = False) -> None:
        """Set a variable for the run (scope ``run``) or also in the store (``environment``).  Contract: runner G.3."""

    def announce_secret(self, value: str) -> None:
        """Blank a value out in everything that follows: events, logs, pictures.  Contract: runner G.5."""

    def keep(self, name: str, make: Callable[[], Thing], close: Callable[[Thing], None]) -> Thing:
        """Give what the run keeps under a name; made at the first use, closed at the end of the run.

        Names begin with the name of the step library, as in ``rest.session``.
        """

    def ask(self, what: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the worker for something (``send_mail``, ...) and wait for its answer.

        Raises StepFailure when it refuses or the time of the step is up.  Contract: runner B.3.
        """

    def after_step(self, undo: Callable[[], object]) -> None:
        """Call a function when the step has ended and its picture is taken; what it raises goes to the log."""

    def open_browser(self) -> None:
        """Open a browser when none is open."""

    def close_browser(self) -> None:
        """Close the browser; the feature may open another one."""
