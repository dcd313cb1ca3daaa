"""Sentences that keep or check what a browser tells about its pages."""

import pytest

pytestmark = pytest.mark.browser

CONSOLE = "Fetch Console.log from Browser and attach it to the feature result"
SOURCE = "Fetch HTML Source of current Browser page and attach it to the feature result"
NO_ERRORS = "Browser console should have no errors"


def attached(run):
    ((path, kind),) = run.files
    assert kind == "attachment"
    return path.read_text()


def test_the_console_is_attached_with_level_text_and_place(show, say, run, site) -> None:
    """steps.json: Fetch Console.log."""
    show("<script>console.log('all well'); console.error('no stock'); console.warn('slow')</script>", "/console")
    say(CONSOLE)
    lines = attached(run).splitlines()
    assert f"error: no stock ({site.url}/console, line 1)" in lines
    assert f"info: all well ({site.url}/console, line 1)" in lines
    assert f"warning: slow ({site.url}/console, line 1)" in lines
    assert run.notes[0][0] == "Browser console"


def test_a_console_that_cannot_be_read_is_said_to_be_not_available(show, say, run, monkeypatch) -> None:
    """X-129, runner I.1: an empty list would mean that nothing happened."""
    show("<p>quiet")
    monkeypatch.setitem(run.driver.caps, "browserName", "firefox")
    say(CONSOLE)
    assert run.files == []
    assert run.notes[0][1].startswith("not available")


def test_the_source_of_the_present_document_is_attached(show, say, run) -> None:
    """steps.json: Fetch HTML Source; what a script changed is in it."""
    show("<p id=p>before</p><script>p.textContent = 'after'</script>")
    say(SOURCE)
    assert '<p id="p">after</p>' in attached(run)


def test_every_fetch_has_a_file_of_its_own(show, say, run) -> None:
    show("<p>one")
    say(SOURCE)
    first = run.files[0][0]
    say(SOURCE)
    assert run.files[0][0] != first
    assert first.exists()


def test_a_console_without_errors_passes(show, say) -> None:
    show("<script>console.log('fine'); console.warn('mind the gap')</script>")
    say(NO_ERRORS)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("console.error('no stock')", "error: no stock"),
        ("null.price", "Uncaught TypeError"),
        ("Promise.reject(new Error('lost'))", "Error: lost"),
    ],
    ids=["console", "exception", "promise"],
)
def test_errors_of_the_page_fail_and_are_listed(show, fails, run, script, told) -> None:
    show(f"<script>{script}</script>")
    run.deadline.pause(0.1)
    failure = fails(NO_ERRORS)
    assert (failure.code, failure.expected) == ("assertion", "no errors in the browser console")
    assert told in failure.found


def test_a_failed_request_of_the_page_is_an_error(show, fails, run) -> None:
    show("<script>fetch('/missing')</script>")
    run.deadline.pause(0.2)
    assert "/missing" in fails(NO_ERRORS).found


def test_errors_before_the_last_navigation_do_not_count(show, say) -> None:
    show("<script>console.error('old')</script>")
    show("<p>new page", "/other")
    say(NO_ERRORS)


def test_a_browser_that_does_not_tell_its_console_fails_the_check(show, fails, run, monkeypatch) -> None:
    show("<p>quiet")
    monkeypatch.setitem(run.driver.caps, "browserName", "firefox")
    failure = fails(NO_ERRORS)
    assert failure.code == "not-implemented"
    assert failure.expected == "a browser that reports its console"
