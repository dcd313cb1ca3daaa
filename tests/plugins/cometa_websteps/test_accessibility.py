"""Sentences that examine whether everybody can use a page, with the real axe-core."""

import csv
import json

import pytest

from cometa_websteps.axe import IMPACTS, Finding

pytestmark = pytest.mark.browser

GOOD = (
    "<main><h1>Shop</h1><p>Welcome</p><img src='data:,' alt='Logo'></main>"
    "<script>document.documentElement.lang = 'en'</script>"
)
NO_ALT = "<img id=logo src='data:,'>"
UNEXAMINED = "Frames not examined ({}), being of other origins, without scripts or too many: {}."
PAGE = 'Page should have no accessibility problem of impact "{}" or worse'
AREA = 'Area "{}" should have no accessibility problem of impact "{}" or worse'


@pytest.fixture(autouse=True)
def longer(run, fails):
    """The engine needs more than the 0.3 s that other failing sentences get."""
    return lambda sentence: fails(sentence, timeout=4)


def report_of(run):
    """The attached report."""
    [(path, kind)] = run.files
    assert kind == "report"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("impact", ["minor", "Critical"])
def test_a_page_without_problems_passes(show, say, run, impact) -> None:
    """X-070."""
    show(GOOD)
    say(PAGE.format(impact))
    assert report_of(run)["violations"] == []
    assert run.details == [f"No problem of impact {impact.lower()} or worse on the page."]
    [(title, content)] = run.notes
    assert title == "Accessibility"
    assert content.startswith("0 broken rules on the page, ")


def test_a_problem_of_the_impact_or_worse_fails(show, longer, run) -> None:
    """X-070, X-081."""
    show(GOOD + NO_ALT)
    failure = longer(PAGE.format("serious"))
    assert failure.code == "assertion"
    assert failure.expected == 'no accessibility problem of impact "serious" or worse on the page'
    assert failure.found == "1: image-alt (critical, 1 element): Images must have alternate text"
    assert report_of(run)["violations"][0]["id"] == "image-alt"
    [(_, content)] = run.notes
    for expected in ("CRITICAL  image-alt", "https://dequeuniversity.com/", '#logo  <img id="logo"', "Fix any of"):
        assert expected in content


def test_problems_below_the_impact_are_told_and_pass(show, say, run) -> None:
    show(GOOD + "<h4>Deep</h4>")
    say(PAGE.format("serious"))
    assert run.details[0].startswith(
        "No problem of impact serious or worse on the page; below that: heading-order (moderate, 1 element): Heading"
    )


@pytest.mark.parametrize("sentence", [PAGE.format("bad"), PAGE.format(""), AREA.format("h1", "bad")])
def test_an_unknown_impact_is_a_bad_value(show, fails, run, sentence) -> None:
    """X-079."""
    show(GOOD)
    failure = fails(sentence)
    assert failure.code == "bad-value"
    assert 'impact to be one of "minor", "moderate", "serious", "critical"' in str(failure)
    assert run.files == []


def test_frames_of_the_same_origin_are_examined_and_others_are_named(site, show, longer, run, js) -> None:
    """Steps.json; X-070."""
    site.pages["/inner"] = f"<!doctype html><html lang=en><title>Inner</title><main><h1>In</h1>{NO_ALT}</main>"
    site.pages["/outer"] = "<!doctype html><html lang=en><title>Outer</title><iframe title=i src=/inner></iframe>"
    other = site.url.replace("127.0.0.1", "localhost")
    show(f"{GOOD}<iframe title=o src=/outer></iframe><iframe title=x src='{other}/inner'></iframe>")
    failure = longer(PAGE.format("critical"))
    assert failure.found.startswith("1: image-alt (critical, 1 element)")
    assert "iframe" in run.notes[0][1]
    assert run.warnings == [UNEXAMINED.format(1, 'iframe[title="x"]')]
    # The step leaves the browser in the document in which it began.
    assert js("document.title") == "Test page"


