"""Declared settings: every key is declared once, read from the ini and ``COMETA_…`` variables, and frozen.

Order of precedence: command line, environment, ini file, default.  ``cometa.screenshot.prefix`` is overridden by
``COMETA_SCREENSHOT_PREFIX`` and ``huey.url`` by ``COMETA_HUEY_URL``.  Keys outside the namespaces ``cometa.``,
``sqlalchemy.`` and ``huey.`` belong to Pyramid or other libraries and are passed through.
"""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cometa_core.errors import ConfigurationError

OWN_NAMESPACES = ("cometa.", "sqlalchemy.", "huey.")

CHOSEN = "<id>"
"""Part of a declared key that operators choose, for instance in ``cometa.oidc.<id>.issuer``."""

CHOSEN_NAME = "[a-z0-9]{1,40}"
"""What they may choose: the same words make sense in an ini and, in capitals, in a variable."""


def as_text(text: str) -> str:
    """Take the value as it is, without outer blanks."""
    return text.strip()


def as_boolean(text: str) -> bool:
    """Read ``true``/``false``, ``yes``/``no``, ``on``/``off``, ``1``/``0``."""
    word = text.strip().lower()
    if word in {"true", "yes", "on", "1"}:
        return True
    if word in {"false", "no", "off", "0"}:
        return False
    raise ValueError("expected true or false")


def as_integer(text: str) -> int:
    """Read a whole number from 0."""
    if not re.fullmatch(r"[0-9]{1,18}", text.strip()):
        raise ValueError("expected a whole number from 0")
    return int(text)


def as_seconds(text: str) -> float:
    """Read a number of seconds from 0, fractions allowed."""
    if not re.fullmatch(r"[0-9]{1,18}(\.[0-9]*)?", text.strip()):
        raise ValueError("expected a number of seconds from 0")
    return float(text)


def as_rate(text: str) -> str:
    """Read how often something may happen, for instance ``600/minute``."""
    if not re.fullmatch(r"[1-9][0-9]{0,8}/(second|minute|hour|day)", text.strip()):
        raise ValueError("expected a number per second, minute, hour or day, for instance 600/minute")
    return text.strip()


def as_words(text: str) -> tuple[str, ...]:
    """Read a list separated by line ends, blanks or commas."""
    return tuple(text.replace(",", " ").split())


def as_path(text: str) -> Path:
    """Read a path; ``~`` is the home folder of the user, relative ones count from the present folder."""
    return Path(text.strip()).expanduser().absolute()


@dataclass(frozen=True)
class Setting:
    """One declared key.

    Attributes:
        key: full name, for instance ``cometa.screenshot.prefix``.  A part ``<id>`` stands for names that operators
            choose: the setting exists once for each name that is configured, and not at all without one.
        default: value when nothing is configured; None = not set.
        help: one sentence for ``cometa config show`` and the documentation.
        read: turns the text of ini or environment into the value; a ValueError names what was expected.
        secret: never shown, only whether it is set.
    """

    key: str
    default: object
    help: str
    read: Callable[[str], object] = as_text
    secret: bool = False

    @property
    def variable(self) -> str:
        """Name of the environment variable that overrides the ini."""
        tail = self.key.removeprefix("cometa.")
        return "COMETA_" + tail.upper().replace(".", "_").replace("-", "_")


@dataclass(frozen=True)
class Value:
    """An effective value and where it came from (``default``, ``ini``, ``environment`` or ``command line``)."""

    setting: Setting
    value: object
    origin: str


