"""Shapes of stored events, as REST and live readers get them.  Contract: runner K.1, rest-api A7."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from cometa_core.web.fields import Timestamp


class EventOut(BaseModel):
    """A stored event: its place in the stream, what it is about and its data by type."""

    seq: int
    type: str
    feature_id: int | None
    run_id: int | None
    feature_result_id: int | None
    department_id: int
    at: Timestamp
    data: dict[str, Any]


class GapOut(BaseModel):
    """First entry when events that were asked for are no longer kept."""

    type: str = "gap"
    oldest: Annotated[int, Field(description="Place of the oldest event that is kept.")]
