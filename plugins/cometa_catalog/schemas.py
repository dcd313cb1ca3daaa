"""Bodies and answers of applications, environments, browsers and actions.  Contract: rest-api A4.2, A6.3, A6.4."""

import json
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from cometa_core.web.fields import Flag, Name, Timestamp
from cometa_core.web.paging import Paging
from cometa_core.web.validation import Body

LARGEST_SPEC = 8 * 1024
Short = Annotated[str, Field(max_length=40)]
Text = Annotated[str, Field(max_length=100)]


def known_zone(name: str) -> str:
    """Check an IANA time zone."""
    if name not in available_timezones():
        raise ValueError(f"unknown time zone {name}")
    return name


class BrowserSpec(BaseModel):
    """A browser as features and rows name it; keys without a meaning here are kept."""

    model_config = ConfigDict(extra="allow")

    browser: Annotated[str, Field(min_length=1, max_length=40)]
    browser_version: Short = "latest"
    os: Text = "Generic"
    os_version: Text | None = "Selenium"
    device: Text | None = None
    real_mobile: Flag | None = False
    cloud: Short | None = None
    concurrency: Annotated[int, Field(ge=1, le=50)] | None = None
    selectedTimeZone: Annotated[str, AfterValidator(known_zone)] | None = None  # noqa: N815 - name of the contract
    mobile_emulation: Flag | None = None
    mobile_width: Annotated[int, Field(ge=1, le=10_000)] | None = None
    mobile_height: Annotated[int, Field(ge=1, le=10_000)] | None = None
    mobile_pixel_ratio: Annotated[float, Field(gt=0, le=10)] | None = None
    mobile_user_agent: Annotated[str, Field(max_length=1000)] | None = None

    @model_validator(mode="after")
    def small(self) -> "BrowserSpec":
        """Limit a spec to 8 KiB."""
        if len(json.dumps(self.model_dump(exclude_unset=True))) > LARGEST_SPEC:
            raise ValueError("at most 8 KiB")
        return self

    def document(self) -> dict[str, Any]:
        """Return what was sent, and the keys that every spec has."""
        always = {"browser", "browser_version", "os", "os_version", "device", "real_mobile", "cloud"}
        full = self.model_dump()
        sent = self.model_fields_set | set(self.model_extra or {})
        return {key: value for key, value in full.items() if key in always | sent}


class ApplicationIn(Body):
    """A new application, or its new name."""

    app_name: Name


class ApplicationOut(BaseModel):
    """What the API says about an application; the slug follows its name."""

    app_id: int
    app_name: str
    slug: str
    created_on: Timestamp


class EnvironmentIn(Body):
    """A new environment, or its new name."""

    environment_name: Name


class EnvironmentOut(BaseModel):
    """What the API says about an environment."""

    environment_id: int
    environment_name: str
    created_on: Timestamp


class BrowserIn(Body):
    """A new browser, or its new description."""

    browser_json: BrowserSpec


class BrowserOut(BaseModel):
    """A known browser."""

    browser_id: int
    browser_json: dict[str, Any]


class ActionOut(BaseModel):
    """A step sentence."""

    action_id: int
    action_name: str
    values: int
    description: str
    department: str
    application: str
    date_created: Timestamp
    step_type: str


class ParsedOut(BaseModel):
    """The sentences that the step libraries have now."""

    success: bool = True
    count: int
    actions: list[str]


class BrowsersParsedOut(BaseModel):
    """How many browsers were found, and the places that did not answer with the reason."""

    success: bool = True
    count: int
    failures: dict[str, str]


class ActionsQuery(Paging):
    """Filters of the list of actions, exact."""

    department: str | None = None
    app: str | None = None
