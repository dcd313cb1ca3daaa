"""Bodies and answers of the reports of runners about their process.  Contract: rest-api A6.17."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from cometa_core.web.validation import Body
from cometa_executions.runner_fields import ProcessId, RunnerId

LONGEST_SPEC = 10_000


def spec_of_text(value: object) -> object:
    """Read the JSON text of a browser; leave everything else to the type."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if len(value) <= LONGEST_SPEC else value
    except (ValueError, RecursionError):
        return value


BrowserOrText = Annotated[
    dict[str, Any], BeforeValidator(spec_of_text), Field(description="A browser, or its JSON as text.")
]


class TaskIn(Body):
    """What a runner reports about its process."""

    action: Literal["start", "finish", "delete", "heartbeat"] = Field(description="delete is an alias of finish.")
    browser: BrowserOrText | None = Field(default=None, description="Required for start.")
    feature_id: RunnerId
    pid: ProcessId
    feature_result_id: RunnerId | None = Field(
        default=None, description="Default: that of the service token, else found by browser or pid."
    )

    @model_validator(mode="after")
    def name_the_browser(self) -> "TaskIn":
        """Refuse a start without browser."""
        if self.action == "start" and not self.browser:
            raise ValueError("browser is required for start")
        return self


class TaskOut(BaseModel):
    """The result that a report was about, and the number of its tasks that were found, begun or removed."""

    success: bool = True
    feature_result_id: int | None
    tasks: int
