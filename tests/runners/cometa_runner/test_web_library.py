"""The sentences for web pages in a runner process: what depends on the steps around them."""

import io

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

LIBRARY = [{"name": "browser", "module": "cometa_websteps.browser"}]
PAGE = "data:text/html,<title>Shop</title><p id=total style='margin: 60px'>Total 42</p>"


def red_pixels(ended, picture) -> int:
    png = (ended.workdir / "artifacts" / picture["file"]).read_bytes()
    colours = Image.open(io.BytesIO(png)).convert("RGB").getcolors(maxcolors=2**24) or []
    return sum(count for count, colour in colours if colour == (255, 0, 0))


@pytest.fixture
def opening(maker):
    """Make the step that opens the page."""
    return lambda: maker.step('StartBrowser and call URL "{url}"', url=PAGE)


def test_a_mark_is_in_the_picture_of_its_step_and_in_no_later_one(runners, maker, opening, local_browser):
    """Steps.json, ``Highlight ...``; a closed browser gives no picture and is missed until another one is opened."""
    title = {"pattern": 'BrowserTitle is "{browserTitle}"', "browserTitle": "Shop"}
    tree = [
        opening(),
        maker.step('Highlight element with "{selector}"', selector="#total", screenshot=True),
        maker.step(**title, screenshot=True),
        maker.step('Highlight "{text}" on the page', text="42", screenshot=True),
        maker.step("Close the browser", screenshot=True),
        maker.step(**title, continue_on_failure=True),
        opening(),
        maker.step(**title),
    ]
    ended = runners.run(tree, browser=local_browser, libraries=LIBRARY)
    assert ended.rows() == [f"{index} {'Failed' if index == 5 else 'Success'}" for index in range(8)]
    element, plain, text = ended.of("screenshot")
    assert red_pixels(ended, element) > red_pixels(ended, text) > 50
    assert red_pixels(ended, plain) == 0
    assert (ended.error["code"], "no browser is open" in ended.error["message"]) == ("browser-lost", True)


def test_a_dialog_fails_the_next_step_and_waits_for_the_sentence_that_answers_it(
    runners, maker, opening, local_browser
):
    """X-083, with the sentences of testers."""
    tree = [
        opening(),
        maker.step('Run Javascript function "{function}"', function="setTimeout(() => confirm('Really?'), 0)"),
        maker.step('Wait at most "{seconds}" seconds until "{selector}" is "{state}"',
                   seconds="2", selector="#none", state="present", continue_on_failure=True),
        maker.step("Dismiss the open dialog"),
        maker.step('Element "{selector}" should be "{state}"', selector="#total", state="clickable"),
    ]  # fmt: skip
    ended = runners.run(tree, browser=local_browser, libraries=LIBRARY)
    assert ended.rows() == ["0 Success", "1 Success", "2 Failed", "3 Success", "4 Success"]
    assert ended.error["code"] == "dialog-open"
    assert '"Really?"' in ended.error["message"]
    assert 'The dialog says "Really?".' in ended.details()
