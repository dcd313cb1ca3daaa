"""Which addresses are mailed.  Contract: runner L (invalid addresses are dropped)."""

import re
from collections.abc import Iterable
from email.utils import parseaddr

LONGEST = 250

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def usable(address: str) -> str | None:
    """Return an address as mail servers take it, with its domain in ASCII; None when it cannot be one.

    Quoted and non-ASCII local parts are not taken: few servers do.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        plain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = plain.split(".")
    fits = len(local) <= 64 and len(local) + len(plain) < LONGEST and _LOCAL.fullmatch(local)
    return f"{local}@{plain}" if fits and all(map(_LABEL.fullmatch, labels)) else None


def usable_sender(sender: str) -> bool:
    """Tell whether a text is an address, or a name with an address in angle brackets."""
    if any(ord(letter) < 32 for letter in sender):
        return False
    return usable(parseaddr(sender)[1]) is not None


def sorted_out(addresses: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the usable addresses, each once, and those that were dropped."""
    kept: dict[str, None] = {}
    dropped = []
    for address in addresses:
        plain = usable(str(address))
        if plain is None:
            dropped.append(str(address))
        else:
            kept[plain] = None
    return list(kept), dropped
