"""Bodies of features and steps.  Contract: rest-api A4.3, A4.4, A6.8, A6.11."""

import json
import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StrictFloat, StringConstraints, model_validator

from cometa_core.web.fields import Flag, Id, Integer
from cometa_core.web.paging import Paging
from cometa_core.web.validation import Body, LenientBody
from cometa_features.texts import LONGEST_NAME, LONGEST_SENTENCE, MOST_STEPS, Keyword

MOST_ADDRESSES = 50
MOST_BROWSERS = 50
LONGEST_TEXT = 65_536
BROWSER_BYTES = 8 * 1024
OPTIONS_BYTES = 16 * 1024
LONGEST_TIMEOUT = 7200

ADDRESS = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\".]+(\.[^@\s,;<>()\".]+)*")


def _address(text: str) -> str:
    text = text.strip()
    if text and not ADDRESS.fullmatch(text):
        raise ValueError("must be a mail address")
    return text


def _without_blanks(addresses: list[str]) -> list[str]:
    kept = [address for address in addresses if address]
    if len(kept) > MOST_ADDRESSES:
        raise ValueError(f"at most {MOST_ADDRESSES} addresses")
    return kept


def _at_most(limit: int) -> AfterValidator:
    def check(value: Any) -> Any:
        if len(json.dumps(value)) > limit:
            raise ValueError(f"at most {limit} bytes as JSON")
        return value

    return AfterValidator(check)


def _browser(spec: dict[str, Any]) -> dict[str, Any]:
    family = spec.get("browser")
    if not isinstance(family, str) or not 1 <= len(family) <= 40:
        raise ValueError("needs the key browser with 1 to 40 characters")
    return spec


def _threshold(value: float | str) -> str:
    text = str(value).strip()
    if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?%?", text):
        raise ValueError("must be a number of pixels or a share such as 0.1%")
    return text


KeyQuery = Annotated[int, Field(ge=0, le=10**18 - 1)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)]
Addresses = Annotated[
    list[Annotated[str, Field(max_length=250), AfterValidator(_address)]], AfterValidator(_without_blanks)
]
BrowserSpec = Annotated[dict[str, Any], AfterValidator(_browser), _at_most(BROWSER_BYTES)]
Threshold = Annotated[StrictFloat | str, AfterValidator(_threshold)]


