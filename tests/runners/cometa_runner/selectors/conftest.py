"""A real Chromium for the tests of selectors."""

from urllib.parse import quote

import pytest

from cometa_runner.selectors import Elements
from cometa_runner.steps import StepSettings
from cometa_runner.steps.plain_context import open_chromium


@pytest.fixture(scope="package")
def chromium(tmp_path_factory):
    """One browser for all tests of this folder."""
    driver = open_chromium(tmp_path_factory.mktemp("browser"))
    yield driver
    driver.quit()


@pytest.fixture
def show(chromium):
    """Give a function that opens a page with a body, and returns the elements of the page."""

    def show(body: str, **settings: object) -> Elements:
        page = f"<!doctype html><title>Test</title><body>{body}</body>"
        chromium.get("data:text/html;charset=utf-8," + quote(page))
        return Elements(lambda: chromium, StepSettings(**{"settle_seconds": 0.3, **settings}))

    return show
