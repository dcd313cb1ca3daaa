"""Browsers: rows, resolution at accept, and what this machine has."""

import platform
from pathlib import Path

import pytest
from browser_specs import known, local, order_of

from cometa_catalog.api import browser_plan, resolve_browsers
from cometa_catalog.discovery import FAMILIES, LocalBrowser, find_browser
from cometa_catalog.health import CHECKS
from cometa_catalog.models import Browser, Cloud
from cometa_catalog.services.refresh import (
    DISCOVERED,
    FoundBrowser,
    Source,
    apply_sources,
    local_spec,
    search_browsers,
)
from cometa_catalog.specs import version_number
from cometa_core.errors import Invalid
from cometa_core.runtime import make_runtime


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


def test_the_nearest_of_the_known_ones_are_listed_first(scope):
    """Runner H.3."""
    known(scope, *(local(browser=f"other{number}", os="Windows", cloud="browserstack") for number in range(9)))
    known(scope, local(version="7.0"))
    with pytest.raises(Invalid, match=r"known are chrome 7\.0 \(local\), other0"):
        resolve_browsers(scope, [local(device="Phone")])


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
    def make(binary, driver, **others):
        keys = {"cometa.browser.chromium": binary, "cometa.browser.chromedriver": driver,
                "cometa.browser.firefox": "/nonexistent", "cometa.plugins": "accounts\ncatalog", **others}  # fmt: skip
        return make_runtime(keys, environment={})

    return make


def found_on(runtime):
    """Find the browsers of this machine."""
    return [browser for source in search_browsers(runtime).sources for browser in source.found]


def refresh(scope, found, machine):
    """Store what a machine has of one family."""
    browsers = [FoundBrowser(local_spec(browser), str(browser.binary), str(browser.driver)) for browser in found]
    apply_sources(scope.session, [Source(DISCOVERED, machine, browsers, "chrome")], scope.now())


def test_a_browser_with_its_driver_is_found(settings, programs):
    binary, driver = programs("chromium", "echo Chromium 5.1.2 built"), programs("chromedriver", "echo 5.1.2")
    (found,) = found_on(settings(binary, driver))
    assert (found.spec["browser"], found.spec["browser_version"]) == ("chrome", "5.1.2")
    assert (found.path, found.driver_path) == (binary, driver)


@pytest.mark.parametrize("script", ["exit 1", "echo no version here", "kill -9 $$"])
def test_a_program_that_does_not_answer_is_no_browser(settings, programs, script):
    """X-125."""
    configured = settings(programs("chromium", script), programs("chromedriver", "echo 5"))
    assert find_browser(configured.settings, FAMILIES[0]) is None
    assert list(search_browsers(configured).failures) == [f"{platform.node()} chrome"]


def test_a_browser_without_driver_is_not_offered(settings, programs):
    assert found_on(settings(programs("chromium", "echo Chromium 5.1"), "/nonexistent")) == []


def test_local_browsers_can_be_switched_off(settings, programs):
    binary, driver = programs("chromium", "echo Chromium 5.1"), programs("chromedriver", "echo 5.1")
    assert found_on(settings(binary, driver, **{"cometa.browser.local": "false"})) == []


def test_a_refresh_adds_once_marks_vanished_and_never_touches_manual_rows(scope, settings, programs):
    """Runner H.4, X-125."""
    binary, driver = programs("chromium", "echo Chromium 5.1"), programs("chromedriver", "echo 5.1")
    found = [find_browser(settings(binary, driver).settings, FAMILIES[0])]
    known(scope, local(version="manual"))
    for _ in range(2):
        refresh(scope, found, "here")
    rows = scope.session.query(Browser).order_by(Browser.id).all()
    assert [(row.source, row.vanished) for row in rows] == [("manual", False), ("discovered", False)]
    refresh(scope, [], "here")
    assert [row.vanished for row in rows] == [False, True]


def test_a_vanished_browser_is_not_resolved_and_comes_back(scope, found_here):
    """Runner H.3, H.4."""
    refresh(scope, [found_here], "here")
    refresh(scope, [], "here")
    with pytest.raises(Invalid):
        resolve_browsers(scope, [{"browser": "chrome"}])
    refresh(scope, [found_here], "here")
    assert len(resolve_browsers(scope, [{"browser": "chrome"}])) == 1


