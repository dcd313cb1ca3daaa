"""Masking secrets in everything that a runner reports.  Contract: runner G.5, X-118 to X-121."""

import json
from collections.abc import Mapping
from typing import Any

from cometa_core.contracts.variables import RunVariable
from cometa_core.security.redaction import MASK, Redactor

__all__ = ["CLEAR", "MASK", "EventRedactor", "variable_of"]

CLEAR = "clear"
"""Key of an event ``variable_set``: its value as it was sent."""

STRUCTURE = frozenset({"type", "n", "t", "v", "seq", "index", "step_uuid", "path", "file", "role", "status", "sha256"})
"""Keys of events that programs read; the same words further inside are data like any other."""


class EventRedactor(Redactor):
    """Masks events and learns the secrets that they announce."""

    def event(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return an event with all texts masked but those that programs read; an announced secret is learnt first."""
        kind = event.get("type")
        if kind == "secret" or (kind == "variable_set" and event.get("secret")):
            self.add(*_texts_of(event.get("value")))
        masked = {name: item if name in STRUCTURE else self.document(item) for name, item in event.items()}
        if kind == "variable_set":
            # The store of variables, which encrypts it, needs what the runner said; nothing else may look at it.
            masked[CLEAR] = event.get("value")
        return masked


def _texts_of(value: Any) -> list[str]:
    """Return all that a secret value may be shown as: itself, and each text and number inside."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [json.dumps(value, ensure_ascii=False), *(text for item in value.values() for text in _texts_of(item))]
    if isinstance(value, list):
        return [json.dumps(value, ensure_ascii=False), *(text for item in value for text in _texts_of(item))]
    return [] if value is None or isinstance(value, bool) else [str(value)]


def variable_of(event: Mapping[str, Any]) -> RunVariable:
    """Return what an event ``variable_set`` says; a value that contains a secret is one."""
    clear = event[CLEAR]
    text = clear if isinstance(clear, str) else json.dumps(clear, ensure_ascii=False, separators=(",", ":"))
    return RunVariable(event["name"], text, "environment", bool(event.get("secret")) or clear != event["value"])