def test_a_part_of_the_page_is_examined_alone(show, say, longer) -> None:
    """X-070."""
    show(f"{GOOD}<section id=bad>{NO_ALT}</section><section id=good><button>Buy</button></section>")
    say(AREA.format("#good", "minor"))
    failure = longer(AREA.format("#bad", "critical"))
    assert (failure.code, failure.expected) == (
        "assertion",
        'no accessibility problem of impact "critical" or worse in "#bad"',
    )
    assert "image-alt" in failure.found


def test_a_part_that_is_not_there_fails(show, fails) -> None:
    show(GOOD + "<p id=hidden hidden>text</p>")
    assert fails(AREA.format("#none", "minor")).code == "not-found"
    assert fails(AREA.format("#hidden", "minor")).code == "not-visible"


def test_a_page_that_forbids_scripts_and_styles_is_examined(show, longer) -> None:
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
    show(f'{policy}<iframe title=i srcdoc="{NO_ALT}"></iframe>{NO_ALT}')
    assert "image-alt (critical, 2 elements)" in longer(PAGE.format("critical")).found


def test_a_page_that_examines_itself_is_waited_for(show, longer, js) -> None:
    show(GOOD + NO_ALT)
    longer(PAGE.format("critical"))
    js("void (axe.reset, axe._running = true, setTimeout(() => { axe._running = false; }, 400))")
    assert longer(PAGE.format("critical")).code == "assertion"


def test_a_page_that_is_never_free_is_said_to_be_so(show, longer, fails, js) -> None:
    show(GOOD + NO_ALT)
    longer(PAGE.format("critical"))
    js("void (axe._running = true)")
    failure = fails(PAGE.format("critical"))
    assert (failure.code, failure.expected) == ("script-error", "axe-core to examine the page")
    assert "already running" in failure.found


def test_elements_without_a_name_lower_the_score(show, say, run) -> None:
    """X-070."""
    show(f"{GOOD}{NO_ALT}<button id=b></button><a href='#x'>Terms</a><input aria-label=Search>")
    say("Check accessibility compliance for aria-labels on current page")
    assert run.warnings == []
    assert run.details == ["Score 60 %: 3 of 5 elements have an accessible name."]
    assert {found["id"] for found in report_of(run)["violations"]} == {"image-alt", "button-name"}
    assert run.notes[0][1].startswith("Score 60 %")


def test_the_report_about_names_never_fails(show, say, longer, run, js) -> None:
    show("<p>Nothing that needs a name</p>")
    say("Check accessibility compliance for aria-labels on current page")
    assert run.details == ["Score 100 %: 0 of 0 elements have an accessible name."]
    js("void (axe._running = true)")
    run.timeout = 0.3
    say("Check accessibility compliance for aria-labels on current page")
    assert "already running" in run.warnings[0]
    assert run.files == []


def test_labels_are_counted_and_listed(show, say, run) -> None:
    show(
        "<button aria-label='Close, now'>x</button><div id=host></div><script>"
        "host.attachShadow({mode: 'open'}).innerHTML = '<i aria-label=Deep></i>'</script>"
    )
    say("Count the number of aria labels in the current page")
    assert run.details == ["2 aria-label attributes."]
    [(path, kind)] = run.files
    assert kind == "report"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["tag", "aria-label", "element"],
            ["button", "Close, now", '<button aria-label="Close, now"></button>'],
            ["i", "Deep", '<i aria-label="Deep"></i>'],
        ]
    show("<p>none</p>")
    say("Count the number of aria labels in the current page")
    assert run.details == ["0 aria-label attributes."]


def test_a_finding_without_impact_counts_as_minor() -> None:
    found = Finding.read({"id": "odd", "impact": None, "nodes": [{"target": [["#host", "i"]]}] * 11})
    assert found.impact == IMPACTS[0]
    lines = list(found.lines())
    assert "#host >>> i" in lines[2]
    assert lines[-1] == "  ... and 1 more elements"


def test_a_frame_without_scripts_is_named_and_the_rest_examined(show, longer, run) -> None:
    show(f'{GOOD}{NO_ALT}<iframe title=s sandbox="allow-same-origin" srcdoc="{NO_ALT}"></iframe>')
    assert longer(PAGE.format("critical")).found.startswith("1: image-alt (critical, 1 element)")
    assert run.warnings == [UNEXAMINED.format(1, "iframe")]
