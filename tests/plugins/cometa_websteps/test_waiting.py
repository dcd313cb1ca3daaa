"""Sentences that wait."""

import threading
import time

import pytest

from cometa_runner.steps import Cancelled, Deadline, Match, StepFailure

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("sentence", ['I sleep "{}" seconds', 'I can sleep "{}" seconds'])
def test_sleeping_raises_the_timeout_and_takes_its_time(run, say, fails, sentence) -> None:
    """X-075."""
    run.timeout = 0.1
    begin = time.monotonic()
    say(sentence.format("0.5"))
    assert 0.5 <= time.monotonic() - begin < 1
    assert fails(sentence.format("long")).code == "bad-value"


def test_sleeping_can_be_cancelled(run, vocabulary) -> None:
    """X-075, X-018."""
    cancel = threading.Event()
    run.deadline = Deadline(60, cancel)
    threading.Timer(0.2, cancel.set).start()
    match = vocabulary.match('I sleep "30" seconds')
    assert isinstance(match, Match)
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        match.definition.function(run, **match.values)
    assert time.monotonic() - begin < 1


def test_pictures_and_frames_must_have_loaded(show, say, fails, site) -> None:
    show(f"<p id=p>p</p><iframe id=f src='{site.url}/nothing'></iframe>")
    say('wait until "#p" is loaded')
    say('wait until "#f" is loaded')
    failure = fails('wait until "#none" is loaded')
    assert (failure.expected, failure.found) == ('element "#none" to be loaded', "no match")


def test_a_picture_that_never_loads_fails(show, fails, site, js) -> None:
    show("<p>p</p>")
    js(f"document.body.append(Object.assign(new Image(), {{ id: 'i', src: '{site.url}/hang' }}))")
    failure = fails('wait until "#i" is loaded')
    assert failure.code == "timeout"
    assert failure.found.endswith("still loading")


EPISODE = 'Wait "{}" seconds for "#busy" to appear and disappear using option "{}"'
BUSY = """<main></main><script>
const main = document.querySelector("main");
setTimeout(() => main.innerHTML = "<p id=busy>busy</p>", 150); setTimeout(() => main.innerHTML = "", 500);
</script>"""


@pytest.mark.parametrize("selector", ["#busy", "//p[@id='busy']", "text=busy"])
def test_an_appearance_and_disappearance_is_waited_for(show, say, selector) -> None:
    """X-077."""
    show(BUSY)
    begin = time.monotonic()
    say(EPISODE.replace("#busy", selector).format("2", ""))
    assert time.monotonic() - begin > 0.5


def test_a_missing_appearance_is_what_the_option_says(show, say, fails, run) -> None:
    """X-079."""
    show("<p>quiet</p>")
    say(EPISODE.format("0.2", "do not fail if not visible"))
    assert run.details == ["It did not appear."]
    assert fails(EPISODE.format("0.2", "")).code == "not-found"
    assert fails(EPISODE.format("0.2", "Fail if never visible")).code == "not-found"
    failure = fails(EPISODE.format("0.2", "do nothing"))
    assert (failure.code, failure.found) == ("bad-value", '"do nothing"')


COUNTED = """<script>
const loads = Number(sessionStorage.getItem("loads") || 0) + 1; sessionStorage.setItem("loads", loads);
document.write(loads < {limit} ? "<p id=busy>busy</p>" : "<p>done</p>");
</script>"""


@pytest.mark.parametrize(
    ("option", "loads"), [("reload page after appearing", 2), ("reload page while waiting to disappear", 3)]
)
def test_the_page_is_reloaded_meanwhile(show, say, js, run, option, loads) -> None:
    show("x")
    js("sessionStorage.clear()")
    show(COUNTED.replace("{limit}", str(loads)))
    run.timeout = 9
    say(EPISODE.format("1", option))
    assert js("loads") == loads


def test_a_thing_that_stays_fails_at_the_deadline_of_the_step(show, run, vocabulary) -> None:
    show("<p id=busy>busy</p>")
    match = vocabulary.match(EPISODE.format("0", ""))
    assert isinstance(match, Match)
    run.deadline = Deadline(0.5)
    with pytest.raises(StepFailure, match='1 match, 1 visible: <p id="busy">'):
        match.definition.function(run, **match.values)


def test_a_state_is_waited_for(show, say, fails) -> None:
    """X-077, X-079."""
    show("<button id=b disabled>B</button><script>setTimeout(() => b.disabled = false, 300)</script>")
    say('Wait at most "2" seconds until "#b" is "Clickable"')
    failure = fails('Wait at most "0.2" seconds until "#b" is "disabled"')
    assert (failure.expected, failure.found) == ('element "#b" to be disabled', '<button id="b">, enabled')
    failure = fails('Wait at most "0.2" seconds until "#b" is "ready"')
    assert failure.code == "bad-value"
    assert '"clickable"' in failure.expected
