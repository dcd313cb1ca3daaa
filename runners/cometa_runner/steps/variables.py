"""Variables of a run and the one place where tokens in values are replaced.

Contract: runner G.1, G.2, G.3.
"""

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cometa_runner.steps.dates import read_macro
from cometa_runner.steps.definition import StepDefinition

RANKS: Mapping[str, int] = {"run": 1, "data": 2, "feature": 3, "environment": 4, "department": 5}
"""Scope -> rank of runner G.2; the lowest rank wins."""

StoredScope = Literal["run", "environment"]

_TRIGGER = re.compile(r"\\|\$|%|#|cmt1:|U2FsdGVkX1")
_NAME = re.compile(r"[\w.-]{1,100}")
_BRACED_NAME = re.compile(r"\$\{([^{}]+)\}")
_SIMILARITY = 0.75


@dataclass(frozen=True)
class Variable:
    """One variable that ``$name`` may stand for.

    Attributes:
        name: case-sensitive.
        value: text, or a structure that appears as compact JSON.
        scope: a key of ``RANKS``.
        secret: whether the value must not be shown.
    """

    name: str
    value: object
    scope: str
    secret: bool = False


def utc_now() -> datetime:
    """Read the clock in UTC."""
    return datetime.now(UTC)


class Variables:
    """The names of one attempt and their values.

    Args:
        stored: variables of the plan; of two with equal scope and name the later one wins.
        parameters: run parameters, written ``%name``.
        inline: ciphertexts that occur in values -> their clear text.
        now: clock reading in the time zone of the browser; read once for each step.
        warn: told about unknown names that resemble a known one.
    """

    def __init__(
        self,
        stored: Iterable[Variable] = (),
        parameters: Mapping[str, str] | None = None,
        *,
        inline: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = utc_now,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        stored = list(stored)
        self._supplied = {variable.name for variable in stored if variable.scope == "data"}
        self._known: dict[str, Variable] = {}
        for variable in stored:
            self._offer(variable)
        self._stored = dict(self._known)
        self._forgotten: list[Variable] = []
        self._parameters: dict[str, str] = dict(parameters or {})
        # The longest ciphertext first: one may begin like another.
        self._inline = sorted((inline or {}).items(), key=lambda item: -len(item[0]))
        self._now = now
        self._warn = warn or (lambda _text: None)

    def _offer(self, variable: Variable) -> None:
        present = self._known.get(variable.name)
        if present is None or RANKS[variable.scope] <= RANKS[present.scope]:
            self._known[variable.name] = variable

    def get(self, name: str) -> Variable | None:
        """Find the variable that ``$name`` stands for.  Contract: X-114."""
        return self._known.get(name)

    def set(self, name: str, value: object, scope: StoredScope = "run", *, secret: bool = False) -> StoredScope:
        """Set a variable for the rest of the attempt.

        Args:
            name: name without ``$``.
            value: text or structure.
            scope: ``environment`` when the store is to keep it too.
            secret: whether the value must not be shown; stays so once set.

        Returns:
            Where the value may be written: ``run`` for names that came with the run's data, whatever was asked.
            Contract: X-117.
        """
        present = self._known.get(name)
        secret = secret or (present is not None and present.secret)
        self._known[name] = Variable(name, value, "run", secret)
        stored_in: StoredScope = "run" if name in self._supplied else scope
        if stored_in == "environment":
            self._stored[name] = Variable(name, value, "environment", secret)
        return stored_in

    def forget(self, name: str) -> bool:
        """Remove what steps set; a stored value of that name, or one that came with the run, is visible again.

        Returns:
            Whether there was anything to remove.  Secrets stay secrets: ``shows_secret`` still knows the value.
        """
        present = self._known.pop(name, None)
        stored = self._stored.get(name)
        if stored is not None:
            self._known[name] = stored
        if present is not None and present.secret:
            self._forgotten.append(present)
        return present is not None and present is not stored

    def shows_secret(self, text: str) -> bool:
        """Tell whether the value of a secret variable, or an inline secret, stands in a text."""
        known = (*self._known.values(), *self._forgotten)
        values = [as_text(variable.value) for variable in known if variable.secret]
        return any(value and value in text for value in (*values, *(clear for _, clear in self._inline)))

    def parameter(self, name: str) -> str | None:
        """Give a run parameter."""
        return self._parameters.get(name)

    def set_parameter(self, name: str, value: str | None) -> None:
        """Set a run parameter such as ``js_return`` or ``index``; None removes it."""
        if value is None:
            self._parameters.pop(name, None)
        else:
            self._parameters[name] = value

    def expand_values(self, definition: StepDefinition, values: Mapping[str, str]) -> dict[str, str]:
        """Expand all values of a step with one clock reading."""
        moment = self._now()
        return {name: self.expand(text, definition.kind_of(name), moment) for name, text in values.items()}

    def expand(self, text: str, kind: str = "text", moment: datetime | None = None) -> str:
        """Replace all tokens of a value, once, from left to right; replacements are not looked at again.

        Args:
            text: the value as stored.
            kind: kind of the parameter; in ``selector`` a bare ``#today`` is an id.
            moment: clock reading; now when missing.

        Contract: X-112, X-113, X-115.
        """
        moment = moment or self._now()
        done: list[str] = []
        place = 0
        while (trigger := _TRIGGER.search(text, place)) is not None:
            start = trigger.start()
            done.append(text[place:start])
            escaped = text[start] == "\\"
            token = self._token(text, start + escaped, kind, moment)
            if token is None:
                done.append(text[start])
                place = start + 1
            else:
                replacement, place = token
                done.append(text[start + 1 : place] if escaped else replacement)
        done.append(text[place:])
        return "".join(done)

    def _token(self, text: str, start: int, kind: str, moment: datetime) -> tuple[str, int] | None:
        """Read the token that begins at a place: its replacement and where it ends; None when there is none."""
        sign = text[start : start + 1]
        if sign == "$":
            return self._variable(text, start)
        if sign == "%":
            return self._parameter(text, start)
        if sign == "#":
            return read_macro(text, start, moment, bare=kind != "selector")
        for ciphertext, clear in self._inline:
            if text.startswith(ciphertext, start):
                return clear, start + len(ciphertext)
        return None

    def _variable(self, text: str, start: int) -> tuple[str, int] | None:
        braced = _BRACED_NAME.match(text, start)
        if braced:
            name = braced[1]
            if name not in self._known:
                self._warn_about("$", name, self._known)
                return None
            return as_text(self._known[name].value), braced.end()
        found = self._longest_name("$", text, start, self._known)
        return None if found is None else (as_text(self._known[found].value), start + 1 + len(found))

    def _parameter(self, text: str, start: int) -> tuple[str, int] | None:
        found = self._longest_name("%", text, start, self._parameters)
        return None if found is None else (self._parameters[found], start + 1 + len(found))

    def _longest_name(self, sign: str, text: str, start: int, known: Mapping[str, object]) -> str | None:
        written = _NAME.match(text, start + 1)
        if written is None:
            return None
        for length in range(len(written[0]), 0, -1):
            if written[0][:length] in known:
                return written[0][:length]
        self._warn_about(sign, written[0], known)
        return None

    def _warn_about(self, sign: str, name: str, known: Mapping[str, object]) -> None:
        similar = difflib.get_close_matches(name, known, n=1, cutoff=_SIMILARITY)
        if similar:
            self._warn(f"There is no {sign}{name}; a similar name is {sign}{similar[0]}.")


def as_text(value: object) -> str:
    """Write a value as it appears in sentences: text as it is, structures as compact JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
