"""From the browser of a plan to the options of Chromium."""

import pytest

from cometa_runner.options import chromium_options


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
