"""What a browser spec says, in one canonical form.  Contract: rest-api A4.2 (BrowserSpec)."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

IDENTITY = ("browser", "os", "os_version", "device", "real_mobile", "cloud")
"""Keys that decide which known browsers a spec means, besides the version."""

LATEST = "latest"
STABLE_VERSION = re.compile(r"\d+(\.\d+)*")


def completed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec with every key that has a default."""
    system = spec.get("os") or "Generic"
    return {
        "browser_version": LATEST,
        "os_version": "Selenium",
        "device": None,
        "real_mobile": False,
        **{key: value for key, value in spec.items() if value is not None},
        "os": system,
        "browser": str(spec.get("browser", "")).lower(),
        "cloud": spec.get("cloud") or ("local" if system == "Generic" else "browserstack"),
    }


def identity(spec: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what two specs must share to mean the same kind of browser."""
    full = completed(spec)
    return tuple(full.get(key) for key in IDENTITY)


def is_same_browser(spec: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two specs mean the same browser; ``latest`` and a missing version mean every version."""
    versions = {str(completed(found)["browser_version"]) for found in (spec, other)} - {LATEST}
    return identity(spec) == identity(other) and len(versions) <= 1


def spec_key(spec: Mapping[str, Any]) -> str:
    """Hash the canonical form of a spec: equal specs are one row."""
    return hashlib.sha256(json.dumps(completed(spec), sort_keys=True).encode()).hexdigest()


def version_number(version: str) -> tuple[int, ...]:
    """Return a version as numbers, so that ``100.0`` beats ``99.0``; a beta counts below everything.

    Contract: R-063, X-123.
    """
    if not STABLE_VERSION.fullmatch(version):
        return (-1,)
    return tuple(int(part) for part in version.split("."))