class StepBody(LenientBody):
    """One row of a step list."""

    id: Integer | None = Field(default=None, description="With a key of this feature the step keeps its identity.")
    step_uuid: str | None = Field(default=None, max_length=36, description="As `id`; it wins over it.")
    step_content: str = Field(
        min_length=1,
        max_length=LONGEST_SENTENCE,
        description="The sentence; `step_name` is another name of this field.",
    )
    step_keyword: Keyword = "Given"
    step_action: Annotated[str, Field(max_length=255)] | None = Field(default=None, description="Chosen pattern.")
    step_type: str = Field(default="normal", description="Rows of type `substep` are dropped.")
    enabled: Flag = True
    screenshot: Flag = False
    compare: Flag = Field(default=False, description="True sets `screenshot`.")
    continue_on_failure: Flag = False
    timeout: Annotated[int, Field(ge=1, le=LONGEST_TIMEOUT, strict=True)] | None = Field(
        default=None, description="Seconds; default: step_timeout of the department."
    )
    params: Annotated[dict[str, str], Field(max_length=50), _at_most(LONGEST_TEXT)] | None = Field(
        default=None, description="Placeholder -> text; the sentence is then only the caption."
    )
    max_diff: Threshold | None = None
    ignore_regions: Annotated[list[Any], Field(max_length=100), _at_most(OPTIONS_BYTES)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_sentence(cls, data: Any) -> Any:
        """Take ``step_name`` for ``step_content``."""
        return under_one_name(data, "step_content", "step_name")

    @model_validator(mode="after")
    def _picture_to_compare(self) -> Self:
        """Take a picture where one is to be compared.  Contract: R-132."""
        self.screenshot = self.screenshot or self.compare
        return self


Steps = Annotated[list[StepBody], Field(max_length=MOST_STEPS)]


class FeatureFields(LenientBody):
    """Every writable field of a feature with its default; a change looks only at those that were sent."""

    description: Annotated[str, Field(max_length=LONGEST_TEXT)] | None = None
    folder_id: Annotated[int | None, AfterValidator(lambda number: number or None)] = Field(
        default=None, description="Folder of the same department. Null or 0: the root of the department."
    )
    browsers: Annotated[list[BrowserSpec], Field(max_length=MOST_BROWSERS)] = Field(default_factory=list)
    browser_id: Id | None = Field(default=None, description="Row whose spec is taken when `browsers` is not sent.")
    mobiles: Annotated[list[Any], Field(max_length=MOST_BROWSERS), _at_most(LONGEST_TEXT)] = Field(default_factory=list)
    cloud: Annotated[str, Field(max_length=LONGEST_NAME)] = "local"
    schedule: str | None = Field(default="", description="Cron text; empty: the feature does not start by itself.")
    original_timezone: str | None = Field(
        default="", description="IANA zone of the schedule, usually UTC; `timezone` is another name of this field."
    )
    video: Flag = True
    network_logging: Flag = False
    generate_dataset: Flag = False
    continue_on_failure: Flag = False
    need_help: Flag = False
    depends_on_others: Flag = Field(default=False, description="`depends_on_other` is another name of this field.")
    send_mail: Flag = False
    send_mail_on_error: Flag = False
    attach_pdf_report_to_email: Flag = True
    do_not_use_default_template: Flag = False
    check_maximum_notification_on_error: Flag = False
    maximum_notification_on_error: Annotated[int, Field(ge=0, le=1000, strict=True)] = 0
    email_address: Addresses = Field(default_factory=list)
    email_cc_address: Addresses = Field(default_factory=list)
    email_bcc_address: Addresses = Field(default_factory=list)
    email_subject: Annotated[str, Field(max_length=250)] | None = None
    email_body: Annotated[str, Field(max_length=LONGEST_TEXT)] | None = None
    send_telegram_notification: Flag = False
    telegram_options: Annotated[dict[str, Any], _at_most(OPTIONS_BYTES)] | None = None
    steps_content: Steps = Field(default_factory=list, description="The whole step list.")

    @model_validator(mode="before")
    @classmethod
    def _one_name(cls, data: Any) -> Any:
        """Take other names of fields, and ``steps`` where it is the step list.  Contract: R-126, R-127."""
        named = under_one_name(_with_step_list(data), "depends_on_others", "depends_on_other")
        return under_one_name(named, "original_timezone", "timezone")


class FeatureCreate(FeatureFields):
    """A new feature."""

    feature_name: Name
    app_id: Id
    environment_id: Id
    department_id: Id


class FeatureUpdate(FeatureFields):
    """Changes of a feature; keys that are not sent stay as they are."""

    feature_id: Id | None = None
    version: int | None = Field(default=None, description="Version that the change was made from.")
    # The defaults are never used: a change looks at what was sent.
    feature_name: Name = Field(default_factory=str)
    app_id: Id = Field(default_factory=int)
    environment_id: Id = Field(default_factory=int)
    department_id: Id = Field(default_factory=int)


class FeatureQuery(Paging):
    """Filters of the list of features."""

    department_id: KeyQuery | None = None
    app_id: KeyQuery | None = None
    environment_id: KeyQuery | None = None
    search: str | None = Field(default=None, description="Part of the name.")


class StepsQuery(Paging):
    """Filters of a list of steps."""

    feature_id: KeyQuery | None = None
    sub_steps: str | None = Field(default=None, alias="subSteps", description="`true`: only what really runs.")


class NameBody(Body):
    """Names a feature."""

    feature_name: Name
    department_id: Id | None = None


class NameQuery(Paging):
    """Names a feature."""

    feature_name: str | None = None
    department_id: KeyQuery | None = None


def under_one_name(data: Any, name: str, other: str) -> Any:
    """Give a field that came under its other name its name.

    Raises:
        ValueError: it came under both, with different values.
    """
    if not isinstance(data, dict) or other not in data:
        return data
    merged = {key: value for key, value in data.items() if key != other}
    if name in merged and merged[name] != data[other]:
        raise ValueError(f"{name} and {other} are the same field and differ")
    return {**merged, name: data[other]}


def _with_step_list(data: Any) -> Any:
    if not isinstance(data, dict) or "steps" not in data:
        return data
    rest = {key: value for key, value in data.items() if key != "steps"}
    steps = data["steps"]
    found = steps.get("steps_content") if isinstance(steps, dict) else steps
    return {"steps_content": found, **rest} if isinstance(found, list) else rest
