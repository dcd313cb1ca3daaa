"""Known browsers, and which of them a feature's list means.  Contract: runner H.3, R-059, R-063, R-088."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cometa_catalog.grid import no_device
from cometa_catalog.models import Browser, Cloud
from cometa_catalog.services.clouds import clouds_of
from cometa_catalog.specs import LATEST, STABLE_VERSION, completed, identity, spec_key, version_number
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
        .where((Browser.spec["cloud"].as_string() == "local") | (Browser.source == "grid"), Browser.vanished.is_(False))
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
        Unavailable: a cloud that is asked for its browsers does not answer.
    """
    if not specs:
        raise Invalid("The feature has no browsers. Add one to its list or send browsers.", code="no_browsers")
    session = scope.session
    rows = {cloud.name: cloud for cloud in session.scalars(select(Cloud))}
    known = [
        Known(row.spec, row.id)
        for row in session.scalars(select(Browser).where(Browser.vanished.is_(False)).order_by(Browser.id))
    ]
    resolved = []
    for place, spec in enumerate(specs):
        full = completed(spec)
        most = _most_at_once(scope, rows.get(full["cloud"]), full["cloud"], place)
        _refuse_impossible(scope, full, place)
        found = _best(full, [*known, *_listed(scope, full)], place)
        wanted = max(1, int(full.get("concurrency") or 1))
        resolved += [found] * (min(wanted, most) if most else 1)
    return resolved


@dataclass(frozen=True)
class Known:
    """A browser that can be used: one of the table, or one that a cloud listed."""

    spec: Mapping[str, Any]
    browser_id: int | None = None


def _most_at_once(scope: Scope, row: Cloud | None, name: str, place: int) -> int:
    """Return how many results of one entry a cloud executes; 0 = it sets no number.

    A cloud that a plugin offers needs no row to be active.
    """
    if row is None and name in clouds_of(scope.runtime):
        return 0
    if row is None or not row.active:
        raise Invalid.field(f"browsers[{place}].cloud", f"{name} is not active", code="cloud_inactive")
    return row.max_concurrency


def _refuse_impossible(scope: Scope, spec: Mapping[str, Any], place: int) -> None:
    cloud = clouds_of(scope.runtime).get(spec["cloud"])
    reason = no_device(spec) if cloud is None else cloud.resolve(spec)
    if reason:
        raise Invalid.field(f"browsers[{place}]", reason, code="unknown_browser")


def _listed(scope: Scope, spec: Mapping[str, Any]) -> list[Known]:
    """Ask a cloud for its browsers whose list is not kept in the table."""
    cloud = clouds_of(scope.runtime).get(spec["cloud"])
    if cloud is None or cloud.discovered:
        return []
    return [Known(completed({**listed, "cloud": cloud.name})) for listed in cloud.list()]


def _best(spec: Mapping[str, Any], known: Sequence[Known], place: int) -> ResolvedBrowser:
    """Choose the asked version, else the highest one; betas are only taken when they are asked for by name."""
    wanted = identity(spec)
    alike = [found for found in known if identity(found.spec) == wanted]
    asked = str(spec["browser_version"])
    exact = next((found for found in alike if found.spec["browser_version"] == asked), None)
    stable = [found for found in alike if _is_stable(str(found.spec["browser_version"]))]
    chosen = exact or max(stable, key=lambda found: version_number(str(found.spec["browser_version"])), default=None)
    if chosen is None:
        raise Invalid.field(f"browsers[{place}]", _unknown(spec, known), code="unknown_browser")
    version = chosen.spec["browser_version"]
    return ResolvedBrowser({**spec, "browser_version": version}, asked, chosen.browser_id)


def _is_stable(version: str) -> bool:
    return version == LATEST or STABLE_VERSION.fullmatch(version) is not None


def _unknown(spec: Mapping[str, Any], known: Sequence[Known]) -> str:
    wanted = f"{spec['browser']} on {spec['os']} in the cloud {spec['cloud']}"
    if not known:
        return f"{wanted} is unknown; no browser is known at all. `cometa doctor` says what to install"
    # The nearest are those that share most; the sort keeps the order of equal ones.
    nearest = sorted(known, key=lambda row: -_shared(spec, row))[:MOST_SHOWN]
    names = [f"{row.spec['browser']} {row.spec['browser_version']} ({row.spec['cloud']})" for row in nearest]
    return f"{wanted} is unknown; known are {', '.join(names)}"


def _shared(spec: Mapping[str, Any], row: Known) -> int:
    return sum(one == other for one, other in zip(identity(spec), identity(row.spec), strict=True))
