"""The calls of the benchmark's 30 steps, as people write them with Selenium alone."""

from selenium.webdriver import ActionChains, Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By

FACTS = {
    "terms.html": ("Delivery terms - Paper Lantern Books", "Delivery terms"),
    "dialogs.html": ("Reading club - Paper Lantern Books", "Reading club"),
    "letters.html": ("Reviews - Paper Lantern Books", "Reviews"),
}
"""Page -> its title and its heading."""


def opened() -> Chrome:
    """Open the browser with the options of a run."""
    options = ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1920,1080", "--hide-scrollbars"):
        options.add_argument(argument)
    driver = Chrome(options=options, service=ChromeService("/usr/bin/chromedriver"))
    driver.implicitly_wait(5)
    return driver


def visit(driver: Chrome, address: str) -> None:
    """Open a page."""
    driver.get(address)


def title_is(driver: Chrome, title: str) -> None:
    """Compare the title."""
    assert driver.title == title, driver.title


def see(driver: Chrome, selector: str) -> None:
    """Find an element and ask whether it is visible."""
    assert driver.find_element(By.CSS_SELECTOR, selector).is_displayed()


def text_contains(driver: Chrome, selector: str, text: str) -> None:
    """Compare a part of an element's text."""
    assert text in str(driver.find_element(By.CSS_SELECTOR, selector).get_property("innerText"))


def click(driver: Chrome, selector: str) -> None:
    """Move the pointer to an element and click; without the quarter of a second that Selenium moves by default."""
    ActionChains(driver, duration=0).move_to_element(driver.find_element(By.CSS_SELECTOR, selector)).click().perform()


def hover(driver: Chrome, selector: str) -> None:
    """Move the pointer to an element."""
    ActionChains(driver, duration=0).move_to_element(driver.find_element(By.CSS_SELECTOR, selector)).perform()
