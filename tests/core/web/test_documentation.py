"""The page with the documentation.  Contract: rest-api A6.18, R-191."""

import json
import re
from contextlib import contextmanager

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from small_installation import initialise, make_caller, runtime_in
from webtest import TestApp
from webtest.http import StopableWSGIServer

from cometa_core.app import build_app

ADDRESS = re.compile(r'(?:src|href)="([^"]+)"')


@pytest.mark.parametrize("base", ["", "/backend", "/mounted/backend"])
def test_every_file_of_the_page_is_served_here(serve, base):
    """R-191: also behind the prefix and below a mount point."""
    app, mount = serve(), base.removesuffix("/backend")
    page = app.get(f"{base}/docs".removeprefix(mount), extra_environ={"SCRIPT_NAME": mount}, status=200)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    addresses = ADDRESS.findall(page.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith(f"{base}/docs/")
        answer = app.get(address.removeprefix(mount), extra_environ={"SCRIPT_NAME": mount}, status=200)
        assert answer.content_length > 0
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_may_load_nothing_from_elsewhere(serve):
    """R-191."""
    policy = serve().get("/docs/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert not re.search(r"https?:|\*", policy)


@pytest.mark.parametrize(
    "path",
    ["/docs/files/../__init__.py", "/docs/files/..%2f__init__.py", "/docs/files/%00", "/docs/files/start.js%00",
     "/docs/files/docs.html", "/docs/files/index.html", "/docs/files/", "/docs/files/%2e%2e/"],
)  # fmt: skip
def test_files_that_are_not_of_the_page_do_not_exist(serve, path):
    """Swagger UI's own page, which asks another host, is none of them."""
    answer = serve().get(path, status=404)
    assert answer.json["code"] in {"route_not_found", "not_found"}


def test_files_are_sent_once(serve):
    app = serve()
    first = app.get("/docs/files/start.js", status=200)
    answer = app.get("/docs/files/start.js", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (answer.status_int, answer.body) == (304, b"")
    assert answer.headers["X-Request-Id"]


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    """An installation whose documentation is not public, and a member of it."""
    runtime = runtime_in(tmp_path_factory.mktemp("private"), ("accounts", "catalog"), **{"cometa.docs_public": "false"})
    initialise(runtime)
    app = TestApp(build_app(runtime))
    yield app, make_caller(runtime, app, "ada@example.org")
    runtime.close()


@pytest.mark.parametrize("path", ["/docs/", "/docs/openapi.json"])
def test_documentation_that_is_not_public_needs_an_identity(private, path):
    """R-191."""
    app, member = private
    answer = app.get(path, status=401)
    assert (answer.json["code"], answer.headers["WWW-Authenticate"]) == ("no_identity", "Bearer")
    assert member.get(path, status=200)


@contextmanager
def listening(app):
    """Serve an application on a free port of this machine."""
    server = StopableWSGIServer.create(app)
    try:
        yield server.application_url.rstrip("/")
    finally:
        server.shutdown()


@pytest.fixture(scope="module")
def chromium():
    options = ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1280,1000"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Driver("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def requested(driver):
    """Addresses that the pages have asked for since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


@pytest.mark.browser
@pytest.mark.parametrize("base", ["", "/backend"])
def test_the_page_shows_every_route_and_asks_only_its_own_host(whole, chromium, base, tmp_path):
    """R-191: in a real browser, with an operation opened and tried."""
    waiting = WebDriverWait(chromium, 20, 0.1)
    with listening(whole.app) as url:
        chromium.get(f"{url}{base}/docs")
        waiting.until(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".opblock-tag"))
        chromium.get(f"{url}{base}/docs/#/Operation/health_get")
        chromium.refresh()
        button = waiting.until(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".try-out__btn"))[0]
        button.click()
        waiting.until(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".execute"))[0].click()
        answer = waiting.until(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".live-responses-table"))[0]
        waiting.until(lambda _: "healthy" in answer.text)
        asked = requested(chromium)
        chromium.save_screenshot(str(tmp_path / "documentation.png"))
        chromium.get("about:blank")
    assert f"{url}{base}/health/" in asked
    assert {address for address in asked if not address.startswith((f"{url}/", "data:", "about:"))} == set()
    complaints = [entry["message"] for entry in chromium.get_log("browser") if entry["level"] == "SEVERE"]
    assert complaints == []
