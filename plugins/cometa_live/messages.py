"""Messages between clients and the live server, as JSON.  Contract: runner K.2.

Clients send ``{"op": "subscribe", "run_id": 12, "since": 0}`` (or a ``department_id``), ``{"op": "unsubscribe", ...}``
and ``{"op": "ping"}``; the first message may carry ``token``.  The server sends stored events as ``/events/`` gives
them, and messages of its own that have no ``seq``.
"""

import json
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cometa_core.errors import BadRequest, CometaError, Invalid

LARGEST_NUMBER = 2**31 - 1
"""What the keys of the database can be."""

Number = Annotated[int, Field(ge=0, le=LARGEST_NUMBER, strict=True)]


@dataclass(frozen=True)
class Target:
    """What a client reads: a run, or the objects of a department (0 = the whole site)."""

    run_id: int | None = None
    department_id: int | None = None

    def named(self) -> dict[str, int]:
        """Return the field that names it in messages."""
        return {"department_id": self.department_id or 0} if self.run_id is None else {"run_id": self.run_id}


class Command(BaseModel):
    """What a client wants.

    Attributes:
        op: ``subscribe``, ``unsubscribe`` or ``ping``.
        run_id: run that is meant.
        department_id: department that is meant; 0 = the whole site.
        since: ``seq`` of the last event that the client knows.
        token: API key; only looked at in the first message.
    """

    model_config = ConfigDict(extra="forbid")

    op: Literal["subscribe", "unsubscribe", "ping"]
    run_id: Number | None = None
    department_id: Number | None = None
    since: Number = 0
    token: Annotated[str, Field(max_length=200, strict=True)] | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def name_one_target(self) -> Self:
        """Refuse a subscription that names no stream or two."""
        named = (self.run_id is not None) + (self.department_id is not None)
        if self.op != "ping" and named != 1:
            raise ValueError("name either run_id or department_id")
        return self

    @property
    def target(self) -> Target:
        """Return what it is about."""
        return Target(self.run_id, self.department_id)


def read_command(message: str | bytes) -> Command:
    """Read a message of a client.

    Raises:
        BadRequest: ``malformed_json``, it is not a JSON object.
        Invalid: ``validation_failed``, fields are missing, unknown or not what they should be.
    """
    try:
        document = json.loads(message)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise BadRequest('A message is a JSON object such as {"op": "ping"}.', code="malformed_json")
    try:
        return Command.model_validate(document)
    except ValidationError as error:
        # Not the text of the library, which repeats what was sent: that may be a token.
        fields: dict[str, list[str]] = {}
        for fault in error.errors(include_input=False, include_url=False, include_context=False):
            fields.setdefault(".".join(map(str, fault["loc"])) or "op", []).append(fault["msg"])
        sentence = "; ".join(f"{name}: {', '.join(texts)}" for name, texts in fields.items())
        raise Invalid(f"The message cannot be understood: {sentence}.", fields=fields) from None


def subscribed(target: Target, since: int) -> str:
    """Confirm a subscription; the events after ``since`` follow."""
    return _written({"type": "subscribed", **target.named(), "since": since})


def unsubscribed(target: Target) -> str:
    """Confirm the end of a subscription that the client asked for."""
    return _written({"type": "unsubscribed", **target.named()})


def gap(target: Target, oldest: int) -> str:
    """Say that events between ``since`` and ``oldest`` are kept no more.  Contract: runner K.1."""
    return _written({"type": "gap", **target.named(), "oldest": oldest})


def pong() -> str:
    """Answer a ping."""
    return _written({"type": "pong"})


def refusal(error: CometaError, target: Target | None = None) -> str:
    """Say that a message was refused, or why what it asked for could not be done."""
    return _written({"type": "error", **(target.named() if target else {}), **_reason(error)})


def ended(target: Target, error: CometaError) -> str:
    """Say that a subscription ended because its reader may read it no more."""
    return _written({"type": "ended", **target.named(), **_reason(error)})


def _reason(error: CometaError) -> dict[str, object]:
    fields = {"fields": error.fields} if error.fields else {}
    return {"code": error.code, "error": str(error), **fields, **error.extra}


def _written(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False)
