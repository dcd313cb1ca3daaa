"""Sentences that compare pictures: what they ask the worker for, and how a verdict reads."""

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from cometa_runner.steps import Match, StepFailure
from cometa_runner.steps.plain_context import PlainContext

pytestmark = pytest.mark.browser
BOXES = """<style>body {margin: 0} div {position: absolute; background: navy; left: 10px; top: 20px}</style>
<div id=a style="width:60px; height:40px"></div><div class=ad style="width:30px; height:15px; top:100px"></div>
<div class=ad style="width:30px; height:15px; top:200px"></div>"""


class Worker:
    """Answers with the verdict of the test and remembers what was asked."""

    def __init__(self):
        self.verdict = {"verdict": "equal", "pixel_diff": 0, "limit": 0}
        self.asked = []

    def __call__(self, what, data):
        assert what == "compare_picture"
        self.asked.append(data)
        return self.verdict

    @property
    def last(self):
        return self.asked[-1]


@pytest.fixture
def worker():
    return Worker()


@pytest.fixture
def tell(run, vocabulary, worker, tmp_path):
    """Carry out sentences in the shared browser, with pictures that are answered."""
    context = PlainContext(tmp_path, lambda _folder: run.driver, run.settings, timeout=4, answer=worker)
    context.open_browser()

    def tell(sentence):
        match = vocabulary.match(sentence)
        assert isinstance(match, Match), sentence
        context.perform(match.definition, match.values)

    tell.context = context
    return tell


@pytest.fixture
def refuses(tell):
    def refuses(sentence, timeout=0.3):
        tell.context.timeout = timeout
        with pytest.raises(StepFailure) as failure:
            tell(sentence)
        return failure.value

    return refuses


def test_a_page_that_looks_the_same_passes(show, tell, worker):
    """F.5, steps.json."""
    show(BOXES)
    tell('Page should look like picture "basket"')
    assert (worker.last["name"], worker.last["max_diff"], worker.last["regions"]) == ("basket", None, [])
    with Image.open(worker.last["file"]) as picture:
        assert picture.getpixel((15, 25)) == (0, 0, 128)


def test_a_page_that_looks_different_says_by_how_much(show, tell, refuses, worker):
    """D.5, F.5."""
    show(BOXES)
    worker.verdict = {"verdict": "different", "pixel_diff": 2501, "limit": 500}
    failure = refuses('Page should look like picture "basket"', timeout=4)
    assert failure.code == "visual"
    assert str(failure).startswith('Picture "basket": 2,501 pixels differ (0.')
    assert (failure.expected, failure.found) == ("at most 500 differing pixels", "2,501")


def test_two_pictures_of_one_page_are_the_same_bytes(show, tell, worker):
    show(BOXES + "<style>@keyframes m {to {left: 500px}} #a {animation: m 1s infinite}</style>")
    for _ in range(2):
        tell('Page should look like picture "basket"')
    hashes = {hashlib.sha256(Path(asked["file"]).read_bytes()).hexdigest() for asked in worker.asked}
    assert len(hashes) == 1


def test_an_element_is_compared_alone(show, tell, worker):
    """F.5."""
    show(BOXES)
    tell('Element "#a" should look like picture "box"')
    with Image.open(worker.last["file"]) as picture:
        assert (picture.size, picture.convert("RGB").getcolors()) == ((60, 40), [(2400, (0, 0, 128))])
    assert tell.context.elements.record.given == "#a"


def test_an_element_that_is_not_there_or_not_visible_cannot_be_compared(show, refuses, worker):
    """X-081."""
    show(BOXES + "<p id=hidden hidden>x</p>")
    missing = refuses('Element "#nothing" should look like picture "box"')
    assert (missing.code, missing.expected, missing.found) == (
        "not-found",
        'element "#nothing" to be visible',
        "no match",
    )
    hidden = refuses('Element "#hidden" should look like picture "box"')
    assert hidden.code == "not-visible"
    assert worker.asked == []


def test_a_different_element_says_by_how_much(show, refuses, worker):
    show(BOXES)
    worker.verdict = {"verdict": "different", "pixel_diff": 24, "limit": 0}
    failure = refuses('Element "#a" should look like picture "box"', timeout=4)
    assert str(failure).splitlines()[0] == 'Picture "box": 24 pixels differ (1.00 %), allowed 0.'


@pytest.mark.parametrize("name", ["", "  ", "x" * 256, "a\nb"])
def test_a_picture_needs_a_name(show, tell, worker, name):
    show(BOXES)
    with pytest.raises(StepFailure) as failure:
        tell.context.pictures.check(name)
    assert failure.value.code == "bad-value"
    assert "a name of 1 to 255 characters" in str(failure.value)
    assert worker.asked == []


def test_what_is_left_out_is_left_out_of_every_later_picture(show, tell, worker):
    """X-107: the boxes of all matches, as they are then, until an empty selector."""
    show(BOXES)
    tell('Leave ".ad" out of picture comparisons')
    tell('Leave "#later" out of picture comparisons')
    tell('Page should look like picture "basket"')
    assert worker.last["regions"] == [[10, 100, 30, 15], [10, 200, 30, 15]]
    tell.context.driver.execute_script(
        "document.querySelector('.ad').remove(); document.querySelector('.ad').style.top = '50px';"
        "document.querySelector('#a').id = 'later'"
    )
    tell('Page should look like picture "basket"')
    assert worker.last["regions"] == [[10, 50, 30, 15], [10, 20, 60, 40]]
    tell('Leave "" out of picture comparisons')
    tell('Page should look like picture "basket"')
    assert worker.last["regions"] == []


def test_a_selector_that_is_none_leaves_nothing_out(show, refuses):
    """X-090."""
    show(BOXES)
    failure = refuses('Leave "css=p[" out of picture comparisons')
    assert failure.code == "bad-selector"
    assert "p[" in str(failure)


def test_a_threshold_holds_for_every_later_picture(show, tell, worker):
    """X-106."""
    show(BOXES)
    tell('Pictures may differ by "0.1%" from here on')
    tell('Page should look like picture "basket"')
    assert worker.last["max_diff"] == "0.1%"
    tell('Pictures may differ by "200" from here on')
    tell('Element "#a" should look like picture "box"')
    assert worker.last["max_diff"] == "200"


@pytest.mark.parametrize("limit", ["", "many", "-1", "1.5", "0,1%", "101%", "5 px", "1e3"])
def test_what_is_no_threshold_is_refused(refuses, limit):
    failure = refuses(f'Pictures may differ by "{limit}" from here on')
    assert failure.code == "bad-value"
    first = str(failure).splitlines()[0]
    assert first == (
        f'Expected a number of pixels such as 200, or a share of the picture such as 0.1%, found "{limit}".'
    )


def test_an_open_dialog_is_no_picture(show, tell, refuses, worker):
    """F.1, D.7."""
    show(BOXES)
    tell.context.driver.execute_script("setTimeout(() => alert('Really?'), 0)")
    failure = refuses('Page should look like picture "basket"', timeout=2)
    assert failure.code == "dialog-open"
    assert "Really?" in str(failure)
    tell.context.driver.switch_to.alert.accept()
    assert worker.asked == []


def test_without_a_worker_a_picture_is_taken_and_compared_with_nothing(show, run, tmp_path):
    """X-069."""
    show(BOXES)
    alone = PlainContext(tmp_path, lambda _folder: run.driver, run.settings)
    alone.open_browser()
    alone.pictures.check("basket")
    assert alone.warnings == ["The picture basket was taken and compared with nothing: baselines are kept by a worker."]
    assert len(list(tmp_path.glob("*.png"))) == 1
