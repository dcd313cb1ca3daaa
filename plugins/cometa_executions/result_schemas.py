"""Bodies that store and change results and runs.  Contract: rest-api A6.6, A6.7."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from cometa_core.web.fields import DecimalText, Flag, Integer, MomentIn
from cometa_core.web.validation import Body
from cometa_executions.runner_fields import Count, OptionalRunnerId, RunnerId
from cometa_executions.states import UNFINISHED, State
from cometa_executions.step_writing_schemas import Files

ShortText = Annotated[str, Field(max_length=100)]
Milliseconds = Annotated[Integer, Field(ge=0, le=10**13)]
Status = Literal["Queued", "Initializing", "Running", "Success", "Failed", "Canceled", "Error", "Timeout"]
Address = Annotated[
    str,
    Field(max_length=2000, pattern=r"^(https?://[^\s]+|/[^\s]*)?$", description="A path or http(s) address, or empty."),
]
UNFINISHED_STATUSES = frozenset(state.value for state in UNFINISHED)


def contradiction(status: str | None, *, running: bool | None, success: bool | None) -> str:
    """Say how status, running and success contradict each other; nothing where they agree.  Contract: rest-api A4.5."""
    if status is None:
        return "success contradicts running: it is false until the end" if running and success else ""
    if running is not None and running != (status in UNFINISHED_STATUSES):
        return "running is true exactly for Queued, Initializing and Running"
    if success is not None and status not in UNFINISHED_STATUSES and success != (status == State.SUCCESS.value):
        return "success is true exactly for the status Success"
    return ""


class SentFields(Body):
    """What a runner may say about a result beyond its verdict and numbers."""

    browser: dict[str, Any] | None = Field(default=None, description="The browser that was opened.")
    mobile: list[Any] | None = None
    files: Files | None = Field(default=None, description="Names of files.")
    description: Annotated[str, Field(max_length=10_000)] | None = None
    session_id: ShortText | None = None
    video_url: Address | None = None
    log: str | None = None


class ResultIn(SentFields):
    """A result that was made elsewhere; its names are checked and those of the rows are shown."""

    feature_id: RunnerId
    result_date: MomentIn
    feature_name: ShortText
    app_name: ShortText
    department_name: ShortText
    environment_name: ShortText
    browser_name: ShortText = Field(description="Kept when browser_id is 0.")
    app_id: RunnerId = Field(description="That of the feature.")
    environment_id: RunnerId = Field(description="That of the feature.")
    department_id: RunnerId = Field(description="That of the feature.")
    browser_id: OptionalRunnerId = Field(description="A browser; 0 = none.")
    total: Count = Field(description="ok + fails + skipped, unless running.")
    ok: Count
    fails: Count
    skipped: Count
    pixel_diff: Count
    execution_time: DecimalText = Field(description="Seconds.")
    success: Flag
    screen_style: ShortText = Field(description="Shown until a step has pictures.")
    screen_actual: ShortText
    screen_diff: ShortText
    run_id: RunnerId | None = Field(default=None, description="A run of the feature; without one a new run is stored.")
    running: Flag = False
    status: Status | None = Field(default=None, description="Default: Running by running, else by success.")

    @model_validator(mode="after")
    def agree(self) -> Self:
        """Refuse a status that contradicts running or success."""
        text = contradiction(self.status, running=self.running, success=None if self.running else self.success)
        if text:
            raise ValueError(text)
        return self

    def state(self) -> State:
        """Return the state in which the result is stored."""
        if self.status is not None:
            return State(self.status)
        if self.running:
            return State.RUNNING
        return State.SUCCESS if self.success else State.FAILED


class ResultPatch(SentFields):
    """A change of a result: status, archived and description by people, all but archived by its runner."""

    status: Status | None = Field(default=None, description="People exchange Success, Failed and Canceled.")
    archived: Flag | None = None
    success: Flag | None = Field(default=None, description="The verdict where running is false and status is not sent.")
    running: Flag | None = None
    status_reason: Annotated[str, Field(max_length=4000)] | None = None
    total: Count | None = None
    ok: Count | None = None
    fails: Count | None = None
    skipped: Count | None = None
    pixel_diff: Count | None = None
    execution_time: DecimalText | None = Field(default=None, description="Seconds.")
    execution_time_ms: Milliseconds | None = None

    @model_validator(mode="after")
    def agree(self) -> Self:
        """Refuse a status that contradicts running or success."""
        text = contradiction(self.status, running=self.running, success=self.success)
        if text:
            raise ValueError(text)
        return self

    def sent(self) -> dict[str, Any]:
        """Return the fields that were sent; null says nothing, except where a field may be empty."""
        values = {name: getattr(self, name) for name in self.model_fields_set}
        empty = {"description", "session_id"}
        return {name: value for name, value in values.items() if value is not None or name in empty}


class NamedResultPatch(ResultPatch):
    """A change of the result that the body names."""

    feature_result_id: RunnerId


class RunPatch(Body):
    """A change of a run."""

    archived: Flag = Field(description="Archived runs and results are kept and left out of lists.")
