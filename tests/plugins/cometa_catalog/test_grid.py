"""Grids as clouds: what is asked of them, what they have, and what the table of browsers makes of it."""

import platform

import pytest
from browser_specs import known, local, order_of

from cometa_catalog.grid import GridCloud
from cometa_catalog.models import Browser
from cometa_catalog.proxies import as_proxy, proxy_of
from cometa_catalog.services.browsers import resolve_browsers
from cometa_catalog.services.clouds import cloud_states, clouds_of, configure_cloud
from cometa_catalog.services.plan import browser_plan
from cometa_catalog.services.refresh import GRID, FoundBrowser, Source, apply_sources, search_browsers
from cometa_core.errors import Invalid, NotFound, Unavailable
from cometa_core.runtime import make_runtime
from cometa_core.testing.clouds import check_capabilities, check_cloud

GONE = "http://127.0.0.1:9"


def installation_of(**settings):
    keys = {
        "cometa.plugins": "accounts\ncatalog",
        "cometa.browser.local": "false",
        **{name.replace("__", "."): value for name, value in settings.items()},
    }
    return make_runtime(keys, environment={})


@pytest.fixture
def lab():
    """An installation with a Grid that is a cloud of its own."""
    return installation_of(
        cometa__cloud__lab__url="https://hub.example/wd/hub/",
        cometa__cloud__lab__username="ada",
        cometa__cloud__lab__password="s3cret-key",
        cometa__browser__proxy="proxy.example:3128",
        cometa__browser__args__edge="--lang=de",
    )


def in_lab(browser="chrome", **more):
    return {"browser": browser, "browser_version": "134.0", "os": "Generic", "cloud": "lab", **more}


@pytest.mark.parametrize("browser", ["chrome", "edge", "firefox"])
def test_a_grid_keeps_the_promises_of_clouds(lab, browser):
    """X-122."""
    spec = in_lab(browser, os="Windows", os_version="11", selectedTimeZone="Asia/Tokyo")
    check_cloud(clouds_of(lab)["lab"], order_of(spec, video=True))


def test_every_entry_of_a_spec_reaches_the_grid(lab):
    """runner H.2, column Grid."""
    spec = in_lab("edge", os="Windows", os_version="11", selectedTimeZone="Asia/Tokyo")
    plan = browser_plan(lab, order_of(spec, video=True))
    assert plan["capabilities"] == {
        "browserName": "MicrosoftEdge",
        "browserVersion": "134.0",
        "platformName": "Windows 11",
        "se:timeZone": "Asia/Tokyo",
        "se:recordVideo": True,
        "se:downloadsEnabled": True,
        "se:name": "Buy a book #31",
        "proxy": proxy_of("proxy.example:3128"),
    }
    assert (plan["kind"], plan["url"], plan["username"]) == ("remote", "https://hub.example/wd/hub", "ada")
    assert (plan["password"], plan["arguments"], plan["headless"]) == ("s3cret-key", ["--lang=de"], False)


def test_what_a_spec_leaves_open_is_not_asked_for(lab):
    capabilities = browser_plan(lab, order_of(in_lab(browser_version="latest")))["capabilities"]
    assert not {"browserVersion", "platformName", "se:timeZone", "se:recordVideo"} & set(capabilities)


def test_a_device_is_imitated_by_chromium_alone(lab):
    """runner H.2."""
    device = {"mobile_emulation": True, "mobile_width": 390, "mobile_height": 844}
    cloud = clouds_of(lab)["lab"]
    assert cloud.resolve(in_lab(**device)) == ""
    assert cloud.resolve(in_lab("firefox", **device)).startswith("firefox cannot imitate a device")
    assert browser_plan(lab, order_of(in_lab(**device)))["mobile"]["width"] == 390


def test_a_local_firefox_that_should_imitate_a_device_is_refused_at_accept(scope):
    """runner H.2, X-124."""
    known(scope, local("firefox", "135.0"))
    with pytest.raises(Invalid, match="firefox cannot imitate a device") as refused:
        resolve_browsers(scope, [local("firefox", "135.0", mobile_emulation=True)])
    assert refused.value.code == "unknown_browser"


def test_a_beta_is_taken_only_when_it_is_asked_for_by_name(scope):
    """X-123."""
    known(scope, local(version="140.0-beta"))
    with pytest.raises(Invalid):
        resolve_browsers(scope, [{"browser": "chrome"}])
    (found,) = resolve_browsers(scope, [local(version="140.0-beta")])
    assert found.spec["browser_version"] == "140.0-beta"


