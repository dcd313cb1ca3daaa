"""Header fields as testers write them, and which of them nobody may read.

Contract: steps.json (Use request header), X-087.
"""

import re
from collections.abc import Mapping

from cometa_runner.steps import StepFailure
from cometa_runner.steps.failure import quoted

MASK = "[MASKED]"
"""Stands for the value of a secret field."""

OF_THE_CONNECTION = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect"}
)
"""Fields that the connection sets by itself; whoever sets them could make a server read another request."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_SECRET = re.compile(r"authori[sz]ation|cookie|token|secret|passw|credential|api-?key|session", re.IGNORECASE)
_SCHEME = re.compile(r"(basic|bearer|digest|token|apikey|negotiate)\s+", re.IGNORECASE)


def field_name(text: str) -> str:
    """Read the name of a header field.

    Raises:
        StepFailure: ``bad-value``.
    """
    name = text.strip()
    if not _NAME.fullmatch(name):
        raise StepFailure("bad-value", expected="the name of a header field, such as Accept", found=quoted(text))
    if name.lower() in OF_THE_CONNECTION or name.lower().startswith("proxy-"):
        raise StepFailure(
            "bad-value", expected="a header field that requests do not set by themselves", found=quoted(name)
        )
    return name


def field_value(text: str) -> str:
    """Read the value of a header field.

    Raises:
        StepFailure: ``bad-value`` for line breaks and other control characters, which would begin a field of their own.
    """
    value = text.strip()
    if any((ord(letter) < 32 and letter != "\t") or ord(letter) == 127 for letter in value):
        raise StepFailure(
            "bad-value", expected="a header value in one line", found="a value with line breaks or control characters"
        )
    return value


def on_the_wire(value: str) -> str:
    """Spell a value so that its UTF-8 bytes are sent; HTTP itself knows no other alphabet than Latin 1."""
    return value.encode().decode("latin-1")


def is_secret(name: str) -> bool:
    """Tell whether a field carries what only the server may know, such as ``Authorization`` or ``X-API-Key``."""
    return _SECRET.search(name) is not None


def secret_of(name: str, value: str) -> str:
    """Give the secret in a field: what follows the word for its kind; empty for fields that everybody may read."""
    return _SCHEME.sub("", value, count=1) if is_secret(name) else ""


def shown(fields: Mapping[str, str]) -> list[str]:
    """Write fields for people, one a line, without the values of the secret ones."""
    return [f"{name}: {MASK if is_secret(name) else value}" for name, value in fields.items()]
