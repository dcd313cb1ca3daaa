"""Bringing the table of browsers in line with what is installed.  Contract: runner H.4, X-125."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_catalog.discovery import LocalBrowser
from cometa_catalog.models import Browser
from cometa_catalog.specs import spec_key


def refresh_browsers(session: Session, found: list[LocalBrowser], now: datetime, *, forget: bool) -> None:
    """Add and update the discovered rows; manual rows are never touched.

    Args:
        session: open transaction.
        found: browsers of this machine.
        now: present moment.
        forget: mark discovered rows that were not found as vanished.
    """
    rows = {row.spec_key: row for row in session.scalars(select(Browser))}
    seen = set()
    for browser in found:
        spec = local_spec(browser)
        key = spec_key(spec)
        seen.add(key)
        row = rows.get(key)
        if row is None:
            row = Browser(spec=spec, spec_key=key, source="discovered")
            session.add(row)
        row.path, row.driver_path, row.last_seen, row.vanished = str(browser.binary), str(browser.driver), now, False
    for key, row in rows.items():
        if forget and row.source == "discovered" and key not in seen:
            row.vanished = True
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
