"""Sentences that click several elements or by rare marks, and that move the pointer by px."""

import pytest

pytestmark = pytest.mark.browser

TITLED = 'I can click on button with title "{}"'


@pytest.mark.parametrize("title", ["Add to", " Add to basket "])
def test_a_button_is_found_by_the_beginning_of_its_title(show, say, js, title) -> None:
    show("""<p title="Add to basket">p</p><button title="Add to basket" hidden>h</button>
      <button title="Never Add to">n</button><button title="Add to  basket" onclick="window.hit = 1">b</button>""")
    say(TITLED.format(title))
    assert js("window.hit") == 1


CLASSED = 'I click on element with classname "{}"'


@pytest.mark.parametrize("name", ["next-page", ".next-page"])
def test_an_element_is_clicked_by_its_class(show, say, js, name) -> None:
    show("<next-page>tag</next-page><p class='next-page big' onclick='window.hit = 1'>b</p>")
    say(CLASSED.format(name))
    assert js("window.hit") == 1


@pytest.mark.parametrize("sentence", [TITLED, CLASSED])
def test_what_cannot_be_clicked_says_why(show, fails, sentence) -> None:
    """X-070, X-081."""
    show("<button title=buy class=buy disabled>b</button>")
    failure = fails(sentence.format("buy"))
    assert (failure.code, failure.expected) == ("not-operable", 'an element "buy" that can be operated')
    assert failure.found == '<button class="buy"> disabled'
    assert fails(sentence.format("none")).found == "no match"
    assert fails(sentence.format("")).code == "bad-value"


def test_every_visible_match_is_clicked_with_the_control_key(show, say, fails, run, js) -> None:
    show("""<style>li {height: 400px}</style><ul><li>1<li hidden>2<li>3<li>4</ul>
      <script>window.hits = [];
      addEventListener("click", (event) => hits.push([event.target.innerText, event.ctrlKey, event.isTrusted]));
      </script>""")
    say('I can Control Click at "li"')
    assert js("hits") == [["1", True, True], ["3", True, True], ["4", True, True]]
    assert run.details == ["Clicked 3 times."]
    say('I can click on element with css selector "li"')
    assert js("hits[3][1]") is False
    failure = fails('I can Control Click at "b"')
    assert (failure.expected, failure.found) == ('element "b" to be visible', "no match")


def test_the_pointer_moves_inside_an_element(show, say, fails, js) -> None:
    show("""<canvas id=c width=100 height=60 style="margin: 1500px 30px 0"></canvas><script>window.way = [];
      c.addEventListener("mousemove", (event) => way.push([event.offsetX, event.offsetY, event.buttons]))</script>""")
    sentence = 'I move mouse from coordinates "{}" to "{}" on element "{}"'
    say(sentence.format("5,5", "85,45", "canvas"))
    assert js("way") == [[5, 5, 0], [45, 25, 0], [85, 45, 0]]
    failure = fails(sentence.format("5,5", "500,45", "#c"))
    assert (failure.code, failure.found) == ("bad-value", "500,45")
    assert failure.expected == 'offsets inside <canvas id="c">, which is 100 x 60 px'
    assert fails(sentence.format("5,x", "5,5", "#c")).found == '"x"'
    assert fails(sentence.format("5,5", "5,5", "#none")).code == "not-found"


def test_random_clicks_hit_visible_matches_and_name_their_seed(show, say, fails, run, js) -> None:
    show("""<button>1</button><button>2</button><button hidden>3</button><script>window.hits = [];
      addEventListener("click", (event) => hits.push(event.target.innerText))</script>""")
    sentence = 'I can move mouse and click randomly "{}" times on elements in "{}"'
    say(sentence.format("6", "button"))
    assert len(js("hits")) == 6
    assert set(js("hits")) <= {"1", "2"}
    assert run.details[0].startswith("The seed is ")
    failure = fails(sentence.format("2", "#none"))
    assert (failure.code, failure.found) == ("not-found", "no match, after 0 of 2 clicks")
    assert fails(sentence.format("many", "button")).code == "bad-value"
    assert fails(sentence.format("-1", "button")).code == "bad-value"
