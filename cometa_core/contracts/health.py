"""Checks of what an installation needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cometa_core.runtime import Runtime


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        ok: whether it is as it should be.
        text: what was found.
        remedy: what to do when it is not; empty otherwise.
    """

    ok: bool
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class HealthCheck:
    """One line of ``cometa doctor``.

    Attributes:
        name: what is checked, for instance ``browser``.
        check: looks at a runtime; an exception counts as a finding that is not ok.
    """

    name: str
    check: "Callable[[Runtime], Finding]"