def test_the_grid_opens_what_this_machine_has_not():
    """runner H.1."""
    runtime = installation_of(cometa__grid__url=GONE, cometa__grid__headless="true")
    plan = browser_plan(runtime, order_of(local()))
    assert (plan["kind"], plan["url"], plan["cloud"], plan["headless"]) == ("remote", GONE, "local", True)


def test_without_grid_and_local_browsers_nothing_is_opened():
    with pytest.raises(Invalid, match=r"cometa\.browser\.local"):
        browser_plan(installation_of(), order_of(local()))
    with pytest.raises(Invalid, match="offers the cloud lab"):
        browser_plan(installation_of(), order_of(in_lab()))


def test_a_grid_that_is_away_is_a_failed_source_and_says_what_to_check():
    """X-125."""
    runtime = installation_of(cometa__grid__url=GONE)
    search = search_browsers(runtime)
    assert list(search.failures) == ["cloud local"]
    assert "Check cometa.grid.url" in search.failures["cloud local"]
    assert [source.place for source in search.sources] == [platform.node()] * 2
    with pytest.raises(Unavailable) as refused:
        clouds_of(runtime)["local"].list()
    assert refused.value.code == "grid_unavailable"


def test_the_rows_of_a_source_follow_it_alone(scope):
    """runner H.4, X-125."""

    def rows():
        return {row.spec["cloud"]: row.vanished for row in scope.session.query(Browser)}

    lab = [FoundBrowser(in_lab())]
    apply_sources(scope.session, [Source(GRID, "cloud lab", lab)], scope.now())
    apply_sources(scope.session, [Source(GRID, "cloud local", [FoundBrowser(local())])], scope.now())
    apply_sources(scope.session, [Source(GRID, "cloud local", [])], scope.now())
    assert rows() == {"lab": False, "local": True}
    apply_sources(scope.session, [], scope.now())
    assert rows() == {"lab": False, "local": True}


@pytest.mark.grid
def test_the_browsers_of_a_real_grid_are_found(grid):
    """runner H.4."""
    runtime = installation_of(cometa__grid__url=grid.url)
    assert GridCloud(runtime, "local").list() == [{**local(version=grid.version), "device": None, "real_mobile": False}]


def test_other_systems_than_linux_have_their_name_in_the_spec(lab):
    spec = clouds_of(lab)["lab"]._spec(
        {"browserName": "MicrosoftEdge", "browserVersion": "120.0", "platformName": "Windows 11"}
    )
    assert (spec["browser"], spec["os"], spec["os_version"], spec["cloud"]) == ("edge", "Windows", "11", "lab")


def test_looking_again_is_for_people_who_edit_browsers(root, member):
    """runner H.4: the parse endpoint."""
    found = root.post("/parseBrowsers/", {}).json
    assert (found["success"], found["failures"]) == (True, {})
    assert root.get("/parseBrowsers/").json == found
    member.post("/parseBrowsers/", {}, status=403)


def test_clouds_are_switched_by_name(scope):
    configure_cloud(scope, "browserstack", active=True, most=3)
    state = {cloud["name"]: cloud for cloud in cloud_states(scope)}
    assert state["browserstack"] == {"name": "browserstack", "active": True, "max_concurrency": 3}
    with pytest.raises(NotFound, match="no cloud nowhere"):
        configure_cloud(scope, "nowhere", active=True, most=None)


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("", None),
        ("proxy:3128", {"proxyType": "manual", "httpProxy": "proxy:3128", "sslProxy": "proxy:3128",
                        "noProxy": ["localhost", "127.0.0.1", "[::1]"]}),
        ("socks5://proxy:1080", {"proxyType": "manual", "socksProxy": "proxy:1080", "socksVersion": 5}),
        ("pac+http://proxy/a.pac", {"proxyType": "pac", "proxyAutoconfigUrl": "http://proxy/a.pac"}),
    ],
)  # fmt: skip
def test_a_proxy_is_a_capability_of_the_standard(text, proxy):
    """X-122."""
    assert proxy_of(text) == proxy
    check_capabilities({"proxy": proxy} if proxy else {})


@pytest.mark.parametrize("text", ["proxy", "ftp://proxy:21", "http://ada:key@proxy:3128", "proxy:port"])
def test_what_is_no_proxy_is_refused_at_the_start(text):
    with pytest.raises(ValueError, match="without credentials"):
        as_proxy(text)
