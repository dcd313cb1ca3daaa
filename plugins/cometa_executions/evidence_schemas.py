"""Answers of the routes of evidence.  Contract: runner I.1, D.5."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from cometa_core.web.paging import Paging


class ConsoleQuery(Paging):
    """Which console entries are wanted."""

    step: Annotated[int, Field(ge=1)] | None = None
    level: Literal["error", "warning", "info", "debug"] | None = None


class NetworkQuery(Paging):
    """Which exchanges are wanted."""

    step: Annotated[int, Field(ge=1)] | None = None


class ConsoleEntryOut(BaseModel):
    """An entry of the browser's console; ``step`` is the sequence of its step, ``at`` milliseconds since 1970."""

    step: int | None
    level: str
    text: str
    url: str | None
    line: int | None
    at: int | None


class Exchange(BaseModel):
    """A request of the browser and its answer; ``status`` 0 without one, ``entry`` in the form of HAR 1.2."""

    step: int | None
    method: str
    url: str
    status: int
    mime: str
    time_ms: int
    error: str
    entry: dict[str, Any]


class KeptFile(BaseModel):
    """A stored file and where it is read; ``address`` is empty for what only other routes show."""

    role: str
    name: str
    mime: str
    size: int
    address: str


class ErrorParts(BaseModel):
    """What a failed step says, in parts; ``waited_ms`` is null where nothing was waited for.  Contract: D.5, D.6."""

    code: str
    message: str
    expected: str
    found: str
    tried: list[str]
    waited_ms: int | None


class ConsoleCounts(BaseModel):
    """Console entries of a step; of ``entries`` the number ``left_out`` was counted without being kept."""

    entries: int = 0
    errors: int = 0
    warnings: int = 0
    left_out: int = 0


class NetworkCounts(BaseModel):
    """Exchanges of a step; ``failed`` had no answer or a status from 400 on."""

    exchanges: int = 0
    failed: int = 0
    left_out: int = 0


class StepEvidence(BaseModel):
    """What is kept of a step, everything without secrets; ``available`` says what its browser can tell."""

    step_result_id: int
    failure: ErrorParts | None
    reason: str
    warnings: list[str]
    values: dict[str, Any]
    selector: dict[str, Any] | None
    console: ConsoleCounts
    network: NetworkCounts
    available: dict[str, bool]
    files: list[KeptFile]


class BrowserFacts(BaseModel):
    """The browser that executed a result, as it told itself; ``viewport`` in CSS px with ``dpr``."""

    family: str
    version: str | None = None
    driver: str | None = None
    platform: str | None = None
    viewport: dict[str, Any] | None = None
    open_ms: int | None = None


class ResultEvidence(BaseModel):
    """What is kept of a result; ``browser`` is null when none was opened."""

    feature_result_id: int
    browser: BrowserFacts | None
    available: dict[str, bool]
    files: list[KeptFile]
