"""Bodies and answers of schedules.  Contract: rest-api A4.9, A6.14."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cometa_core.web.fields import MomentIn, Timestamp
from cometa_core.web.paging import Paging
from cometa_core.web.validation import LenientBody
from cometa_schedules.planning import Mark

MOST_PARAMETERS = 100
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]{1,100}$")]
VariableText = Annotated[str, Field(max_length=10_000)]
Missed = Literal["skip", "once"]
Gap = Literal["shift", "skip"]
Overlap = Literal["allow", "skip"]
State = Literal["active", "inactive", "none"]
Outcome = Literal["fired", "missed", "skipped"]


class ScheduleFields(LenientBody):
    """Every writable field with its default."""

    timezone: str = Field(default="UTC", description="IANA zone; `original_timezone` is another name of this field.")
    # A name of its own, since a GET takes the parameters that the model knows.
    original_timezone: str | None = Field(default=None, description="Another name of `timezone`.")
    missed: Missed = Field(default="skip", description="What becomes of times that passed while the server was down.")
    dst: Gap = Field(default="shift", description="What becomes of local times that the clock leaves out.")
    overlap: Overlap = Field(default="allow", description="Whether to start while a run of it is unfinished.")
    active: bool = Field(default=True, description="Whether it starts anything.")
    expires_at: MomentIn | None = Field(default=None, description="Moment after which nothing is started any more.")
    parameters: dict[VariableName, VariableText] = Field(
        default_factory=dict, max_length=MOST_PARAMETERS, description="Variables of the runs by name; no secrets."
    )

    @model_validator(mode="before")
    @classmethod
    def _one_zone(cls, data: Any) -> Any:
        """Take ``original_timezone`` for ``timezone``."""
        if not isinstance(data, dict) or data.get("original_timezone") is None:
            return data
        merged = {key: value for key, value in data.items() if key != "original_timezone"}
        if merged.get("timezone", data["original_timezone"]) != data["original_timezone"]:
            raise ValueError("timezone and original_timezone are the same field and differ")
        return {**merged, "timezone": data["original_timezone"]}

    def sent(self) -> dict[str, Any]:
        """Return the sent fields of the row."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"original_timezone"}}


class ScheduleBody(ScheduleFields):
    """A whole schedule; an empty text removes it."""

    schedule: str = Field(description="Cron text of five fields or a word such as `@daily`.")


class SchedulePatch(ScheduleFields):
    """Changes of a schedule; keys that are not sent stay as they are."""

    schedule: str = Field(default="", description="Cron text of five fields or a word such as `@daily`.")


class LastFire(BaseModel):
    """What became of the latest planned time."""

    model_config = ConfigDict(from_attributes=True)

    planned_at: Timestamp
    outcome: Outcome
    reason: str
    run_id: int | None


class FireOut(LastFire):
    """What became of a planned time; a row of more than 100 missed times is one record with their count and span."""

    planned_until: Timestamp
    decided_at: Timestamp
    scheduler: str
    late_ms: int
    count: int


class Obstacle(BaseModel):
    """Why nothing would be started, or not at once, if the schedule were due now."""

    reason: Literal["inactive", "expired", "owner", "no_worker", "queue"]
    text: str


class PreviewedFire(BaseModel):
    """A coming fire; ``mark`` says where a change of the clock matters."""

    planned_at: Timestamp
    local: str = Field(description="The same moment on the clock of its zone, with the offset.")
    mark: Mark


class FireQuery(Paging):
    """Which records are listed."""

    since: MomentIn | None = Field(default=None, description="Only planned times from this moment on.")
    until: MomentIn | None = Field(default=None, description="Only planned times up to this moment.")
    outcome: Outcome | None = Field(default=None, description="Only these.")


class ScheduleOut(BaseModel):
    """A schedule with its latest and coming fires; without one ``state`` is ``none``."""

    schedule: str = ""
    timezone: str | None = None
    missed: Missed = "skip"
    dst: Gap = "shift"
    overlap: Overlap = "allow"
    active: bool = True
    expires_at: Timestamp | None = None
    parameters: dict[str, str] = Field(default_factory=dict)
    owner: int | None = None
    state: State = "none"
    last_fire: LastFire | None = None
    next_runs: list[Timestamp] = Field(default_factory=list)
    obstacles: list[Obstacle] = Field(default_factory=list)
