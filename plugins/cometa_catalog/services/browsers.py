"""Known browsers, and which of them a feature's list means.  Contract: runner H.3, R-059, R-063, R-088."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cometa_catalog.models import Browser, Cloud
from cometa_catalog.specs import completed, identity, spec_key, version_number
from cometa_core.errors import Conflict, Invalid, NotFound
from cometa_core.events import announce
from cometa_core.scope import Scope

MOST_SHOWN = 5


@dataclass(frozen=True)
class ResolvedBrowser:
    """One browser that a result is executed in.

    Attributes:
        spec: resolved entry with the version that is used.
        asked_version: version as it was asked for.
        browser_id: row of the known browser.
    """

    spec: Mapping[str, Any]
    asked_version: str
    browser_id: int | None


def local_browsers() -> Select[Browser]:
    """Select the local browsers by id."""
    return (
        select(Browser)
        .where(Browser.spec["cloud"].as_string() == "local", Browser.vanished.is_(False))
        .order_by(Browser.id)
    )


def local_browser_specs(session: Session) -> list[dict[str, Any]]:
    """Return the specs of the local browsers, the first found first."""
    return [dict(row.spec) for row in session.scalars(local_browsers())]


def browser_row(scope: Scope, browser_id: int) -> Browser:
    """Return one row.

    Raises:
        NotFound: unknown.
    """
    found = scope.session.get(Browser, browser_id)
    if found is None:
        raise NotFound
    return found


def create_browser(scope: Scope, spec: Mapping[str, Any]) -> Browser:
    """Add a browser by hand.

    Raises:
        Conflict: ``duplicate_row``.
    """
    refuse_equal(scope.session, spec)
    row = Browser(spec=completed(spec), spec_key=spec_key(spec), source="manual")
    scope.session.add(row)
    scope.session.flush()
    announce(scope, "browsers.changed", {})
    return row


def change_browser(scope: Scope, row: Browser, spec: Mapping[str, Any]) -> Browser:
    """Replace the spec of a browser.

    Raises:
        Conflict: ``duplicate_row``.
    """
    refuse_equal(scope.session, spec, row.id)
    row.spec, row.spec_key, row.source = completed(spec), spec_key(spec), "manual"
    scope.session.flush()
    announce(scope, "browsers.changed", {})
    return row


def delete_browser(scope: Scope, row: Browser) -> None:
    """Delete a browser; features keep their copy of its description, results lose the reference."""
    scope.session.delete(row)
    announce(scope, "browser.removed", {"browser_id": row.id})


def refuse_equal(session: Session, spec: Mapping[str, Any], own_id: int = 0) -> None:
    """Refuse a spec that another row has.

    Raises:
        Conflict: ``duplicate_row``.
    """
    query = select(Browser.id).where(Browser.spec_key == spec_key(spec), Browser.id != own_id)
    if session.scalar(query) is not None:
        raise Conflict("There is already a browser with this description.", code="duplicate_row")


def resolve_browsers(scope: Scope, specs: Sequence[Mapping[str, Any]]) -> list[ResolvedBrowser]:
    """Turn a feature's list into the browsers that its results are executed in.

    ``latest``, or a version that vanished, becomes the highest known one; ``concurrency`` N makes N results, at most
    as many as the cloud allows.

    Raises:
        Invalid: ``no_browsers``, ``cloud_inactive`` or ``unknown_browser``.
    """
    if not specs:
        raise Invalid("The feature has no browsers. Add one to its list or send browsers.", code="no_browsers")
    session = scope.session
    clouds = {cloud.name: cloud for cloud in session.scalars(select(Cloud))}
    known = session.scalars(select(Browser).where(Browser.vanished.is_(False)).order_by(Browser.id)).all()
    resolved = []
    for place, spec in enumerate(specs):
        full = completed(spec)
        cloud = clouds.get(full["cloud"])
        if cloud is None or not cloud.active:
            raise Invalid.field(f"browsers[{place}].cloud", f"{full['cloud']} is not active", code="cloud_inactive")
        found = _best(full, known, place)
        wanted = max(1, int(full.get("concurrency") or 1))
        times = min(wanted, cloud.max_concurrency) if cloud.max_concurrency else 1
        resolved += [found] * times
    return resolved


def _best(spec: Mapping[str, Any], known: Sequence[Browser], place: int) -> ResolvedBrowser:
    alike = [row for row in known if identity(row.spec) == identity(spec)]
    asked = str(spec["browser_version"])
    exact = next((row for row in alike if row.spec["browser_version"] == asked), None)
    chosen = exact or max(alike, key=lambda row: version_number(str(row.spec["browser_version"])), default=None)
    if chosen is None:
        raise Invalid.field(f"browsers[{place}]", _unknown(spec, known), code="unknown_browser")
    return ResolvedBrowser({**spec, "browser_version": chosen.spec["browser_version"]}, asked, chosen.id)


def _unknown(spec: Mapping[str, Any], known: Sequence[Browser]) -> str:
    wanted = f"{spec['browser']} on {spec['os']} in the cloud {spec['cloud']}"
    if not known:
        return f"{wanted} is unknown; no browser is known at all. `cometa doctor` says what to install"
    # The nearest are those that share most; the sort keeps the order of equal ones.
    nearest = sorted(known, key=lambda row: -_shared(spec, row))[:MOST_SHOWN]
    names = [f"{row.spec['browser']} {row.spec['browser_version']} ({row.spec['cloud']})" for row in nearest]
    return f"{wanted} is unknown; known are {', '.join(names)}"


def _shared(spec: Mapping[str, Any], row: Browser) -> int:
    return sum(one == other for one, other in zip(identity(spec), identity(row.spec), strict=True))
