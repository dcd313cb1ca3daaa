"""Sentences that open, reload and leave pages."""

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from selenium.common.exceptions import InvalidArgumentException, TimeoutException, WebDriverException

from cometa_runner.selectors import poll_page, run_script
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Url

# Files of the machine and pages of the browser itself are nobody's web site.
_SCHEMES = frozenset({"http", "https", "data", "about", "blob"})

_BACK_SECONDS = 1.0

# Some network errors are shown as a page without an error of the command.
_ERROR_PAGE = """
if (!/^(chrome-error|about:neterror)/.test(document.URL)) return null;
const code = document.querySelector(".error-code");
return code ? code.innerText : "an error page of the browser";
"""

_WHERE = "return [location.href, performance.timeOrigin, history.state && JSON.stringify(history.state)]"


@step(
    'StartBrowser and call URL "{url}"',
    category="navigation",
    example='StartBrowser and call URL "https://shop.example/"',
    url="absolute http(s) address",
)
def start_browser(context: StepContext, url: Url) -> None:
    """Opens the address in the current tab and returns once the document is loaded.

    Opens a new session first if this feature closed the browser; a network error page or a load longer than the step
    timeout fails.
    """
    address = _absolute(url.strip(), "")
    context.open_browser()
    _load(context, address, lambda: context.driver.get(address))


@step(
    'StartBrowser and call URL "{url}" with javascript',
    category="navigation",
    example='StartBrowser and call URL "https://shop.example/slow" with javascript',
    url="absolute address",
)
def start_browser_by_script(context: StepContext, url: Url) -> None:
    """Sets the location from a script and returns at once, without waiting for the load."""
    address = _absolute(url.strip(), "")
    context.open_browser()
    run_script(context.driver, "setTimeout((address) => location.assign(address), 0, arguments[0])", address)


@step(
    'Goto URL "{url}"',
    category="navigation",
    example='Goto URL "/basket"',
    url="absolute address, or one relative to the current page",
)
def goto(context: StepContext, url: Url) -> None:
    """Opens the address in the current tab of the open browser and returns once the document is loaded.

    Fails when no browser is open.
    """
    driver = context.driver
    address = _absolute(url.strip(), driver.current_url)
    _load(context, address, lambda: driver.get(address))


@step("Reload page", category="navigation", example="Reload page")
def reload_page(context: StepContext) -> None:
    """Reloads the current document and returns once it is loaded again."""
    driver = context.driver
    _load(context, driver.current_url, driver.refresh)


@step("Return to the previous page", category="navigation", example="Return to the previous page")
def go_back(context: StepContext) -> None:
    """Goes one entry back in the tab history and waits for the load.

    The step warns when the page did not change.
    """
    driver = context.driver
    before = run_script(driver, _WHERE)
    _load(context, "the previous page", driver.back)
    # A page that changes its address by script does so after the command has returned.
    changed = poll_page(
        context.deadline.within(_BACK_SECONDS), lambda: True if run_script(driver, _WHERE) != before else None
    )
    if not changed:
        context.warn("The page did not change: there is no previous page in this tab.")
    poll_page(context.deadline, lambda: run_script(driver, "return document.readyState === 'complete' || null"))


@step("Delete all cookies", category="navigation", example="Delete all cookies")
def delete_cookies(context: StepContext) -> None:
    """Removes every cookie of the session in every browser family.

    Where only the cookies of the current site can be reached the step says so in a warning.
    """
    driver = context.driver
    # Chromium has a command of its own for it, other families have it in BiDi, and classic WebDriver has only one site.
    command: Callable[[str, dict[str, object]], object] | None = getattr(driver, "execute_cdp_cmd", None)
    if command is not None:
        command("Network.clearBrowserCookies", {})
    elif driver.capabilities.get("webSocketUrl"):
        # Selenium's module has no types.
        remove: Callable[[], object] = driver.storage.delete_cookies
        remove()
    else:
        driver.delete_all_cookies()
        context.warn("This browser lets only the cookies of the current site be removed; those of others are kept.")


@step("Close the browser", category="navigation", example="Close the browser")
def close_browser(context: StepContext) -> None:
    """Ends the browser session; takes no picture.

    A later browser step fails with "no browser is open" until a StartBrowser step opens a new one.
    """
    # Asking for the driver fails when there is nothing to close.
    _open = context.driver
    context.close_browser()


def _absolute(url: str, current: str) -> str:
    address = urljoin(current, url)
    parts = urlsplit(address)
    if parts.scheme not in _SCHEMES or (parts.scheme.startswith("http") and not parts.netloc):
        raise StepFailure("bad-value", expected="an absolute address such as https://shop.example/", found=quoted(url))
    return address


def _load(context: StepContext, address: str, command: Callable[[], None]) -> None:
    """Give a command that loads a page; say of one that does not come what was wanted and why."""
    wanted = f"{address} to be loaded within {context.deadline.seconds:g} s"
    try:
        command()
    except TimeoutException as error:
        raise StepFailure(
            "timeout", expected=wanted, found="it still loading", waited_ms=context.deadline.elapsed_ms()
        ) from error
    except InvalidArgumentException as error:
        raise StepFailure("bad-value", expected="an address that the browser accepts", found=quoted(address)) from error
    except WebDriverException as error:
        # Both families name the error page that they show instead: "net::ERR_..." and "about:neterror?e=...".
        reason = (error.msg or "").partition("\n")[0]
        if "net::" not in reason and "neterror" not in reason:
            raise
        raise StepFailure("navigation", expected=wanted, found=reason.removeprefix("unknown error: ")) from error
    problem: str | None = run_script(context.driver, _ERROR_PAGE)
    if problem is not None:
        raise StepFailure("navigation", expected=wanted, found=problem)
