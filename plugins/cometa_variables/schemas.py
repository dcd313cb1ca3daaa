"""Bodies, queries and answers of variables and encryption.  Contract: rest-api A4.8, A6.13, A6.15."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from cometa_core.web.fields import Flag, Id, Timestamp
from cometa_core.web.paging import Paging
from cometa_core.web.validation import Body

LONGEST_VALUE = 65_536
MOST_VARIABLES = 500

Based = Literal["department", "environment", "feature"]
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.\-]{0,99}$")]
Value = Annotated[str, Field(max_length=LONGEST_VALUE)]


class VariableIn(Body):
    """A variable to be set; without a value, which encrypted ones are shown without, it keeps the one that it has."""

    variable_name: VariableName
    variable_value: Value | None = None
    encrypted: Flag | None = None
    based: Based = "environment"
    feature_id: Id | None = None


class VariablesIn(Body):
    """Variables to be set in one department and environment."""

    environment_name: Annotated[str, Field(max_length=100)]
    department_id: Id | None = None
    variables: Annotated[list[VariableIn], Field(min_length=1, max_length=MOST_VARIABLES)]


class VariableUpdate(Body):
    """What is to be changed of a variable."""

    variable_name: VariableName | None = None
    variable_value: Value | None = None
    encrypted: Flag | None = None


class VariableOut(BaseModel):
    """What the API says about a variable; the value of an encrypted one is null to everybody."""

    id: int
    department: int
    department_name: str
    environment: int | None
    environment_name: str | None
    feature: int | None
    feature_name: str | None
    variable_name: str
    variable_value: str | None
    encrypted: bool
    based: Based
    in_use: list[int]
    created_by: int | None
    created_by_name: str | None
    updated_by: int | None
    updated_by_name: str | None
    created_on: Timestamp
    updated_on: Timestamp


class EnvironmentQuery(Paging):
    """Which variables of an environment are wanted; ``effective`` needs a department."""

    department_id: int | None = None
    feature_id: int | None = None
    effective: bool = False


class VariablesQuery(Paging):
    """Filters of the list of all variables."""

    department_id: int | None = None
    environment_id: int | None = None
    feature_id: int | None = None
    based: Based | None = None


class EncryptIn(Body):
    """A text to be encrypted or decrypted."""

    action: Literal["encrypt", "decrypt"]
    text: Annotated[str, Field(max_length=LONGEST_VALUE)]


class EncryptOut(BaseModel):
    """What became of the text."""

    result: str
