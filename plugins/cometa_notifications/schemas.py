"""Bodies, queries and answers of integrations, mailboxes and notifications.  Contract: rest-api B5, runner L."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cometa_core.web.fields import Flag, Id, Timestamp
from cometa_core.web.paging import Paging
from cometa_core.web.validation import Body

Application = Literal["Discord", "Mattermost", "Slack", "generic"]
SendOn = Literal["execution", "failed_execution"]
Security = Literal["tls", "starttls", "none"]
Channel = Literal["mail", "webhook"]
State = Literal["waiting", "sending", "sent", "dead"]


def _plain_line(text: str) -> str:
    """Refuse control characters, which would break headers and commands."""
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise ValueError("must not contain control characters")
    return text.strip()


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("must be an address") from None
    if not text.isascii() or any(letter.isspace() for letter in text):
        raise ValueError("must be an address in ASCII without blanks")
    if parts.username is not None or parts.fragment:
        raise ValueError("must have no user and no fragment")
    return text


Line = Annotated[str, AfterValidator(_plain_line)]
Description = Annotated[Line, Field(max_length=200)]
Hook = Annotated[Line, Field(min_length=1, max_length=2000), AfterValidator(_address)]
Secret = Annotated[Line, Field(min_length=16, max_length=200)]
Features = Annotated[list[Id], Field(max_length=500)]


class IntegrationIn(Body):
    """A new webhook of a department."""

    department: Id
    description: Description = ""
    application: Application
    hook: Hook = Field(description="Address that is called; `https://`, and not of a private network.")
    send_on: SendOn = "execution"
    features: Features = Field(default_factory=list, description="Only results of these features; empty: of all.")
    active: Flag = True
    secret: Secret | None = Field(default=None, description="Signs calls; left out, one is made.")


class IntegrationPatch(Body):
    """Changes of a webhook; its department stays."""

    description: Description | None = None
    application: Application | None = None
    hook: Hook | None = None
    send_on: SendOn | None = None
    features: Features | None = None
    active: Flag | None = None
    secret: Secret | None = None


class IntegrationOut(BaseModel):
    """What members of the department see of a webhook; never its secret."""

    id: int
    department: int
    description: str
    application: Application
    hook: str
    send_on: SendOn
    features: list[int]
    active: bool
    created_on: Timestamp


class IntegrationMade(IntegrationOut):
    """A new webhook with its secret, which is shown this once."""

    secret: str


class MailboxIn(Body):
    """The mailbox in which steps of a department look for mail, over IMAP."""

    host: Annotated[Line, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._:\-]+$")]
    port: Annotated[int, Field(ge=1, le=65_535, strict=True)] = 993
    security: Security = "tls"
    user_name: Annotated[Line, Field(min_length=1, max_length=250)]
    password: Annotated[Line, Field(min_length=1, max_length=500)]
    folder: Annotated[Line, Field(min_length=1, max_length=250)] = "INBOX"


class MailboxOut(BaseModel):
    """What members of the department see of its mailbox; never the password."""

    model_config = ConfigDict(from_attributes=True)

    department: int = Field(validation_alias="department_id")
    host: str
    port: int
    security: Security
    user_name: str
    folder: str
    updated_on: Timestamp = Field(validation_alias="updated_at")


class NotificationsQuery(Paging):
    """Filters of the list of notifications."""

    department_id: int | None = None
    feature_id: int | None = None
    feature_result_id: int | None = None
    channel: Channel | None = None
    state: State | None = None


class NotificationOut(BaseModel):
    """A message and what became of it."""

    id: int
    delivery: str = Field(description="Stays the same however often it is sent; webhooks get it as header.")
    channel: Channel
    target: str
    state: State
    attempts: int
    next_try_on: Timestamp | None = Field(description="Null unless it waits.")
    last_error: str
    department_id: int
    feature_id: int
    run_id: int | None
    feature_result_id: int | None
    integration: int | None
    created_on: Timestamp
    ended_on: Timestamp | None = Field(description="When it was sent or died.")
