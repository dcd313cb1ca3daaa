"""Sentences that do their work in another way where the browser is behind a Grid."""

import pytest
from selenium.webdriver import ChromeOptions, Remote

from cometa_runner.steps.plain_context import PlainContext

pytestmark = [pytest.mark.browser, pytest.mark.grid]


@pytest.fixture(scope="module")
def far(grid, tmp_path_factory):
    """A run whose browser was opened through the Grid, with BiDi."""
    options = ChromeOptions()
    options.unhandled_prompt_behavior = "ignore"
    options.set_capability("webSocketUrl", True)
    for argument in ("--headless=new", "--no-sandbox"):
        options.add_argument(argument)
    run = PlainContext(tmp_path_factory.mktemp("far"), lambda _workdir: Remote(grid.url, options=options), timeout=30)
    run.open_browser()
    yield run
    run.close_browser()


@pytest.fixture
def say_far(far, vocabulary):
    def say_far(sentence: str) -> None:
        match = vocabulary.match(sentence)
        far.perform(match.definition, match.values)

    return say_far


def test_the_cookies_of_all_sites_are_removed_by_bidi(far, say_far, site) -> None:
    site.pages["/one"] = "one"
    for address in (site.url, site.url.replace("127.0.0.1", "localhost")):
        say_far(f'StartBrowser and call URL "{address}/one"')
        far.driver.execute_script("document.cookie = 'a=1'")
    say_far("Delete all cookies")
    assert far.warnings == []
    for address in (site.url, site.url.replace("127.0.0.1", "localhost")):
        say_far(f'Goto URL "{address}/one"')
        assert far.driver.execute_script("return document.cookie") == ""


def test_a_drag_and_chords_work_through_the_grid(far, say_far, site) -> None:
    site.pages["/drag"] = """<div id=a draggable=true>a</div><p id=b>b</p><textarea id=f>old</textarea><script>
      b.ondragover = (event) => event.preventDefault(); b.ondrop = () => b.append(a);</script>"""
    say_far(f'Goto URL "{site.url}/drag"')
    say_far('Drag "#a" and drop it in "#b"')
    say_far('Element "#b > #a" should be "visible"')
    say_far('Focus on element with "#f"')
    say_far('Press the following set of keys "CTRL+A;x"')
    say_far('Element "#f" should have the text "x"')
