"""Bringing the table of browsers in line with what is installed.  Contract: runner H.4, X-125."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_catalog.discovery import LocalBrowser
from cometa_catalog.models import Browser
from cometa_catalog.specs import spec_key

DISCOVERED = "discovered"


def refresh_browsers(session: Session, found: Sequence[LocalBrowser], machine: str, now: datetime) -> None:
    """Add and update the rows that were discovered on one machine; manual rows are never touched.

    A row that was found on other machines only stays as it is; one that is on no machine any more has vanished.

    Args:
        session: open transaction.
        found: browsers of the machine.
        machine: name of the machine.
        now: present moment.
    """
    rows = {row.spec_key: row for row in session.scalars(select(Browser))}
    present = {spec_key(local_spec(browser)): browser for browser in found}
    for key, browser in present.items():
        row = rows.get(key)
        if row is None:
            row = Browser(spec=local_spec(browser), spec_key=key, source=DISCOVERED, machines=[])
            session.add(row)
        if row.source == DISCOVERED:
            row.machines = sorted({*row.machines, machine})
            row.path, row.driver_path, row.last_seen = str(browser.binary), str(browser.driver), now
            row.vanished = False
    for key, row in rows.items():
        if row.source == DISCOVERED and key not in present:
            row.machines = [other for other in row.machines if other != machine]
            row.vanished = not row.machines
    session.flush()


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
