"""Sentences that open, reload and leave pages."""

import pytest

from cometa_runner.steps import StepFailure
from cometa_runner.steps.plain_context import PlainContext

pytestmark = pytest.mark.browser


def test_an_address_is_opened_absolute_or_relative(show, say, site, run) -> None:
    show("one", "/shop/one")
    site.pages["/shop/two"] = "<title>Two</title>"
    say('Goto URL "two"')
    assert run.driver.current_url == f"{site.url}/shop/two"
    say(f'Goto URL "{site.url}/shop/one?a=b c"')
    say('BrowserTitle is "Test page"')


@pytest.mark.parametrize("url", ["", "shop.example", "file:///etc/passwd", "http://", "javascript:alert(1)"])
def test_an_address_that_is_none_is_refused(fails, url) -> None:
    failure = fails(f'StartBrowser and call URL "{url}"')
    assert failure.code == "bad-value"
    assert f'"{url}"' in failure.found


@pytest.mark.parametrize(
    ("url", "reason"),
    [("http://nowhere.invalid/", "ERR_NAME_NOT_RESOLVED"), ("http://127.0.0.1:9/", "ERR_UNSAFE_PORT")],
)
def test_an_address_that_cannot_be_reached_fails_with_the_reason(fails, url, reason) -> None:
    failure = fails(f'StartBrowser and call URL "{url}"', timeout=30)
    assert failure.code == "navigation"
    assert reason in failure.found


def test_a_page_that_never_loads_ends_at_the_deadline(fails, site, show) -> None:
    """X-081."""
    show("before")
    failure = fails(f'Goto URL "{site.url}/hang"')
    assert failure.code == "timeout"
    assert "/hang to be loaded within 0.3 s" in failure.expected
    assert failure.waited_ms >= 300


def test_a_closed_browser_is_opened_by_one_sentence_and_missed_by_the_other(run, vocabulary, site, tmp_path) -> None:
    opened = []
    other = PlainContext(tmp_path, lambda _workdir: opened.append(1) or run.driver, run.settings)
    goto, start = (vocabulary.match(f'{word} URL "{site.url}/file"') for word in ("Goto", "StartBrowser and call"))
    with pytest.raises(StepFailure, match="Expected an open browser, found none"):
        other.perform(goto.definition, goto.values)
    site.pages["/start"] = "hello"
    other.perform(start.definition, {"url": f"{site.url}/start"})
    assert opened == [1]


def test_reloading_gives_a_new_document(show, say, js) -> None:
    show("one")
    js("window.mark = 1")
    say("Reload page")
    assert js("window.mark === undefined && document.readyState === 'complete'")


def test_a_page_that_does_not_load_again_says_which(show, say, fails, site, js) -> None:
    """X-070, X-081."""
    show("one", "/one")
    js("history.replaceState(1, '', '/hang')")
    failure = fails("Reload page")
    assert (failure.code, failure.found) == ("timeout", "it still loading")
    assert failure.expected == f"{site.url}/hang to be loaded within 0.3 s"


def test_a_previous_page_that_does_not_load_is_told(show, run, fails, js, site) -> None:
    """X-070, X-081: the page before is asked for again because it forbids to be kept."""
    show("<script>addEventListener('unload', () => {})</script>one", "/one")
    js("history.replaceState(1, '', '/hang')")
    site.pages["/two"] = "two"
    run.driver.get(f"{site.url.replace('127.0.0.1', 'localhost')}/two")
    failure = fails("Return to the previous page", timeout=0.5)
    assert (failure.code, failure.expected) == ("timeout", "the previous page to be loaded within 0.5 s")


def test_going_back_leads_to_the_previous_page(show, say, run, site) -> None:
    show("one", "/one")
    show("two", "/two")
    say("Return to the previous page")
    assert run.driver.current_url == f"{site.url}/one"
    assert run.warnings == []


def test_going_back_notices_pages_that_change_by_script(show, say, run, js) -> None:
    show("one", "/one")
    js("history.pushState(1, '', '#next')")
    say("Return to the previous page")
    assert run.driver.current_url.endswith("/one")


def test_going_back_without_a_previous_page_is_a_warning(show, say, run, site) -> None:
    run.driver.switch_to.new_window("tab")
    say("Return to the previous page")
    assert run.warnings == ["The page did not change: there is no previous page in this tab."]


def test_the_cookies_of_all_sites_are_removed(show, say, run, js, site) -> None:
    show("one", "/one")
    js("document.cookie = 'here=1'")
    say(f'Goto URL "{site.url.replace("127.0.0.1", "localhost")}/one"')
    js("document.cookie = 'there=1'")
    say("Delete all cookies")
    assert js("document.cookie") == ""
    assert run.warnings == []
    say(f'Goto URL "{site.url}/one"')
    assert js("document.cookie") == ""


class OnlyOneSite:
    """What a browser without Chromium's commands and without BiDi lets a step do."""

    def __init__(self, driver) -> None:
        self.capabilities = {}
        self.delete_all_cookies = driver.delete_all_cookies


def test_where_only_the_current_site_can_be_reached_the_step_says_so(show, js, run, vocabulary, tmp_path) -> None:
    show("one", "/one")
    js("document.cookie = 'here=1'")
    other = PlainContext(tmp_path, lambda _workdir: OnlyOneSite(run.driver), run.settings)
    other.open_browser()
    vocabulary.by_pattern("Delete all cookies").function(other)
    assert js("document.cookie") == ""
    assert other.warnings == [
        "This browser lets only the cookies of the current site be removed; those of others are kept."
    ]


def test_a_closed_browser_is_missed_until_another_one_is_opened(vocabulary, run, show, site, tmp_path) -> None:
    """X-070: the failing case of all three sentences is that no browser is open."""
    show("hello", "/start")
    other = PlainContext(tmp_path, settings=run.settings)
    start, *others = (
        vocabulary.match(sentence)
        for sentence in (
            f'StartBrowser and call URL "{site.url}/start"',
            "Close the browser",
            "Delete all cookies",
            "Reload page",
        )
    )
    try:
        other.perform(start.definition, start.values)
        other.perform(others[0].definition, {})
        for match in others:
            with pytest.raises(StepFailure, match="Expected an open browser, found none") as failure:
                other.perform(match.definition, {})
            assert failure.value.code == "browser-lost"
        other.perform(start.definition, start.values)
    finally:
        other.close_browser()


def test_a_page_opened_by_script_is_not_waited_for(show, say, fails, js, site) -> None:
    site.pages["/slow"] = "<p>slow</p>"
    show("one", "/one")
    say(f'StartBrowser and call URL "{site.url}/slow" with javascript')
    say('Page address should be "ending with" "/slow"')
    failure = fails('StartBrowser and call URL "/slow" with javascript')
    assert (failure.code, failure.found) == ("bad-value", '"/slow"')
