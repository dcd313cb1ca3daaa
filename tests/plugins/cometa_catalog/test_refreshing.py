"""When browsers are looked for, and the commands of people who look themselves."""

from datetime import timedelta

import pytest
from small_installation import initialise, runtime_in

from cometa_catalog.models import Browser
from cometa_catalog.refreshing import REFRESH_SECONDS, refresh_daily

PLUGINS = ("accounts", "catalog")


@pytest.fixture
def installed(tmp_path):
    """An installation on a machine with Chromium 5.1; write another version to have that one."""
    settings = {"cometa.browser.firefox": "/nonexistent", "cometa.browser.local": "true"}
    for name, setting in (("chromium", "chromium"), ("chromedriver", "chromedriver")):
        path = tmp_path / name
        path.write_text("#!/bin/sh\necho Chromium 5.1\n")
        path.chmod(0o755)
        settings[f"cometa.browser.{setting}"] = str(path)
    runtime = runtime_in(tmp_path / "data", PLUGINS, **settings)
    initialise(runtime)
    yield runtime, tmp_path
    runtime.close()


def versions(runtime):
    with runtime.reading() as session:
        return {row.spec["browser_version"]: row.vanished for row in session.query(Browser)}


class Hours:
    """A clock that stands at some hours since the start."""

    def __init__(self, clock, hours):
        self._clock = clock
        self._hours = hours

    def now(self):
        return self._clock.now() + timedelta(hours=self._hours)

    def monotonic(self):
        return self._clock.monotonic() + 3600 * self._hours


def test_a_worker_looks_once_a_day(installed):
    """runner H.4."""
    runtime, folder = installed
    refresh_daily(runtime)
    (folder / "chromium").write_text("#!/bin/sh\necho Chromium 5.2\n")
    refresh_daily(runtime)
    assert versions(runtime) == {"5.1": False}
    runtime.clock = Hours(runtime.clock, REFRESH_SECONDS / 3600 + 1)
    refresh_daily(runtime)
    assert versions(runtime) == {"5.1": True, "5.2": False}


def test_a_browser_that_falls_silent_stays_known(installed):
    """X-125."""
    runtime, folder = installed
    (folder / "chromium").write_text("#!/bin/sh\nexit 1\n")
    refresh_daily(runtime)
    assert versions(runtime) == {"5.1": False}
