"""Bodies and answers of the scoreboard."""

from typing import Annotated

from cometa_core.web.fields import Id, Name, Timestamp
from cometa_core.web.validation import Body
from pydantic import BaseModel, Field


class PointsIn(Body):
    """Points that a player made."""

    player: Name
    points: Annotated[int, Field(ge=1, le=1000, strict=True)]
    department_id: Id


class ScoreOut(BaseModel):
    """What a player has."""

    player: str
    points: int
    department_id: int
    updated_on: Timestamp
