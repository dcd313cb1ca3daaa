"""BrowserStack as a cloud: what is asked of it, and what is refused before anything is stored."""

import pytest
from browser_specs import order_of

from cometa_catalog.services.browsers import resolve_browsers
from cometa_catalog.services.clouds import clouds_of, configure_cloud, remote_plan
from cometa_core.errors import Invalid, Unavailable
from cometa_core.scope import Scope
from cometa_core.testing.clouds import check_cloud

CREDENTIALS = {"username": "ada", "access_key": "s3cret-key"}
DESKTOP = {"browser": "edge", "browser_version": "120.0", "os": "Windows", "os_version": "11", "cloud": "browserstack"}
PHONE = {"browser": "iphone", "os": "ios", "os_version": "17", "device": "iPhone 15", "real_mobile": True}


@pytest.fixture
def runtime_with(caller_with, provider):
    def make(**settings):
        _caller, runtime = caller_with(browsers_url=provider.url, **settings)
        return runtime

    return make


def resolved(runtime, spec, *, active=True):
    """Resolve a spec in a unit of work that is rolled back."""
    with runtime.sessions() as session:
        scope = Scope(runtime, session)
        configure_cloud(scope, "browserstack", active=active, most=None)
        try:
            return resolve_browsers(scope, [spec])
        finally:
            session.rollback()


@pytest.mark.parametrize("spec", [DESKTOP, {**PHONE, "browser_version": "latest"}], ids=["desktop", "phone"])
def test_browserstack_keeps_the_promises_of_clouds(runtime_with, spec):
    """X-122."""
    check_cloud(clouds_of(runtime_with(**CREDENTIALS))["browserstack"], order_of(spec))


def test_every_entry_of_a_desktop_spec_reaches_browserstack(runtime_with):
    """runner H.2, column BrowserStack."""
    runtime = runtime_with(**CREDENTIALS, local="true")
    order = order_of({**DESKTOP, "selectedTimeZone": "America/New_York"}, video=True, network_log=True)
    plan = remote_plan(clouds_of(runtime)["browserstack"], order)
    assert plan["capabilities"] == {
        "browserName": "MicrosoftEdge",
        "browserVersion": "120.0",
        "bstack:options": {
            "os": "Windows",
            "osVersion": "11",
            "timezone": "New York",
            "projectName": "Shop",
            "buildName": "Buy a book #12",
            "sessionName": "Buy a book #31",
            "video": True,
            "networkLogs": True,
            "consoleLogs": "errors",
            "local": True,
        },
    }
    assert (plan["vendor"], plan["announce"]) == (True, True)
    assert (plan["username"], plan["password"]) == ("ada", "s3cret-key")
    assert plan["url"] == "https://hub-cloud.browserstack.com/wd/hub"


def test_a_device_is_named_instead_of_a_version(runtime_with):
    """runner H.2."""
    cloud = clouds_of(runtime_with(**CREDENTIALS))["browserstack"]
    capabilities = cloud.capabilities(order_of({**PHONE, "browser_version": "latest"}))
    assert "browserVersion" not in capabilities
    options = capabilities["bstack:options"]
    assert (options["deviceName"], options["realMobile"], options["osVersion"]) == ("iPhone 15", True, "17")


def test_a_spec_is_resolved_by_the_list_of_the_provider(runtime_with):
    """runner H.3."""
    runtime = runtime_with(**CREDENTIALS)
    (found,) = resolved(runtime, {**DESKTOP, "browser_version": "latest"})
    assert (found.spec["browser_version"], found.asked_version, found.browser_id) == ("120.0", "latest", None)
    (found,) = resolved(runtime, PHONE)
    assert found.spec["browser_version"] == "latest"


@pytest.mark.parametrize(
    ("change", "words"),
    [({"os_version": "XP"}, "is unknown; known are"), ({"mobile_emulation": True}, "does not imitate devices")],
)
def test_what_browserstack_has_not_is_refused(runtime_with, change, words):
    """X-124."""
    with pytest.raises(Invalid, match=words) as refused:
        resolved(runtime_with(**CREDENTIALS), {**DESKTOP, **change})
    assert refused.value.code == "unknown_browser"


def test_without_credentials_or_activation_nothing_is_opened_there(runtime_with):
    """X-124."""
    with pytest.raises(Invalid, match=r"needs cometa\.browserstack\.username"):
        resolved(runtime_with(), DESKTOP)
    with pytest.raises(Invalid) as refused:
        resolved(runtime_with(**CREDENTIALS), DESKTOP, active=False)
    assert refused.value.code == "cloud_inactive"


def test_a_provider_that_is_away_refuses_the_start_and_is_asked_again(runtime_with, provider):
    """runner H.4: failures are not kept."""
    runtime = runtime_with(**CREDENTIALS)
    provider.status = 500
    with pytest.raises(Unavailable):
        resolved(runtime, DESKTOP)
    provider.status = 200
    assert resolved(runtime, DESKTOP)
