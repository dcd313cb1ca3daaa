"""Browsers: rows, resolution at accept, and what this machine has."""

import pytest

from cometa_catalog.api import browser_plan, resolve_browsers
from cometa_catalog.discovery import FAMILIES, find_browser, find_browsers
from cometa_catalog.models import Browser, Cloud
from cometa_catalog.services.refresh import refresh_browsers
from cometa_catalog.specs import completed, spec_key, version_number
from cometa_core.errors import Invalid
from cometa_core.scope import Scope


def local(browser="chrome", version="100.0", **others):
    return {"browser": browser, "browser_version": version, "os": "Generic", "os_version": "Selenium", "cloud": "local",
            **others}  # fmt: skip


@pytest.fixture
def scope(runtime):
    """A unit of work that is rolled back."""
    with runtime.sessions() as session:
        session.query(Browser).delete()
        yield Scope(runtime, session)
        session.rollback()


def known(scope, *specs):
    for spec in specs:
        scope.session.add(Browser(spec=completed(spec), spec_key=spec_key(spec)))
    scope.session.flush()


def test_rows_have_key_and_spec_and_equal_specs_are_one_row(root):
    """R-088."""
    body = {"browser_json": local(version="69")}
    made = root.post("/api/browsers/", body, status=201).json
    assert set(made) == {"browser_id", "browser_json"}
    assert root.post("/api/browsers/", body, status=409).json["code"] == "duplicate_row"
    assert made["browser_id"] in [row["browser_id"] for row in root.get("/api/browsers/").json]


def test_changes_need_their_flags(root, member):
    """R-089."""
    row = root.post("/api/browsers/", {"browser_json": local(version="70")}, status=201).json
    path = f"/api/browsers/{row['browser_id']}/"
    body = {"browser_json": local(version="71")}
    for method, where, sent in (("POST", "/api/browsers/", body), ("PATCH", path, body), ("DELETE", path, None)):
        assert member.call(method, where, sent, status=403).json["code"] == "permission_missing"
    assert root.patch(path, body).json["data"]["browser_json"]["browser_version"] == "71"
    root.delete(path)
    root.get(path, status=404)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"browser": ""}, "browser_json.browser"),
        ({"browser": "x" * 41}, "browser_json.browser"),
        ({"concurrency": 51}, "browser_json.concurrency"),
        ({"selectedTimeZone": "Mars/Base"}, "browser_json.selectedTimeZone"),
        ({"extra": "x" * 9000}, "browser_json"),
    ],
)
def test_specs_have_limits(root, change, field):
    refused = root.post("/api/browsers/", {"browser_json": {**local(version="72"), **change}}, status=422)
    assert list(refused.json["fields"]) == [field]


def test_keys_without_a_meaning_are_kept(root):
    made = root.post("/api/browsers/", {"browser_json": {**local(version="73"), "colour": "red"}}, status=201).json
    assert made["browser_json"]["colour"] == "red"


@pytest.mark.parametrize(
    ("versions", "highest"),
    [(["99.0", "100.0"], "100.0"), (["134.0", "99.0", "140.0-beta"], "134.0"), (["9", "10.1", "10.0.5"], "10.1")],
)
def test_latest_is_the_numerically_highest_version_and_never_a_beta(scope, versions, highest):
    """R-063, X-123."""
    known(scope, *(local(version=version) for version in versions))
    (found,) = resolve_browsers(scope, [{"browser": "chrome"}])
    assert (found.spec["browser_version"], found.asked_version) == (highest, "latest")


def test_a_vanished_version_becomes_the_highest_known_one(scope):
    known(scope, local(version="99.0"), local(version="100.0"))
    (found,) = resolve_browsers(scope, [local(version="98.0")])
    assert (found.spec["browser_version"], found.asked_version) == ("100.0", "98.0")


def test_an_exact_known_version_stays(scope):
    known(scope, local(version="99.0"), local(version="100.0"))
    (found,) = resolve_browsers(scope, [local(version="99.0")])
    assert found.spec["browser_version"] == "99.0"


@pytest.mark.parametrize(
    ("specs", "code"),
    [
        ([], "no_browsers"),
        ([{"browser": "lynx"}], "unknown_browser"),
        ([{"browser": "chrome", "os": "Windows"}], "cloud_inactive"),
        ([{"browser": "chrome", "cloud": "nowhere"}], "cloud_inactive"),
    ],
)
def test_what_cannot_be_opened_is_refused(scope, specs, code):
    """R-059, X-124."""
    known(scope, local())
    with pytest.raises(Invalid) as refused:
        resolve_browsers(scope, specs)
    assert refused.value.code == code


