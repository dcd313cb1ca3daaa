"""Specs of browsers, rows of them, and what sessions are opened for."""

from cometa_catalog.models import Browser
from cometa_catalog.specs import completed, spec_key
from cometa_core.contracts.clouds import SessionOrder


def local(browser="chrome", version="100.0", **others):
    return {"browser": browser, "browser_version": version, "os": "Generic", "os_version": "Selenium", "cloud": "local",
            **others}  # fmt: skip


def known(scope, *specs):
    for spec in specs:
        scope.session.add(Browser(spec=completed(spec), spec_key=spec_key(spec)))
    scope.session.flush()


def order_of(spec, **more):
    """What a session of this spec is opened for."""
    return SessionOrder(spec, run_id=12, result_id=31, feature_name="Buy a book", department_name="Shop", **more)
