"""From the browser of a plan to the options of Chromium."""

import pytest

from cometa_core.testing.clouds import check_capabilities
from cometa_runner.options import agent_of, chromium_options, firefox_options
from cometa_runner.remote import remote_options


@pytest.fixture
def options(tmp_path):
    def make(**browser):
        plan = {"kind": "local", "family": "chrome", "binary": "/usr/bin/chromium", "driver": "/d", **browser}
        return chromium_options(plan, tmp_path)

    return make


def test_the_usual_browser_is_headless_of_known_size_and_ignores_dialogs(options):
    """runner H.2, row always."""
    capabilities = options().to_capabilities()
    arguments = capabilities["goog:chromeOptions"]["args"]
    assert {"--headless=new", "--window-size=1920,1080"} <= set(arguments)
    assert capabilities["acceptInsecureCerts"] is True
    assert capabilities["unhandledPromptBehavior"] == "ignore"
    assert capabilities["goog:chromeOptions"]["binary"] == "/usr/bin/chromium"


def test_downloads_go_to_the_folder_of_the_attempt(options, tmp_path):
    preferences = options().to_capabilities()["goog:chromeOptions"]["prefs"]
    assert preferences["download.default_directory"] == str(tmp_path / "downloads")


def test_the_site_may_show_the_browser_check_certificates_and_add_arguments(options):
    capabilities = options(headless=False, insecure_certs=False, arguments=["--lang=de"]).to_capabilities()
    assert "--headless=new" not in capabilities["goog:chromeOptions"]["args"]
    assert "--lang=de" in capabilities["goog:chromeOptions"]["args"]
    assert capabilities["acceptInsecureCerts"] is False


def test_a_proxy_is_a_capability_of_the_standard(options):
    """X-122."""
    proxy = {"proxyType": "manual", "httpProxy": "proxy.example:3128"}
    assert options(capabilities={"proxy": proxy}).to_capabilities()["proxy"] == proxy


def test_a_device_without_an_agent_keeps_the_browser_s_own(options):
    mobile = options(mobile={"width": 390, "height": 844}).to_capabilities()["goog:chromeOptions"]["mobileEmulation"]
    assert mobile == {"deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 1.0, "touch": True}}


def test_all_capabilities_are_standard_or_carry_a_vendor_prefix(options):
    """X-122."""
    known = {"browserName", "acceptInsecureCerts", "unhandledPromptBehavior", "pageLoadStrategy", "proxy"}
    names = set(options().to_capabilities())
    assert {name for name in names if ":" not in name} <= known


@pytest.fixture
def firefox(tmp_path):
    def make(**browser):
        plan = {"kind": "local", "family": "firefox", "binary": "/opt/firefox", "driver": "/d", **browser}
        return firefox_options(plan, tmp_path).to_capabilities()

    return make


def test_the_usual_firefox_is_headless_of_known_size_keeps_downloads_and_has_an_address_for_bidi(firefox, tmp_path):
    """runner H.2, column Local Firefox."""
    capabilities = firefox(arguments=["-private"], capabilities={"proxy": {"proxyType": "direct"}})
    own = capabilities["moz:firefoxOptions"]
    assert {"-headless", "--width=1920", "--height=1080", "-private"} <= set(own["args"])
    assert own["prefs"]["browser.download.dir"] == str(tmp_path / "downloads")
    assert own["prefs"]["browser.download.folderList"] == 2
    assert own["binary"] == "/opt/firefox"
    assert capabilities["webSocketUrl"] is True
    assert capabilities["unhandledPromptBehavior"] == "ignore"
    assert capabilities["proxy"] == {"proxyType": "direct"}
    check_capabilities(capabilities)


def test_a_firefox_may_have_a_window_and_check_certificates(firefox):
    capabilities = firefox(headless=False, insecure_certs=False)
    assert "-headless" not in capabilities["moz:firefoxOptions"]["args"]
    assert capabilities["acceptInsecureCerts"] is False


def test_a_firefox_imitates_no_device(firefox):
    """runner H.2."""
    with pytest.raises(ValueError, match="Expected a Chromium browser to imitate a device, found Firefox"):
        firefox(mobile={"width": 390})


@pytest.mark.parametrize(
    ("family", "block", "name"),
    [
        ("chrome", "goog:chromeOptions", "chrome"),
        ("edge", "ms:edgeOptions", "MicrosoftEdge"),
        ("firefox", "moz:firefoxOptions", "firefox"),
        ("safari", None, "safari"),
    ],
)
def test_a_browser_of_a_grid_is_described_by_its_family(family, block, name):
    """runner H.2, X-122."""
    asked = {"browserName": name, "se:name": "Buy #31"}
    plan = {"kind": "remote", "family": family, "url": "http://hub", "capabilities": asked, "arguments": ["--lang=de"]}
    capabilities = remote_options(plan).to_capabilities()
    check_capabilities(capabilities)
    assert (capabilities["browserName"], capabilities["se:name"]) == (name, "Buy #31")
    if block:
        assert "--lang=de" in capabilities[block]["args"]
        assert not {"--headless=new", "-headless", "--no-sandbox"} & set(capabilities[block]["args"])


def test_a_vendor_decides_about_the_options_of_its_browsers():
    """runner H.2, column BrowserStack."""
    asked = {"browserName": "chrome", "bstack:options": {"os": "Windows"}}
    plan = {"kind": "remote", "family": "chrome", "url": "http://hub", "capabilities": asked, "vendor": True}
    capabilities = remote_options(plan).to_capabilities()
    assert capabilities == {**asked, "acceptInsecureCerts": True, "unhandledPromptBehavior": "ignore"}


def test_the_agent_of_a_device_takes_the_version_of_the_session():
    assert agent_of({"user_agent": "Phone/$version"}, "134.0") == "Phone/134.0"
    assert agent_of(None, "134.0") == agent_of({"width": 390}, "134.0") == ""
