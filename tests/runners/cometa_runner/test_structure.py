"""Loops, conditions and calls against a small interpreter that knows nothing of behave.

Contract: runner C.4, C.5, steps section 4.
"""

import json
import os
import tempfile

import pytest
from reference_interpreter import LEAVE, Generator, Reference

from cometa_runner.attempt import Attempt
from cometa_runner.bridge import BrokenRunnerError, PlanRunner
from cometa_runner.channel import ControlChannel, EventChannel
from cometa_runner.stepper import Stepper
from cometa_runner.steps import StepLibrary, load_vocabulary

PLANS = 1000
EMPTY = {"name": "none", "value": "", "scope": "run", "secret": False}


@pytest.fixture
def execute(sample_library, tmp_path, pipe):
    """Execute a tree in this process and give the events."""
    vocabulary = load_vocabulary([StepLibrary("sample", "sample_steps", "")])
    (tmp_path / "artifacts").mkdir()

    def run(tree, **more):
        plan = {"feature": {"name": "x"}, "tree": tree, "workdir": str(tmp_path), "libraries": [], "browser": None}
        with tempfile.TemporaryFile() as written:
            channel = EventChannel(os.dup(written.fileno()))
            attempt = Attempt({**plan, **more}, channel, ControlChannel(pipe[0]), vocabulary)
            PlanRunner(attempt).execute()
            os.close(channel._descriptor)
            written.seek(0)
            return [json.loads(line) for line in written], attempt

    return run


def rows_of(events):
    begun = {event["seq"]: event["index"] for event in events if event["type"] == "step_begin"}
    rows = []
    for event in events:
        if event["type"] == "step_end":
            rows.append((event["seq"], begun[event["seq"]], event["path"], event["status"]))
        elif event["type"] == "step_skip":
            rows.append((event["seq"], event["index"], event["path"], event["reason"]))
    return rows


def leaves(nodes):
    text = json.dumps(nodes)
    return text.count('"kind": "step"')


def test_the_rows_of_many_plans_are_those_of_the_reference_interpreter(execute, maker):
    """X-061, X-062, X-063, X-066, X-071, X-073."""
    executed = 0
    for seed in range(PLANS):
        tree = Generator(type(maker)(), seed).block()
        events, attempt = execute(tree)
        rows = rows_of(events)
        assert [row[1:] for row in rows] == Reference().execute(tree), f"plan {seed}"
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1)), f"seq of plan {seed}"
        places = [(index, path) for _, index, path, _ in rows]
        assert len(set(places)) == len(places), f"step and path of plan {seed} are not unique"
        assert {index for index, _ in places} == set(range(leaves(tree))), f"a leaf of plan {seed} is missing"
        assert sum(attempt.rows.counts.values()) == len(rows)
        executed += len(rows)
    assert executed > 10 * PLANS, "the plans are too small to say anything"


def test_the_counter_of_each_open_loop_is_a_parameter(execute, maker):
    """steps.json: Loop: %index, outer counters %index_1."""
    say = lambda: maker.step('Say "{text}"', text="%index %index_1 %index_2")  # noqa: E731 - a body is made by a call
    tree = [maker.loop(2, 5, lambda: [maker.loop(2, 1, lambda: [say()]), say()]), say()]
    events, attempt = execute(tree, parameters={"index": "mine"})
    said = [event["text"] for event in events if event["type"] == "step_detail" and "rounds" not in event["text"]]
    assert said == [
        "1 5 1_2",
        "2 5 2_2",
        "5 5_1 5_2",
        "1 6 1_2",
        "2 6 2_2",
        "6 6_1 6_2",
        "mine mine_1 mine_2",
    ]
    assert attempt.variables.parameter("index") == "mine"
    assert attempt.variables.parameter("index_1") is None


def test_a_loop_says_how_many_rounds_and_a_condition_what_it_took(execute, maker):
    """steps 4.5."""
    tree = [
        maker.loop(3, 1, list),
        maker.cond((("$a", "equal to", "DE"), list), (("1", "less than", "2"), list)),
    ]
    events, _ = execute(tree)
    assert [event["text"] for event in events if event["type"] == "step_detail"] == [
        "3 rounds from 1",
        "not taken: $a equal to DE",
        "taken: 1 less than 2",
    ]


