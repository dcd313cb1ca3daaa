"""Masking secrets in every text that leaves a runner.  Contract: runner G.5, X-118 to X-120.

Recognised forms: raw, URL-encoded, Base64 at all three alignments, JSON-escaped, HTML-escaped, and each line of a
secret of several lines.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from cometa_core.contracts.variables import RunVariable

MASK = "[MASKED]"

CLEAR = "clear"
"""Key of an event ``variable_set``: its value as it was sent."""

SHORTEST_ANYWHERE = 4
STRUCTURE = frozenset({"type", "n", "t", "v", "seq", "index", "step_uuid", "path", "file", "role", "status", "sha256"})


class Redactor:
    """Masks a set of secrets in texts and documents; secrets can be added while it is at work."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets: set[str] = set()
        self._short: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Mask further secrets from now on."""
        for secret in secrets:
            for part in {secret, *secret.splitlines()}:
                (self._secrets if len(part) >= SHORTEST_ANYWHERE else self._short).add(part)
        self._short.discard("")
        forms = {form for secret in self._secrets for form in forms_of(secret)}
        # The longest form first, so that a secret which contains another is masked as a whole.
        ordered = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def text(self, text: str) -> str:
        """Return a text with every known form of every secret masked."""
        if text.strip() in self._short:
            return MASK
        return text if self._pattern is None else self._pattern.sub(MASK, text)

    def document(self, value: Any, key: str = "") -> Any:
        """Return an event with all texts masked but those that programs read; an announced secret is learnt first."""
        if isinstance(value, dict):
            if value.get("type") == "secret" and "n" in value:
                self.add(str(value.get("value", "")))
            if value.get("type") == "variable_set" and value.get("secret"):
                self.add(str(value.get("value", "")))
            masked = {name: self.document(item, name) for name, item in value.items()}
            if value.get("type") == "variable_set" and "n" in value:
                # The store of variables, which encrypts it, needs what the runner said; nothing else may look at it.
                masked[CLEAR] = value.get("value")
            return masked
        if isinstance(value, list):
            return [self.document(item, key) for item in value]
        return self.text(value) if isinstance(value, str) and key not in STRUCTURE else value


def variable_of(event: Mapping[str, Any]) -> RunVariable:
    """Return what an event ``variable_set`` says; a value that contains a secret is one."""
    clear = event[CLEAR]
    text = clear if isinstance(clear, str) else json.dumps(clear, ensure_ascii=False, separators=(",", ":"))
    return RunVariable(event["name"], text, "environment", bool(event.get("secret")) or clear != event["value"])


def forms_of(secret: str) -> set[str]:
    """Return every form in which a secret may appear in a text."""
    raw = secret.encode()
    urls = {quote(secret, safe=""), quote_plus(secret, safe=""), quote(secret)}
    forms = {
        secret,
        *urls,
        *(re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), url) for url in urls),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        html.escape(secret, quote=False),
        html.escape(secret).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
        *base64_forms(raw),
    }
    return {form for form in forms if len(form) >= SHORTEST_ANYWHERE}


def base64_forms(raw: bytes) -> set[str]:
    """Return what of a secret is certain in Base64 text, at each of the three alignments."""
    forms = set()
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + raw).decode().rstrip("=")
        # Characters that mix in neighbouring bytes are unknown: cut them off at both ends.
        first = (0, 2, 3)[lead]
        last = (lead + len(raw)) * 8 // 6
        certain = coded[first:last]
        forms |= {certain, certain.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= SHORTEST_ANYWHERE}
