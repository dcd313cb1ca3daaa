"""What a permission is and which words of it the core itself knows."""

from dataclasses import dataclass
from enum import StrEnum

PUBLIC = "public"
"""Permission of a route that needs no identity."""

AUTHENTICATED = "authenticated"
"""Permission of a route that any identity may use."""


class KeyScope(StrEnum):
    """Scope that an API key must have besides the right of its account.  Contract: rest-api A2.4."""

    READ = "read"
    RUN = "run"
    WRITE = "write"
    ADMIN = "admin"
    RUNNER = "runner"


@dataclass(frozen=True)
class Permission:
    """One flag of the permission table.  Contract: rest-api A3.1.

    Attributes:
        name: flag name, for instance ``create_feature``.
        text: one sentence what it allows.
        roles: names of the shipped roles that have it.
        key_scope: scope that an API key needs to use it.
    """

    name: str
    text: str
    roles: tuple[str, ...]
    key_scope: KeyScope = KeyScope.WRITE