@pytest.mark.parametrize("items", ['["a", "b"]', "a; b"])
def test_a_loop_over_a_list_gives_its_variable_each_entry(execute, maker, items):
    """steps.json, For each: JSON array or semicolon list; the counter starts at 1."""
    tree = [maker.foreach("row", items, lambda: [maker.step('Say "{text}"', text="%index $row")])]
    events, attempt = execute(tree)
    said = [event["text"] for event in events if event["type"] == "step_detail"]
    assert said == ["2 rounds", "1 a", "2 b"]
    assert attempt.rows.counts == {"ok": 3, "fails": 0, "skipped": 0}


def test_a_loop_over_an_empty_list_runs_no_round(execute, maker):
    """steps.json, For each: an empty list runs no round."""
    events, _ = execute([maker.foreach("row", "$none", lambda: [maker.step("Pass")])], variables=[EMPTY])
    assert [row[1:] for row in rows_of(events)] == [(0, "", "Success"), (1, "", "branch")]


@pytest.mark.parametrize(("name", "items"), [("row", "{}"), ("row", "[1, 2"), ("a b", "1")])
def test_a_list_that_cannot_be_read_fails_the_opening_step(execute, maker, name, items):
    """runner D.6: bad-value, and the message names what was found."""
    events, _ = execute([maker.foreach(name, items, lambda: [maker.step("Pass")])])
    error = next(event for event in events if event["type"] == "step_end")["error"]
    assert error["code"] == "bad-value"
    assert (items if name == "row" else name) in error["found"]


def test_entries_of_a_secret_list_are_announced_as_secrets(execute, maker):
    """runner G.5: each entry is shown alone, so each has to be masked alone."""
    secret = {"name": "codes", "value": "alpha;beta", "scope": "environment", "secret": True}
    tree = [maker.foreach("code", "$codes", lambda: [maker.step('Say "{text}"', text="$code")])]
    events, _ = execute(tree, variables=[secret])
    kinds = [(event["type"], event.get("value") or event.get("text")) for event in events]
    assert kinds.index(("secret", "alpha")) < kinds.index(("step_detail", "alpha"))
    assert kinds.index(("secret", "beta")) < kinds.index(("step_detail", "beta"))


def test_a_repeated_block_ends_as_soon_as_its_comparison_holds(execute, maker):
    """steps.json, Repeat: tested after each round, reported once per evaluation (steps 4.5)."""
    events, _ = execute([maker.repeat(5, ("%index", "equal to", "2"), lambda: [maker.step("Pass")])])
    assert [row[1:] for row in rows_of(events)] == [
        (0, "", "Success"),
        (1, "loop:00000000#1", "Success"),
        (0, "loop:00000000#1", "Success"),
        (1, "loop:00000000#2", "Success"),
        (0, "loop:00000000#2", "Success"),
    ]
    assert [event["text"] for event in events if event["type"] == "step_detail"] == [
        "at most 5 rounds until %index equal to 2",
        "round 1 of 5: %index equal to 2 does not hold",
        "round 2 of 5: %index equal to 2 holds",
    ]


def test_a_repeated_block_whose_comparison_never_holds_fails_and_says_what_was_found(execute, maker):
    """steps.json, Repeat: fails when the comparison never came true."""
    state = {"name": "state", "value": "open", "scope": "run", "secret": False}
    tree = [maker.repeat(2, ("$state", "equal to", "done"), lambda: [maker.step("Pass")]), maker.step("Pass")]
    events, _ = execute(tree, variables=[state])
    assert [row[3] for row in rows_of(events)] == [*["Success"] * 4, "Failed", "after_failure"]
    error = [event for event in events if event["type"] == "step_end"][-1]["error"]
    assert error["message"].startswith(
        'Expected "$state equal to done" to hold after at most 2 rounds, '
        'found that it never did; the last value was "open".'
    )


def test_leaving_with_an_error_ends_the_feature_whatever_continue_on_failure_says(execute, maker):
    """X-085."""
    tree = [maker.step(LEAVE, message="shop is closed", continue_on_failure=True), maker.step("Pass")]
    events, _ = execute(tree)
    assert [row[3] for row in rows_of(events)] == ["Failed", "after_failure"]
    error = next(event for event in events if event["type"] == "step_end")["error"]
    assert error["message"].startswith("shop is closed")


