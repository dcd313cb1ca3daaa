"""Bodies and answers of runs, results and step results.  Contract: rest-api A4.5 to A4.7, A6.1, A6.6, A6.10, A6.17."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from cometa_core.web.fields import Timestamp
from cometa_core.web.paging import Paging
from cometa_core.web.validation import Body, Query

MOST_VARIABLES = 200
MOST_BROWSERS = 50
LONGEST_VALUE = 65_536
BrowserSpec = dict[str, Any]
Id = Annotated[int, Field(ge=1, le=10**18 - 1)]


class RunVariable(Body):
    """A variable of highest precedence for one run; it is never stored as variable."""

    variable_name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.\-]{0,99}$")]
    variable_value: Annotated[str, Field(max_length=LONGEST_VALUE)]
    encrypted: bool = Field(default=False, description="Mask the value in everything that leaves the run.")


class Execute(Body):
    """What to execute."""

    feature_id: Id
    wait: bool = Field(default=False, description="Answer when all results are terminal, or after the wait limit.")
    confirm: bool = Field(default=False, description="Passed to plugins that may ask for a confirmation.")
    browsers: Annotated[list[BrowserSpec], Field(min_length=1, max_length=MOST_BROWSERS)] | None = None
    variables: Annotated[list[RunVariable], Field(max_length=MOST_VARIABLES)] = Field(default_factory=list)


class Override(BaseModel):
    """The verdict of a person over a terminal result."""

    status: str
    by: int | None
    at: Timestamp


class Waiting(BaseModel):
    """Why a queued result waits."""

    position: int
    limit: str
    workers: int


class Sums(BaseModel):
    """State and numbers of a result, or of a run as sums over its results.  Contract: rest-api A4.5, A4.6."""

    status: str
    state: str
    success: bool
    running: bool
    total: int
    ok: int
    fails: int
    skipped: int
    execution_time: str
    execution_time_ms: int
    pixel_diff: int
    success_rate: int
    archived: bool
    is_removed: bool
    origin: str
    x_server: str
    executed_by: int | None


class FeatureResult(Sums):
    """A feature in one browser."""

    feature_result_id: int
    run_id: int
    feature_id: int
    result_date: Timestamp
    feature_name: str
    app_id: int
    app_name: str
    environment_id: int
    environment_name: str
    department_id: int
    department_name: str
    browser_id: int | None
    browser_name: str
    browser: BrowserSpec
    mobile: list[Any]
    description: str | None
    reason: str
    status_reason: str
    override: Override | None
    attempts: int
    waiting: Waiting | None
    screen_style: str
    screen_actual: str
    screen_diff: str
    video_url: str
    files: list[Any]
    executed_by_name: str | None
    pid: str | None
    session_id: str | None
    run_hash: str
    network_logging_enabled: bool
    started_on: Timestamp | None
    finished_on: Timestamp | None


class FeatureRun(Sums):
    """An order to execute a feature, with its results and their sums."""

    run_id: int
    feature: int
    date_time: Timestamp
    feature_results: list[FeatureResult]


class Owner(BaseModel):
    """The feature that the text of a step comes from."""

    feature_id: int
    feature_name: str


class StepResultRow(BaseModel):
    """One reported step without its key ``error``: success bodies have none at the top.  Contract: rest-api A6.10."""

    step_result_id: int
    feature_result_id: int
    step_id: int | None
    step_uuid: str | None
    step_name: str
    step_execution_sequence: int
    step_type: str
    execution_time: str
    execution_time_ms: int
    relative_execution_time: str
    relative_execution_time_ms: int
    pixel_diff: int | None
    ok: int
    fails: int
    skipped: int
    success: bool
    status: str
    screenshot_current: str
    screenshot_style: str
    screenshot_difference: str
    screenshot_template: str
    template_name: str
    diff: str
    verdict: str | None
    baseline_state: str | None
    files: list[str]
    belongs_to: Owner
    notes: dict[str, Any]
    healing_data: dict[str, Any] | None = None
    rest_api: int | None = None
    database_query_result: list[Any] = Field(default_factory=list)
    current_step_variables_value: dict[str, Any] = Field(default_factory=dict)
    warnings: list[str] = Field(default_factory=list)
    selector: dict[str, Any] | None = None


class StepResultOut(StepResultRow):
    """One reported step."""

    error: str | None


class Started(BaseModel):
    """The keys of an accepted run."""

    success: bool = True
    run_id: int
    feature_result_ids: list[int]


class Executed(Started):
    """The keys of an accepted run and its results, for a caller who waited."""

    running: bool
    results: list[FeatureResult]


class ResultsQuery(Paging):
    """Filters of a list of results."""

    archived: Annotated[str, Field(pattern="^(true|false|all)$")] = "false"
    status: str | None = None
    feature_id: int | None = None


class LogQuery(Query):
    """How much of a log is wanted."""

    tail: Annotated[int, Field(ge=1, le=10_000)] | None = None


class LogOut(BaseModel):
    """The log of a result."""

    success: bool = True
    log: str


class OneStepResult(BaseModel):
    """One step result in the envelope that clients of this route know."""

    success: bool = True
    results: StepResultOut


class TasksOut(BaseModel):
    """How many results were cancelled or told to stop."""

    success: bool = True
    tasks: int
    feature_result_ids: list[int]


class RemovedResult(BaseModel):
    """Whether the run of a removed result was removed too."""

    success: bool = True
    run_removed: bool


class RemovedRun(BaseModel):
    """The results that were removed with their run."""

    success: bool = True
    removed_results: list[int]
