"""What steps ask the worker for, and what plugins answer.  Contract: runner B.3 (``request``, ``reply``)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cometa_core.contracts.run import RunInfo

if TYPE_CHECKING:
    from cometa_core.scope import Scope


@dataclass(frozen=True)
class StepRequest:
    """Something that a step asks for.

    Attributes:
        run: the run and result.
        attempt: number of the attempt.
        number: number of the request in the attempt; with the two above it names the request, however often it comes.
        sequence: sequence of the step row.
        data: what the step sent, with secrets masked.
    """

    run: RunInfo
    attempt: int
    number: int
    sequence: int
    data: Mapping[str, Any]


@dataclass(frozen=True)
class StepAnswer:
    """What a step gets back.

    Attributes:
        data: for the step; of a refusal ``code`` (runner D.6) and ``message``.
        ok: False fails the step.
        secrets: values in ``data`` that must leave the runner masked.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    ok: bool = True
    secrets: tuple[str, ...] = ()

    @classmethod
    def refused(cls, code: str, message: str) -> "StepAnswer":
        """Refuse a request; the step fails with this code of runner D.6 and this sentence."""
        return cls({"code": code, "message": message}, ok=False)


@dataclass(frozen=True)
class RequestKind:
    """One kind of request and who answers it.

    Attributes:
        name: what steps ask for, for instance ``send_mail``.
        answer: called inside the transaction that holds the result, and again when that fails: what it stores must be
            there once.
    """

    name: str
    answer: "Callable[[Scope, StepRequest], StepAnswer]"
