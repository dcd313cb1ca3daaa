"""Bodies of written step results.  Contract: rest-api A4.7, A6.10."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, field_validator

from cometa_core.web.fields import DecimalText, Flag, Integer
from cometa_core.web.validation import Body
from cometa_executions.runner_fields import Count, OptionalRunnerId, RunnerId

LONGEST_ERROR = 4000
MOST_FILES = 1000
LAST_SEQUENCE = 1_000_000
PASSED = frozenset({"Success", "Skipped"})

Files = Annotated[list[Annotated[str, Field(max_length=255)]], Field(max_length=MOST_FILES)]


class RunnerFields(Body):
    """What only runners say about a step."""

    error: str | None = Field(default=None, description=f"Text of the failure; {LONGEST_ERROR} characters are kept.")
    files: Files = Field(default_factory=list)
    healing_data: dict[str, Any] | None = None
    rest_api: Integer | None = None
    database_query_result: list[Any] = Field(default_factory=list)
    current_step_variables_value: dict[str, Any] = Field(default_factory=dict)

    @field_validator("error")
    @classmethod
    def cut_error(cls, text: str | None) -> str | None:
        """Keep the beginning of a long text: a runner must not lose its report for it."""
        return text if text is None else text[:LONGEST_ERROR]


class StepResultIn(RunnerFields):
    """A step as a runner reports it."""

    feature_result_id: RunnerId
    step_name: Annotated[str, Field(min_length=1, max_length=10_000)]
    step_id: OptionalRunnerId = Field(description="Row of the feature or of one that it runs; 0 = none.")
    execution_time: DecimalText = Field(description="Seconds.")
    pixel_diff: Count
    success: Flag
    status: Literal["Success", "Failed", "Skipped", "Canceled"] | None = Field(
        default=None, description="Default: Success or Failed by success."
    )
    ok: Count | None = None
    fails: Count | None = None
    skipped: Count | None = None
    relative_execution_time: DecimalText | None = Field(
        default=None, description="Seconds since the begin of the first step; default: sum of the steps so far."
    )
    step_execution_sequence: Annotated[int, Field(ge=1, le=LAST_SEQUENCE, strict=True)] | None = Field(
        default=None, description="Default: the next free one."
    )
    step_type: Literal["BROWSER", "API", "MOBILE", "DATABASE"] = "BROWSER"
    notes: dict[str, Any] = Field(default_factory=dict)

    @field_validator("status")
    @classmethod
    def agree_with_success(cls, status: str | None, info: Any) -> str | None:
        """Refuse a status that contradicts success."""
        success = info.data.get("success")
        if status is not None and success is not None and success != (status in PASSED):
            raise ValueError("contradicts success, which is true for Success and Skipped alone")
        return status

    def verdict(self) -> str:
        """Return the status, by default that of success."""
        return self.status or ("Success" if self.success else "Failed")


class StepResultPatch(RunnerFields):
    """A change of a step: status and notes by people, everything by runners."""

    status: Literal["Success", "Failed", "Skipped"] = "Success"
    notes: dict[str, Any] = Field(default_factory=dict)
    pixel_diff: Count = 0


class PixelDifference(BaseModel):
    """The stored number of differing pixels."""

    success: bool = True
    step_result_id: int
    pixel_diff: int


def milliseconds(seconds: Decimal) -> int:
    """Return seconds with two decimals as whole milliseconds."""
    return int(seconds * 1000)