@dataclass(frozen=True)
class Settings:
    """All effective settings of an installation, frozen at start."""

    values: Mapping[str, Value]
    ini_path: Path | None = None
    passed_through: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.values.values())

    def _get(self, key: str) -> object:
        try:
            return self.values[key].value
        except KeyError:
            raise ConfigurationError(f"The setting {key} is used but declared nowhere.") from None

    def text(self, key: str) -> str:
        """Return a value as text; not set = empty."""
        value = self._get(key)
        return "" if value is None else str(value)

    def flag(self, key: str) -> bool:
        """Return a boolean value."""
        return bool(self._get(key))

    def integer(self, key: str) -> int:
        """Return a whole number."""
        value = self._get(key)
        assert isinstance(value, int | float), key
        return int(value)

    def seconds(self, key: str) -> float:
        """Return a duration in seconds."""
        value = self._get(key)
        assert isinstance(value, int | float), key
        return float(value)

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of words."""
        value = self._get(key)
        assert isinstance(value, tuple), key
        return value

    def path(self, key: str) -> Path | None:
        """Return a path, or None when it is not set."""
        value = self._get(key)
        assert value is None or isinstance(value, Path), key
        return value

    def chosen(self, key: str) -> tuple[str, ...]:
        """Return the names that operators chose for the part ``<id>`` of a declared key, sorted."""
        before, _, after = key.partition(CHOSEN)
        found = (re.fullmatch(f"{re.escape(before)}({CHOSEN_NAME}){re.escape(after)}", name) for name in self.values)
        return tuple(sorted(match[1] for match in found if match))

    def is_set(self, key: str) -> bool:
        """Tell whether a key has another value than its default."""
        return self.values[key].value != self.values[key].setting.default


def check_unknown_keys(declared: Mapping[str, Setting], configured: Iterable[str]) -> None:
    """Refuse keys of our namespaces that nobody declared, naming the nearest valid key."""
    for key in configured:
        if key.startswith(OWN_NAMESPACES) and key not in declared:
            near = difflib.get_close_matches(key, declared, n=1, cutoff=0.0)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise ConfigurationError(f"The setting {key} is unknown.{hint} `cometa config show` lists all keys.")


def load_settings(
    declared: Iterable[Setting],
    ini: Mapping[str, str],
    *,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
    ini_path: Path | None = None,
) -> Settings:
    """Read all declared settings and freeze them.

    Args:
        declared: every setting of core and active plugins; a key declared twice is an error.
        ini: keys and texts of the application section.
        environment: environment variables; None = those of the process.
        overrides: keys and texts given on the command line.
        ini_path: file that ``ini`` was read from, for messages.

    Raises:
        ConfigurationError: an unknown key, a value that cannot be read, a key declared twice.
    """
    environment = os.environ if environment is None else environment
    by_key: dict[str, Setting] = {}
    for setting in declared:
        if setting.key in by_key:
            raise ConfigurationError(f"The setting {setting.key} is declared twice.")
        by_key[setting.key] = setting
    configured = [*ini, *(overrides or {})]
    by_key |= chosen_settings(by_key.values(), configured, environment)
    check_unknown_keys(by_key, configured)
    values = {}
    for key, setting in by_key.items():
        if CHOSEN in key:
            continue
        values[key] = effective_value(setting, ini, environment, overrides or {})
    passed = {key: text for key, text in ini.items() if not key.startswith(OWN_NAMESPACES)}
    return Settings(values, ini_path, passed)


def chosen_settings(
    declared: Iterable[Setting], configured: Iterable[str], environment: Mapping[str, str]
) -> dict[str, Setting]:
    """Return, by key, what settings with a part ``<id>`` become by the names in ini, command line and environment.

    Of each name all settings of its family exist, so that those which are left out have their defaults.
    """
    families = [setting for setting in declared if CHOSEN in setting.key]
    names: dict[str, set[str]] = {}
    for setting in families:
        head = setting.key.partition(CHOSEN)[0]
        for pattern, used in ((setting.key, configured), (setting.variable, environment)):
            before, _, after = pattern.lower().partition(CHOSEN)
            form = re.compile(f"{re.escape(before)}({CHOSEN_NAME}){re.escape(after)}")
            found = (form.fullmatch(key.lower() if used is environment else key) for key in used)
            names.setdefault(head, set()).update(match[1] for match in found if match)
    return {
        key: replace(setting, key=key)
        for setting in families
        for name in sorted(names[setting.key.partition(CHOSEN)[0]])
        for key in [setting.key.replace(CHOSEN, name)]
    }


def effective_value(
    setting: Setting, ini: Mapping[str, str], environment: Mapping[str, str], overrides: Mapping[str, str]
) -> Value:
    """Find the value of one setting by the order of precedence and read it.

    Raises:
        ConfigurationError: the text cannot be read; the sentence names the place and what was expected.
    """
    sources = (
        ("command line", overrides.get(setting.key)),
        ("environment", environment.get(setting.variable)),
        ("ini", ini.get(setting.key)),
    )
    for origin, text in sources:
        if text is None:
            continue
        try:
            return Value(setting, setting.read(text) if text.strip() else setting.default, origin)
        except ValueError as error:
            name = setting.variable if origin == "environment" else setting.key
            if setting.secret:
                # The reader's complaint may quote the text.
                raise ConfigurationError(f"{name} ({origin}) cannot be read.") from None
            raise ConfigurationError(f"{name} ({origin}) cannot be {text!r}: {error}.") from error
    return Value(setting, setting.default, "default")
