"""One open shop and one real Chromium for the tests of the sample shop."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from cometa_demo.server import SampleShop

WAIT_SECONDS = 10


class Visitor:
    """What a customer does in the shop, in a browser whose storage is empty."""

    def __init__(self, driver: Chrome, shop: SampleShop) -> None:
        self.driver = driver
        self.shop = shop

    def wait(self, question: Callable[[Chrome], Any], complaint: str) -> Any:
        # The pages build their rows anew, so an element may be gone between finding and reading it.
        waiting = WebDriverWait(self.driver, WAIT_SECONDS, 0.05, ignored_exceptions=[StaleElementReferenceException])
        return waiting.until(question, complaint)

    def open(self, page: str) -> None:
        self.driver.get(f"{self.shop.url}/{page}")

    def forget_everything(self) -> None:
        self.driver.switch_to.window(self.driver.window_handles[0])
        self.open("terms.html")
        self.driver.execute_script("localStorage.clear(); sessionStorage.clear()")

    def seen(self, css: str) -> WebElement:
        def visible(driver: Chrome) -> WebElement | None:
            return next((each for each in driver.find_elements(By.CSS_SELECTOR, css) if each.is_displayed()), None)

        return self.wait(visible, f"{css} is not to be seen")

    def click(self, css: str) -> None:
        self.seen(css).click()

    def write(self, css: str, text: str) -> None:
        field = self.seen(css)
        field.clear()
        field.send_keys(text)

    def reads(self, css: str, text: str) -> bool:
        return self.wait(lambda _: text in self.seen(css).text, f"{css} does not say {text!r}")

    def sees_title(self, title: str) -> bool:
        return self.wait(lambda driver: driver.title == title, f"the title is not {title!r}")

    def sees_no(self, css: str) -> bool:
        return self.wait(
            lambda driver: not any(each.is_displayed() for each in driver.find_elements(By.CSS_SELECTOR, css)),
            f"{css} is still there",
        )


@pytest.fixture(scope="module")
def shop() -> Iterator[SampleShop]:
    with SampleShop() as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1280,900"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(tmp_path_factory.mktemp("downloads"))})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture
def visitor(chromium: Chrome, shop: SampleShop) -> Visitor:
    customer = Visitor(chromium, shop)
    customer.forget_everything()
    return customer


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    path = tmp_path / "chapter-one.txt"
    path.write_text("It was a dark and stormy night.", encoding="utf-8")
    return path