def test_an_unknown_browser_lists_known_ones(scope):
    known(scope, local())
    with pytest.raises(Invalid, match=r"chrome 100\.0 \(local\)"):
        resolve_browsers(scope, [{"browser": "lynx"}])


def test_concurrency_makes_results_as_many_as_the_cloud_allows(scope):
    known(scope, local())
    cloud = scope.session.query(Cloud).filter_by(name="local").one()
    cloud.max_concurrency = 3
    scope.session.flush()
    assert len(resolve_browsers(scope, [local(concurrency=2)])) == 2
    assert len(resolve_browsers(scope, [local(concurrency=9)])) == 3


def test_versions_are_compared_number_by_number():
    assert version_number("100.0") > version_number("99.9") > version_number("99") > version_number("beta")


@pytest.fixture
def programs(tmp_path):
    """Make programs that answer ``--version``: ``programs("chromium", "echo Chromium 5.1")``."""

    def make(name, script):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return make


@pytest.fixture
def settings(programs):
    from cometa_core.runtime import make_runtime  # noqa: PLC0415 - only these tests read settings alone

    def make(binary, driver, **others):
        keys = {"cometa.browser.chromium": binary, "cometa.browser.chromedriver": driver,
                "cometa.browser.firefox": "/nonexistent", "cometa.plugins": "accounts\ncatalog", **others}  # fmt: skip
        return make_runtime(keys, environment={}).settings

    return make


def test_a_browser_with_its_driver_is_found(settings, programs):
    binary, driver = programs("chromium", "echo Chromium 5.1.2 built"), programs("chromedriver", "echo 5.1.2")
    (found,) = find_browsers(settings(binary, driver))
    assert (found.family, found.version, str(found.binary), str(found.driver)) == ("chrome", "5.1.2", binary, driver)


@pytest.mark.parametrize("script", ["exit 1", "echo no version here", "kill -9 $$"])
def test_a_program_that_does_not_answer_is_no_browser(settings, programs, script):
    """X-125."""
    configured = settings(programs("chromium", script), programs("chromedriver", "echo 5"))
    assert find_browser(configured, FAMILIES[0]) is None


def test_a_browser_without_driver_is_not_offered(settings, programs):
    assert find_browsers(settings(programs("chromium", "echo Chromium 5.1"), "/nonexistent")) == []


def test_local_browsers_can_be_switched_off(settings, programs):
    binary, driver = programs("chromium", "echo Chromium 5.1"), programs("chromedriver", "echo 5.1")
    assert find_browsers(settings(binary, driver, **{"cometa.browser.local": "false"})) == []


def test_a_refresh_adds_once_marks_vanished_and_never_touches_manual_rows(scope, settings, programs):
    """Runner H.4, X-125."""
    binary, driver = programs("chromium", "echo Chromium 5.1"), programs("chromedriver", "echo 5.1")
    found = find_browsers(settings(binary, driver))
    known(scope, local(version="manual"))
    for _ in range(2):
        refresh_browsers(scope.session, found, scope.now(), forget=True)
    rows = scope.session.query(Browser).order_by(Browser.id).all()
    assert [(row.source, row.vanished) for row in rows] == [("manual", False), ("discovered", False)]
    refresh_browsers(scope.session, [], scope.now(), forget=True)
    assert [row.vanished for row in rows] == [False, True]
    with pytest.raises(Invalid):
        resolve_browsers(scope, [local(browser="chrome", device="none")])


def test_the_plan_names_programs_zone_and_device(programs):
    from cometa_core.runtime import make_runtime  # noqa: PLC0415 - this test needs settings of its own

    keys = {
        "cometa.browser.chromium": programs("chromium", "echo Chromium 5.1"),
        "cometa.browser.chromedriver": programs("chromedriver", "echo 5.1"),
        "cometa.browser.args.chrome": "--lang=de --mute-audio",
        "cometa.plugins": "accounts\ncatalog",
    }
    runtime = make_runtime(keys, environment={})
    spec = local(selectedTimeZone="Europe/Madrid", mobile_emulation=True, mobile_width=390, mobile_height=844)
    plan = browser_plan(runtime, spec)
    assert (plan["kind"], plan["family"], plan["timezone"]) == ("local", "chrome", "Europe/Madrid")
    assert plan["arguments"] == ["--lang=de", "--mute-audio"]
    assert plan["mobile"]["width"] == 390
    with pytest.raises(Invalid, match="cometa doctor"):
        browser_plan(runtime, local(browser="lynx"))
