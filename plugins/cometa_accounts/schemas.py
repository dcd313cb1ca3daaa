"""Bodies and answers of accounts, roles, keys and departments.  Contract: rest-api A4.1, A4.2, A6.2, A6.5."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from cometa_core.web.fields import Flag, Id, MomentIn, Name, Timestamp
from cometa_core.web.paging import Paging
from cometa_core.web.validation import Body, LenientBody

MOST_DEPARTMENTS = 1000
LARGEST_SETTINGS = 64 * 1024


def valid_email(text: str) -> str:
    """Check the form of an address."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not local or not domain or any(character.isspace() for character in text.strip()):
        raise ValueError("not a valid e-mail address")
    return text.strip()


def small_object(value: dict[str, Any]) -> dict[str, Any]:
    """Limit a free object to 64 KiB of JSON."""
    if len(json.dumps(value)) > LARGEST_SETTINGS:
        raise ValueError("at most 64 KiB")
    return value


def parsed_array(value: object) -> object:
    """Take the JSON text of an array as the array."""
    return json.loads(value) if isinstance(value, str) else value


Email = Annotated[str, Field(max_length=100), AfterValidator(valid_email)]
Departments = Annotated[list[Id], Field(max_length=MOST_DEPARTMENTS)]
Settings = Annotated[dict[str, Any], AfterValidator(small_object)]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=250)]


class DepartmentSettings(BaseModel):
    """Settings of a department that have a meaning; other keys are kept as sent."""

    model_config = {"extra": "allow"}

    step_timeout: Annotated[int, Field(ge=1, le=7205, strict=True)] = 60
    continue_on_failure: Flag = False
    result_expire_days: Annotated[int, Field(ge=0, strict=True)] = 0
    queue_name: Annotated[str, Field(max_length=100)] = ""
    max_parallel: Annotated[int, Field(ge=0, strict=True)] = 0

    @model_validator(mode="after")
    def small(self) -> "DepartmentSettings":
        """Limit the settings to 64 KiB."""
        small_object(self.model_dump())
        return self


class DepartmentIn(Body):
    """A new department."""

    department_name: Name
    settings: DepartmentSettings = Field(default_factory=DepartmentSettings)


class DepartmentPatch(Body):
    """What changes of a department; settings are replaced whole."""

    department_name: Name | None = None
    settings: DepartmentSettings | None = None


class DepartmentOut(BaseModel):
    """What the API says about a department; ``settings`` hold every key that was sent."""

    department_id: int
    department_name: str
    slug: str
    settings: dict[str, Any]
    created_on: Timestamp
    files: list[Any] = Field(default_factory=list)


class AccountIn(LenientBody):
    """A new account; keys without a meaning are ignored."""

    name: PersonName
    email: Email
    user_role: str = "ANONYMOUS"
    departments: Departments | None = None


class AccountPatch(LenientBody):
    """What changes of an account."""

    name: PersonName | None = None
    email: Email | None = None
    user_role: str | None = None
    permission_name: str | None = None
    departments: Departments | None = None
    favourite_browsers: Annotated[list[Any], BeforeValidator(parsed_array)] | None = None
    settings: Settings | None = None

    @model_validator(mode="after")
    def one_role(self) -> "AccountPatch":
        """Refuse two different roles."""
        if self.user_role and self.permission_name and self.user_role != self.permission_name:
            raise ValueError("user_role and permission_name differ")
        return self

    def changes(self) -> dict[str, Any]:
        """Return what was sent, in the words of the service."""
        sent = self.model_dump(exclude_unset=True, exclude={"user_role", "permission_name"})
        role = self.user_role or self.permission_name
        return {**{key: value for key, value in sent.items() if value is not None}, **({"role": role} if role else {})}


class PersonOut(BaseModel):
    """What every answer about an account has."""

    user_id: int
    name: str
    email: str
    user_role: str
    permission_name: str
    created_on: Timestamp
    last_login: Timestamp | None
    login_counter: int
    favourite_browsers: list[Any]
    settings: dict[str, Any]
    stripe_customer_id: str = ""
    user_permissions: dict[str, Any]


class AccountOut(PersonOut):
    """What the API says about an account; ``departments`` are names, ``department_ids`` ids."""

    departments: list[str]
    department_ids: list[int]


class Cloud(BaseModel):
    """A place that browsers come from."""

    id: int
    name: str
    active: bool
    concurrency: bool
    max_concurrency: int


class SessionUser(PersonOut):
    """Everything that a frontend needs about whoever is calling."""

    permissions: list[str]
    departments: list[DepartmentOut]
    clouds: list[Cloud]
    step_keywords: list[str]
    encryption_prefix: str = "cmt1:"
    integration_apps: list[str]
    subscriptions: list[Any] = Field(default_factory=list)
    requires_payment: bool = False
    feedback_mail: str = ""


class DepartmentUsersOut(DepartmentOut):
    """A department with its accounts, for those who may see them."""

    users: list[AccountOut]


AnyDepartmentOut = DepartmentUsersOut | DepartmentOut


class AccountsQuery(Paging):
    """Filter of the list of accounts."""

    search: str = ""


class LoginQuery(BaseModel):
    """How to sign in; without ``provider`` by the only one that is configured."""

    provider: str = ""
    next: str = "/"


class CallbackQuery(BaseModel):
    """What a provider sends back; ``error`` instead of ``code`` when the person refused."""

    state: str = ""
    code: str = ""
    error: str = ""


class MembershipIn(Body):
    """A new membership."""

    user: Id
    department: Id


class MembershipOut(BaseModel):
    """An account belongs to a department."""

    account_role_id: int
    user: int
    department: int


class KeyIn(Body):
    """A new API key."""

    name: Name
    scopes: list[str] = Field(default_factory=lambda: ["read", "run"])
    expires_on: MomentIn | None = None
    user_id: Id | None = None


class KeysQuery(Paging):
    """Whose keys are listed."""

    user_id: int | None = None


class KeyOut(BaseModel):
    """An API key without its secret."""

    key_id: str
    name: str
    user_id: int
    scopes: list[str]
    created_on: Timestamp
    expires_on: Timestamp
    last_used: Timestamp | None


class NewKeyOut(KeyOut):
    """An API key with its full text, shown once."""

    key: str


class Info(BaseModel):
    """Versions of the server."""

    version: str
    api_version: str


class InfoDetails(Info):
    """Versions and parts of the server, for administrators."""

    python: str
    plugins: list[dict[str, str]]
    uptime_s: int