def test_a_browser_vanishes_with_the_last_machine_that_had_it(scope, found_here):
    for machine in ("here", "there"):
        refresh(scope, [found_here], machine)
    (row,) = scope.session.query(Browser).all()
    assert row.machines == ["here", "there"]
    refresh(scope, [], "here")
    assert (row.machines, row.vanished) == (["there"], False)
    refresh(scope, [], "there")
    assert (row.machines, row.vanished) == ([], True)


def test_a_manual_row_that_equals_a_found_browser_stays_manual(scope, found_here):
    """Runner H.4."""
    known(scope, local(version=found_here.version))
    refresh(scope, [found_here], "here")
    (row,) = scope.session.query(Browser).all()
    assert (row.source, row.path, row.last_seen) == ("manual", None, None)


@pytest.fixture
def found_here():
    return LocalBrowser("chrome", Path("/usr/bin/chromium"), "5.1", Path("/usr/bin/chromedriver"))


@pytest.fixture
def machine(programs):
    """A runtime on a machine with Chromium 5.1."""
    keys = {
        "cometa.browser.chromium": programs("chromium", "echo Chromium 5.1"),
        "cometa.browser.chromedriver": programs("chromedriver", "echo 5.1"),
        "cometa.browser.firefox": programs("firefox", "echo Mozilla Firefox 9.2"),
        "cometa.browser.geckodriver": programs("geckodriver", "echo geckodriver 0.1"),
        "cometa.browser.args.chrome": "--lang=de --mute-audio",
        "cometa.plugins": "accounts\ncatalog",
    }
    return make_runtime(keys, environment={})


def test_the_plan_names_programs_zone_and_device(machine):
    """Runner B.2, H.2."""
    spec = local(version="5.1", selectedTimeZone="Europe/Madrid", mobile_emulation=True, mobile_width=390,
                 mobile_height=844)  # fmt: skip
    plan = browser_plan(machine, order_of(spec))
    assert (plan["kind"], plan["family"], plan["timezone"]) == ("local", "chrome", "Europe/Madrid")
    assert plan["arguments"] == ["--lang=de", "--mute-audio"]
    assert plan["mobile"]["width"] == 390


def test_arguments_are_those_of_the_family(machine):
    """Runner H.2."""
    assert browser_plan(machine, order_of(local("firefox", "latest")))["arguments"] == []


@pytest.mark.parametrize(
    ("browser", "version", "words"), [("lynx", "5.1", "not installed"), ("chrome", "5.0", "has chrome 5.1, not 5.0")]
)
def test_a_machine_refuses_what_it_does_not_have(machine, browser, version, words):
    """Runner H.2: the version must be the installed one."""
    with pytest.raises(Invalid, match=words) as refused:
        browser_plan(machine, order_of(local(browser, version)))
    assert "cometa doctor" in str(refused.value)


def test_the_doctor_finds_browser_and_driver(machine):
    findings = {check.name: check.check(machine) for check in CHECKS}
    assert all(finding.ok for finding in findings.values())
    assert "5.1" in findings["browser"].text


def test_the_doctor_names_packages_and_settings_where_nothing_is_found():
    keys = {"cometa.browser.chromium": "/nonexistent", "cometa.browser.chromedriver": "/nonexistent"}
    bare = make_runtime({**keys, "cometa.plugins": "accounts\ncatalog"}, environment={})
    remedies = [check.check(bare).remedy for check in CHECKS]
    assert all("chromium-driver" in remedy for remedy in remedies)
    assert ["cometa.browser.chromium " in remedies[0], "cometa.browser.chromedriver " in remedies[1]] == [True, True]


def test_the_doctor_sees_versions_that_do_not_fit(programs):
    keys = {
        "cometa.browser.chromium": programs("chromium", "echo Chromium 5.1"),
        "cometa.browser.chromedriver": programs("chromedriver", "echo 4.9"),
        "cometa.plugins": "accounts\ncatalog",
    }
    findings = [check.check(make_runtime(keys, environment={})) for check in CHECKS]
    assert [finding.ok for finding in findings] == [True, False]
