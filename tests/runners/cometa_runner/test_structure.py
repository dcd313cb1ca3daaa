"""Loops, conditions and calls against a small interpreter that knows nothing of behave.

The interpreter below is written from the contract alone.  Contract: runner C.4, C.5, steps section 4.
"""

import json
import os
import random
import tempfile

import pytest

from cometa_runner.attempt import Attempt
from cometa_runner.bridge import BrokenRunnerError, PlanRunner
from cometa_runner.channel import ControlChannel, EventChannel
from cometa_runner.stepper import Stepper
from cometa_runner.steps import StepLibrary, load_vocabulary

PLANS = 1000


class Reference:
    """Executes a tree by plain recursion and writes down the rows it expects."""

    def __init__(self):
        self.rows = []
        self.reported = set()
        self.stopped = None
        self.jump = None
        self.indexes = []

    def execute(self, tree):
        self.block(tree, [])
        self.skip(tree, [], self.stopped or "branch", only_missing=True)
        return self.rows

    def row(self, node, path, status):
        self.rows.append((node["index"], "/".join(path), status))
        self.reported.add(node["index"])

    def block(self, nodes, path):
        for node in nodes:
            getattr(self, node["kind"])(node, path)
            if self.stopped or self.jump:
                return

    def step(self, node, path):
        sentence = node["pattern"]
        good = sentence != "Fail"
        self.row(node, path, "Success" if good else "Failed")
        if not good and not node["flags"]["continue_on_failure"]:
            self.stopped = "after_failure"
        if sentence == "Finish the feature here":
            self.stopped = "finished_early"
        self.jump = {"Break Loop": "break", "Continue Loop": "continue"}.get(sentence, self.jump)

    def call(self, node, path):
        self.block(node["body"], [*path, "call:" + node["row_uuid"][:8]])

    def loop(self, node, path):
        self.row(node["head"], path, "Success")
        rounds = int(node["count"])
        if rounds == 0:
            self.skip(node["body"], path, "branch")
            return
        self.indexes.append(None)
        for number in range(1, rounds + 1):
            self.indexes[-1] = int(node["start"]) + number - 1
            self.block(node["body"], [*path, f"loop:{node['head']['uuid'][:8]}#{number}"])
            jump, self.jump = self.jump, None
            if self.stopped or jump == "break":
                break
        self.indexes.pop()
        if not self.stopped:
            self.skip(node["body"], path, "branch", only_missing=True)

    def cond(self, node, path):
        taken = False
        for branch in node["branches"]:
            if taken:
                self.skip([*([branch["head"]] if branch["head"] else []), *branch["body"]], path, "branch")
                continue
            taken = branch["head"] is None
            if not taken:
                self.row(branch["head"], path, "Success")
                taken = self.holds(branch["test"])
            if taken:
                self.block(branch["body"], path)
            else:
                self.skip(branch["body"], path, "branch")
            if self.stopped:
                return

    def holds(self, test):
        known = {"%index": -1, "%index_1": -2}.get(test["left"])
        left = test["left"]
        if known is not None and len(self.indexes) >= -known:
            left = str(self.indexes[known])
        return left == test["right"]

    def skip(self, nodes, path, reason, *, only_missing=False):
        for node in nodes:
            if node["kind"] == "step":
                if not (only_missing and node["index"] in self.reported):
                    self.row(node, path, reason)
            elif node["kind"] == "cond":
                for branch in node["branches"]:
                    heads = [branch["head"]] if branch["head"] else []
                    self.skip([*heads, *branch["body"]], path, reason, only_missing=only_missing)
            elif node["kind"] == "loop":
                self.skip([node["head"], *node["body"]], path, reason, only_missing=only_missing)
            else:
                inner = [*path, "call:" + node["row_uuid"][:8]]
                self.skip(node["body"], inner, reason, only_missing=only_missing)


class Generator:
    """Makes random plans: blocks of all kinds in each other, up to four deep."""

    def __init__(self, maker, seed):
        self.maker = maker
        self.random = random.Random(seed)
        self.calls = 0

    def block(self, depth=0, *, in_loop=False):
        return [self.node(depth, in_loop) for _ in range(self.random.randint(0 if depth else 2, 4))]

    def node(self, depth, in_loop):
        kind = self.random.choice(["step", "step", "step", "loop", "cond", "call"]) if depth < 4 else "step"
        return getattr(self, kind)(depth, in_loop)

    def step(self, _depth, in_loop):
        sentences = ["Pass"] * 12 + ["Fail"] * 3 + ["Finish the feature here"] * (self.random.random() < 0.1)
        sentences += ["Break Loop", "Continue Loop"] if in_loop else []
        return self.maker.step(self.random.choice(sentences), continue_on_failure=self.random.random() < 0.8)

    def loop(self, depth, _in_loop):
        rounds, start = self.random.choice([0, 1, 2, 2, 3]), self.random.randint(-1, 2)
        return self.maker.loop(rounds, start, lambda: self.block(depth + 1, in_loop=True))

    def cond(self, depth, in_loop):
        tests = [self.test() for _ in range(self.random.choice([1, 1, 2]))]
        tests += [None] * self.random.randint(0, 1)
        return self.maker.cond(*((test, lambda: self.block(depth + 1, in_loop=in_loop)) for test in tests))

    def test(self):
        left = self.random.choice(["%index", "%index_1", "1"])
        return left, "equal to", str(self.random.randint(0, 3))

    def call(self, depth, _in_loop):
        self.calls += 1
        return self.maker.call(f"{self.calls:03}", lambda: self.block(depth + 1))


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