def test_a_text_of_its_own_is_put_in_front_of_the_next_failure(execute, maker):
    """steps.json, Define Custom Error Message: this text followed by the original one; comments do not use it up."""
    tree = [
        maker.step('Word the next failure "{error_message}"', error_message="login is down"),
        maker.step("#{comment}", comment=" what follows"),
        maker.step("Fail", continue_on_failure=True),
        maker.step("Fail", continue_on_failure=True),
    ]
    events, _ = execute(tree)
    failed = [event["error"] for event in events if event["type"] == "step_end" and event["error"]]
    assert failed[0]["message"].splitlines()[:2] == ["login is down", "Expected a duck, found a goose."]
    assert (failed[0]["expected"], failed[0]["found"]) == ("a duck", "a goose")
    assert failed[1]["message"].startswith("Expected a duck")


def test_a_text_of_its_own_does_not_fail_a_passing_step_and_is_used_up_by_it(execute, maker):
    """X-072."""
    tree = [
        maker.step('Word the next failure "{error_message}"', error_message="login is down"),
        maker.step("Pass"),
        maker.step("Fail"),
    ]
    events, _ = execute(tree)
    assert [row[3] for row in rows_of(events)] == ["Success", "Success", "Failed"]
    error = next(event["error"] for event in events if event["type"] == "step_end" and event["error"])
    assert error["message"].startswith("Expected a duck")


@pytest.mark.parametrize(
    ("rounds", "start", "code"),
    [
        ("x", "1", "bad-value"),
        ("1.5", "1", "bad-value"),
        ("-1", "1", "bad-value"),
        ("2", "a", "bad-value"),
        ("11", "1", "limit"),
    ],
)
def test_a_loop_that_cannot_be_counted_fails_at_its_head_and_skips_its_body(execute, maker, rounds, start, code):
    """steps 4.4."""
    tree = [maker.loop(rounds, start, lambda: [maker.step("Pass")], continue_on_failure=True), maker.step("Pass")]
    events, _ = execute(tree, limits={"loop_rounds": 10})
    assert [row[1:] for row in rows_of(events)] == [(0, "", "Failed"), (1, "", "branch"), (2, "", "Success")]
    assert next(event for event in events if event["type"] == "step_end")["error"]["code"] == code


def test_an_unknown_comparison_word_fails_and_takes_no_branch(execute, maker):
    """X-079."""
    tree = [
        maker.cond((("1", "resembling", "1"), lambda: [maker.step("Pass")]), (None, lambda: [maker.step("Pass")])),
        maker.step("Pass"),
    ]
    tree[0]["branches"][0]["head"]["flags"]["continue_on_failure"] = True
    events, _ = execute(tree)
    assert [row[1:] for row in rows_of(events)] == [
        (0, "", "Failed"),
        (1, "", "branch"),
        (2, "", "branch"),
        (3, "", "Success"),
    ]


def test_the_row_limit_ends_an_endless_feature_on_its_last_row(execute, maker):
    """runner B.5."""
    body = lambda: [maker.step("Pass", continue_on_failure=True)]  # noqa: E731 - a body is made by a call
    tree = [maker.loop(1000, 1, body), maker.step("Pass")]
    events, _ = execute(tree, limits={"rows": 20})
    rows = rows_of(events)
    assert rows[19][1:] == (1, rows[19][2], "Failed")
    assert [event for event in events if event["type"] == "step_end"][-1]["error"]["code"] == "limit"
    assert rows[20:] == [(21, 2, "", "after_failure")]


def test_the_time_of_the_feature_ends_it(execute, maker):
    """runner B.5: the runner itself stops taking steps."""
    tree = [maker.step('Sleep "{seconds}" seconds', seconds="0.2", continue_on_failure=True) for _ in range(5)]
    events, attempt = execute(tree, limits={"feature_s": 0.3})
    assert attempt.flow.aborted == "feature_limit"
    assert [row[3] for row in rows_of(events)] == ["Success", "Failed", *["after_failure"] * 3]


def test_ten_thousand_steps_are_executed_within_the_budget(execute, maker):
    """runner B.8 allows 60 s."""
    events, attempt = execute([maker.loop(10_000 // 5, 1, lambda: [maker.step("Pass") for _ in range(5)])])
    assert attempt.rows.counts == {"ok": 10_001, "fails": 0, "skipped": 0}
    assert events[-1]["t"] < 20_000


def test_rows_that_cannot_be_trusted_are_not_called_a_result(execute, maker, monkeypatch):
    """A runner whose own code fails around a step must not report a finished run."""

    def broken(_stepper, _leaf):
        raise RuntimeError("no evidence")

    monkeypatch.setattr(Stepper, "conclude", broken)
    with pytest.raises(BrokenRunnerError):
        execute([maker.step("Pass")])
