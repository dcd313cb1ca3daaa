"""Bringing the table of browsers in line with what there is.  Contract: runner H.4, X-125."""

import logging
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_catalog.discovery import FAMILIES, Family, LocalBrowser, SilentBrowserError, ask_browser
from cometa_catalog.models import Browser
from cometa_catalog.services.clouds import clouds_of
from cometa_catalog.specs import spec_key
from cometa_core.errors import CometaError
from cometa_core.events import announce
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope

DISCOVERED = "discovered"
GRID = "grid"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FoundBrowser:
    """A browser that a source has now; paths only where it is one of a machine."""

    spec: Mapping[str, Any]
    path: str | None = None
    driver_path: str | None = None


@dataclass(frozen=True)
class Source:
    """One place that was asked for its browsers.

    Attributes:
        kind: ``discovered`` for machines, ``grid`` for Grids.
        place: machine, or ``cloud <name>``: what the rows remember.
        found: what it has.
        family: family that was looked for; empty for all.
    """

    kind: str
    place: str
    found: Sequence[FoundBrowser]
    family: str = ""


@dataclass
class Search:
    """What was found, and which sources could not be asked.

    Attributes:
        sources: sources that answered.
        failures: place -> why it did not answer; its rows stay as they are.
    """

    sources: list[Source] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def search_browsers(runtime: Runtime) -> Search:
    """Ask this machine and every Grid for their browsers; takes seconds and is done before the transaction."""
    search = Search()
    machine = platform.node()
    for family in FAMILIES:
        try:
            found = _of_family(runtime, family)
        except SilentBrowserError as error:
            search.failures[f"{machine} {family.name}"] = str(error)
        else:
            search.sources.append(Source(DISCOVERED, machine, found, family.name))
    for name, cloud in clouds_of(runtime).items():
        if not cloud.discovered:
            continue
        try:
            listed = [FoundBrowser(spec) for spec in cloud.list()]
        except CometaError as error:
            search.failures[f"cloud {name}"] = str(error)
        else:
            search.sources.append(Source(GRID, f"cloud {name}", listed))
    for place, reason in search.failures.items():
        logger.warning("The browsers of %s stay as they are: %s", place, reason)
    return search


def refresh_browsers(runtime: Runtime) -> Search:
    """Search, store what was found in one transaction, and tell clients when something changed."""
    search = search_browsers(runtime)
    with runtime.unit_of_work() as scope:
        store_browsers(scope, search.sources)
    return search


def store_browsers(scope: Scope, sources: Sequence[Source]) -> None:
    """Store what sources have in the transaction of a scope."""
    if apply_sources(scope.session, sources, scope.now()):
        announce(scope, "browsers.changed", {})


def apply_sources(session: Session, sources: Sequence[Source], now: datetime) -> bool:
    """Add, update and mark vanished the rows of the sources that answered; manual rows are never touched.

    A row that other places have too stays; one that no place has any more has vanished.

    Returns:
        Whether a browser came, vanished or came back.
    """
    rows = {row.spec_key: row for row in session.scalars(select(Browser))}
    before = {key for key, row in rows.items() if not row.vanished}
    for source in sources:
        _apply(session, rows, source, now)
    session.flush()
    return before != {key for key, row in rows.items() if not row.vanished}


def _apply(session: Session, rows: dict[str, Browser], source: Source, now: datetime) -> None:
    present = {spec_key(browser.spec): browser for browser in source.found}
    for key, browser in present.items():
        row = rows.get(key)
        if row is None:
            row = rows[key] = Browser(spec=dict(browser.spec), spec_key=key, source=source.kind, machines=[])
            session.add(row)
        if row.source in {DISCOVERED, GRID}:
            row.machines = sorted({*row.machines, source.place})
            row.path, row.driver_path = browser.path or row.path, browser.driver_path or row.driver_path
            row.last_seen, row.vanished = now, False
    for key, row in rows.items():
        is_looked_for = source.family in {"", row.spec["browser"]}
        if is_looked_for and key not in present and source.place in row.machines:
            row.machines = [other for other in row.machines if other != source.place]
            row.vanished = not row.machines


def _of_family(runtime: Runtime, family: Family) -> list[FoundBrowser]:
    if not runtime.settings.flag("cometa.browser.local"):
        return []
    browser = ask_browser(runtime.settings, family)
    if browser is None or browser.driver is None:
        return []
    return [FoundBrowser(local_spec(browser), str(browser.binary), str(browser.driver))]


def local_spec(browser: LocalBrowser) -> dict[str, object]:
    """Describe a found browser as a spec."""
    return {
        "browser": browser.family,
        "browser_version": browser.version,
        "os": "Generic",
        "os_version": "Selenium",
        "device": None,
        "real_mobile": False,
        "cloud": "local",
    }
