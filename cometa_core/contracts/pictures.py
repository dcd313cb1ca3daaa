"""Pictures that a run takes, and who compares them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from cometa_core.contracts.run import RunInfo

if TYPE_CHECKING:
    from cometa_core.runtime import Runtime
    from cometa_core.scope import Scope


@dataclass(frozen=True)
class PictureFile:
    """A PNG in the artifact store.

    Attributes:
        department_id: department under which the store keeps it.
        sha256: its hash in hexadecimal.
        size: bytes.
        width: pixels; None where nobody measured them.
        height: pixels; None where nobody measured them.
    """

    department_id: int
    sha256: str
    size: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class TakenPicture:
    """A picture of a step that is to be compared.  Contract: runner F.3.

    Attributes:
        run: the run and result.
        attempt: attempt of the result, from 1.
        sequence: step row of that attempt.
        step_uuid: stable identity of the step.
        path: calls and loop rounds around it.
        family: browser, lower case.
        platform: ``linux``, ``windows``, ``mac``, ``android`` or ``ios``.
        viewport: such as ``1920x1080@1``; empty where there is no browser.
        name: name that the sentence gives to the picture; empty for pictures of flags.
        file: where it is; None when it could not be taken.
        problem: why it could not be taken; empty otherwise.
        max_diff: threshold of sentence or step: pixels, or a share such as ``0.1%``; None = none of its own.
        regions: rectangles ``[x, y, width, height]`` in pixels that are left out.
    """

    run: RunInfo
    attempt: int
    sequence: int
    step_uuid: str
    path: str
    family: str
    platform: str
    viewport: str
    name: str
    file: PictureFile | None
    problem: str = ""
    max_diff: float | str | None = None
    regions: Sequence[Any] = ()


@dataclass(frozen=True)
class PictureVerdict:
    """What a comparison says.  Contract: runner F.4, F.5.

    Attributes:
        verdict: ``new``, ``equal``, ``within``, ``different``, ``size_changed``, ``pending`` or ``error``.
        pixel_diff: differing pixels; None when the comparison was impossible.
        limit: differing pixels that are allowed; None without threshold.
        fails: whether the step fails because of it.
        reason: sentence for people about a verdict that numbers do not explain; empty otherwise.
    """

    verdict: str
    pixel_diff: int | None
    limit: int | None = None
    fails: bool = False
    reason: str = ""


@dataclass(frozen=True)
class ComparedPicture:
    """A comparison that is to be kept.

    Attributes:
        taken: what was compared.
        verdict: what was found.
        findings: whatever the comparer needs to keep it.
    """

    taken: TakenPicture
    verdict: PictureVerdict
    findings: Mapping[str, Any] = field(default_factory=dict)


class PictureComparer(Protocol):
    """Compares the pictures of runs with baselines.

    Attributes:
        name: unique name.
    """

    @property
    def name(self) -> str:
        """Unique name."""

    def gates(self, scope: "Scope", run: RunInfo, leaves: Sequence[Mapping[str, Any]]) -> Mapping[str, bool]:
        """Tell which steps wait for the verdict on their picture; called once an attempt, before it begins.

        Args:
            scope: its session only reads, and nobody acts.
            run: the run and result.
            leaves: frozen step list of the plan, with ``uuid`` and ``flags``.

        Returns:
            uuid -> True for each step in whose comparison a threshold is in force.  Contract: runner D.1, X-108.
        """

    def compare(
        self, runtime: "Runtime", taken: TakenPicture, tell: Callable[[PictureVerdict], None]
    ) -> ComparedPicture:
        """Compare a picture; called in a thread of its own and outside of any transaction.

        Args:
            runtime: runtime of the worker.
            taken: the picture.
            tell: to be called once, as soon as the verdict is certain; a step may wait for it.

        Raises:
            Whatever goes wrong: the worker counts it as verdict ``error``.
        """

    def keep(self, scope: "Scope", compared: ComparedPicture) -> Mapping[str, Any] | None:
        """Store a comparison in the transaction that holds the result; keeping it twice changes nothing.

        Returns:
            Data of the event ``step.picture``; None when it was kept before, or its step row is gone.
        """
