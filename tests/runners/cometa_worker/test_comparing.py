"""Comparisons beside the run: verdicts for steps that wait, and a terminal state that waits for all."""

import json
import threading
from types import SimpleNamespace

import pytest
from waiting import eventually

from cometa_core.contracts.pictures import ComparedPicture, PictureVerdict
from cometa_worker import comparing
from cometa_worker.comparing import Comparisons, viewport_text

EVENT = {"n": 7, "type": "screenshot", "seq": 3, "step_uuid": "u", "path": "", "compare": True, "await": True,
         "width": 40, "height": 30, "name": None, "max_diff": "0.1%", "regions": [[1, 2, 3, 4]]}  # fmt: skip
STARTED = {"family": "Chrome", "platform": "Mac OS X", "viewport": {"w": 1920, "h": 1080, "dpr": 1.5}}


class Held:
    """A comparer whose comparisons end when the test says so."""

    name = "held"

    def __init__(self):
        self.may_end = threading.Event()
        self.taken = []
        self.kept = []

    def gates(self, _scope, _run, leaves):
        return {leaf["uuid"]: True for leaf in leaves}

    def compare(self, _runtime, taken, tell):
        self.taken.append(taken)
        assert self.may_end.wait(10)
        verdict = PictureVerdict("different", 12, 3, fails=True)
        tell(verdict)
        return ComparedPicture(taken, verdict)

    def keep(self, _scope, compared):
        self.kept.append(compared)
        return {"seq": compared.taken.sequence, "verdict": compared.verdict.verdict}


class Broken(Held):
    def compare(self, _runtime, _taken, _tell):
        raise RuntimeError("The engine is on fire")


@pytest.fixture
def compared_by(bench):
    """Let a comparer compare in this installation: ``compared_by(Held())``."""

    def use(comparer):
        bench.runtime.once("worker.comparer", lambda: (comparer,))
        return comparer

    return use


@pytest.fixture
def comparisons(bench):
    """Comparisons of a claimed result, with what was sent to the runner and to the log."""
    bench.accept(bench.feature("Pass"))
    sent, log = [], []
    made = Comparisons(bench.runtime, bench.claim(), log.append)
    made.answer_through(lambda line: sent.append(json.loads(json.dumps(line))))
    made.hear_started(STARTED)
    yield SimpleNamespace(do=made, sent=sent, log=log)
    made.close()


def test_a_picture_is_described_by_event_and_browser(comparisons, compared_by):
    """F.3: family, platform and viewport are parts of the key; versions are not."""
    held = compared_by(Held())
    held.may_end.set()
    comparisons.do.take(EVENT, ("a" * 64, 99))
    comparisons.do.wait(5)
    [taken] = held.taken
    assert (taken.family, taken.platform, taken.viewport) == ("chrome", "mac", "1920x1080@1.5")
    assert (taken.sequence, taken.max_diff, taken.regions, taken.name) == (3, "0.1%", [[1, 2, 3, 4]], "")
    assert (taken.file.sha256, taken.file.size, taken.file.width) == ("a" * 64, 99, 40)


def test_pictures_that_are_not_compared_start_no_thread(comparisons, compared_by):
    held = compared_by(Held())
    comparisons.do.take({**EVENT, "compare": False}, ("a" * 64, 99))
    assert comparisons.do.wait(0)
    assert (held.taken, comparisons.do.take_done()) == ([], [])


def test_taking_pictures_never_waits_for_a_comparison(comparisons, compared_by):
    """F.4 point 1: events are read on meanwhile; verdicts go to the steps that wait, and to no others."""
    held = compared_by(Held())
    for number in range(1, 6):
        comparisons.do.take({**EVENT, "n": number, "await": number == 4}, ("a" * 64, 99))
    assert not comparisons.do.wait(0)
    assert comparisons.sent == []
    held.may_end.set()
    done = []
    eventually(lambda: done.extend(comparisons.do.take_done()) or len(done) == 5, 5, "the end of five comparisons")
    assert [(line["type"], line["n"], line["verdict"], line["pixel_diff"], line["limit"], line["fails"]) for line in
            comparisons.sent] == [("verdict", 4, "different", 12, 3, True)]  # fmt: skip


def test_a_comparison_that_breaks_is_an_error_with_a_reason(comparisons, compared_by):
    """F.4 point 7."""
    compared_by(Broken())
    comparisons.do.take(EVENT, ("a" * 64, 99))
    comparisons.do.wait(5)
    [compared] = comparisons.do.take_done()
    assert (compared.verdict.verdict, compared.verdict.pixel_diff) == ("error", None)
    assert (comparisons.sent[0]["verdict"], comparisons.do.errors) == ("error", 1)
    assert "The engine is on fire" in comparisons.sent[0]["reason"]
    assert "WARNING The picture of step 3 was not compared" in comparisons.log[0]


def test_without_a_plugin_that_compares_a_waiting_step_gets_an_error(comparisons, compared_by):
    compared_by(None)
    comparisons.do.take(EVENT, None)
    comparisons.do.wait(5)
    assert "no plugin compares pictures" in comparisons.sent[0]["reason"]


def test_what_does_not_end_is_given_up(comparisons, compared_by):
    """A result does not stay open for ever; a late end changes nothing."""
    held = compared_by(Held())
    comparisons.do.take(EVENT, ("a" * 64, 99))
    comparisons.do.give_up()
    assert comparisons.do.wait(0)
    assert [compared.verdict.verdict for compared in comparisons.do.take_done()] == ["error"]
    held.may_end.set()
    comparisons.do.close()
    assert comparisons.do.take_done() == []


@pytest.mark.parametrize(
    ("viewport", "text"),
    [
        ({"w": 1920, "h": 1080, "dpr": 1}, "1920x1080@1"),
        ({"w": 412, "h": 915, "dpr": 2.625}, "412x915@2.625"),
        (None, ""),
        ({}, ""),
    ],
)
def test_viewports_are_written_as_keys_have_them(viewport, text):
    """F.3."""
    assert viewport_text(viewport) == text


def test_the_terminal_state_waits_for_comparisons_that_outlast_the_runner(attempt, compared_by, bench, monkeypatch):
    """F.4 point 1, K.3: the result says what it waits for, and its picture comes before its end."""
    held = compared_by(Held())
    monkeypatch.setattr(comparing.Comparisons, "hear_started", _and_take_a_picture(comparing.Comparisons.hear_started))
    tried = attempt("Pass")
    eventually(lambda: bench.events(tried.run_id, "result.processing"), 10, "the end of the steps")
    assert (tried.result.state, bench.events(tried.run_id, "result.finished")) == ("Running", [])
    held.may_end.set()
    assert tried.end().state == "Success"
    kinds = [event.type for event in bench.events(tried.run_id)]
    order = [kinds.index(kind) for kind in ("result.processing", "step.picture", "result.finished")]
    assert order == sorted(order)
    assert len(held.kept) == 1


def _and_take_a_picture(hear_started):
    def hear(self, event):
        hear_started(self, event)
        self.take({**EVENT, "seq": 1}, ("a" * 64, 99))

    return hear
