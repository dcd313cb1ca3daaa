"""Places that browsers of other machines come from.  Contract: runner H.1, H.2, H.5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class SessionOrder:
    """What a session is opened for.

    Attributes:
        spec: resolved BrowserSpec of the result.
        run_id: key of the run.
        result_id: key of the result.
        feature_name: name of the feature.
        department_name: name of its department.
        video: True when the feature wants one.
        network_log: True when the network of the browser is recorded.
    """

    spec: Mapping[str, Any]
    run_id: int
    result_id: int
    feature_name: str
    department_name: str
    video: bool = False
    network_log: bool = False


@dataclass(frozen=True)
class CloudAccount:
    """Where sessions are, and who we are there; a password is never part of the address.

    Attributes:
        url: address of the hub.
        username: name of the account; empty where the hub asks for none.
        password: its password or access key.
    """

    url: str
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class SessionEnd:
    """How a session ends.

    Attributes:
        session_id: its id.
        name: name that people know it by.
        passed: False when a step failed or the run was stopped.
        error: first error; empty when it passed.
    """

    session_id: str
    name: str
    passed: bool
    error: str = ""


class Cloud(Protocol):
    """A cloud; all methods may be called by several threads, and none keeps a database transaction waiting for long.

    Attributes:
        name: value of ``cloud`` in BrowserSpecs.
        discovered: True when discovery keeps its list in the table of browsers; otherwise it is asked at each start.
        announces_end: True when ``after_session`` wants to be called before sessions are quit.
    """

    name: str
    discovered: bool
    announces_end: bool

    def list(self) -> Sequence[Mapping[str, Any]]:
        """Return the BrowserSpecs that can be used now; empty when only the table of browsers knows them.

        Raises:
            Unavailable: the cloud does not answer; nothing of it may be kept.
        """

    def resolve(self, spec: Mapping[str, Any]) -> str:
        """Return why a spec cannot be opened here, as a sentence; empty when it can."""

    def capabilities(self, order: SessionOrder) -> Mapping[str, Any]:
        """Return W3C capabilities of a session; credentials only inside a block with the vendor's prefix, if at all."""

    def options(self, order: SessionOrder) -> Mapping[str, Any]:
        """Return further fields of the browser of the plan, runner B.2: ``arguments``, ``headless``, ``vendor`` ..."""

    def account(self) -> CloudAccount:
        """Return where sessions are opened and ended."""

    def after_session(self, end: SessionEnd) -> None:
        """Tell the cloud how a session ends, before it is quit.

        Raises:
            Unavailable: it could not be told; the sentence becomes a warning in the log of the result.
        """
