"""The kinds of parameters as annotations of step functions.

Every value reaches a step function as text; the annotation tells editors, the matcher's callers and the reference page
what the text means.  Contract: steps section 3.
"""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class Kind:
    """Marks an annotation with a kind of parameter.

    Attributes:
        name: word of steps section 3, such as ``selector``.
        secret: whether the value is blanked out wherever it occurs, the sentence itself included.
    """

    name: str
    secret: bool = False


Selector = Annotated[str, Kind("selector")]
"""Names elements in one of the forms of runner section E."""

Text = Annotated[str, Kind("text")]
"""Taken as it is."""

SecretText = Annotated[str, Kind("text", secret=True)]
"""Text that is a secret however it was written: a password, a pairing key.  Contract: runner G.5."""

Number = Annotated[str, Kind("number")]
"""Decimal number with a point; see ``values.number``."""

Seconds = Annotated[str, Kind("seconds")]
"""Number from 0 to 7200; see ``values.seconds``."""

Url = Annotated[str, Kind("url")]
"""Address, absolute or relative to the current document."""

Variable = Annotated[str, Kind("variable")]
"""Name of a variable; see ``values.variable_name``."""

Option = Annotated[str, Kind("option")]
"""One or more listed words; see ``values.options``."""

Code = Annotated[str, Kind("code")]
"""Program text for somebody else: the page, a database, a jq filter."""

File = Annotated[str, Kind("file")]
"""``uploads/<name>`` or ``downloads/<name>``; see ``file_names``."""

KIND_NAMES = frozenset(
    {"selector", "text", "number", "seconds", "url", "variable", "option", "code", "file"},
)
"""All kinds that exist."""
