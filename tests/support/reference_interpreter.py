"""A small interpreter of plans that knows nothing of behave, written from the contract alone, and random plans for it.

Contract: runner C.4, C.5, steps section 4.
"""

import json
import random

LEAVE = 'Leave with "{message}"'
"""A sentence that fails and ends the feature whatever continue-on-failure says."""


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
        good = sentence not in {"Fail", LEAVE}
        self.row(node, path, "Success" if good else "Failed")
        if not good and (sentence == LEAVE or not node["flags"]["continue_on_failure"]):
            self.stopped = "after_failure"
        if sentence == "Finish the feature here":
            self.stopped = "finished_early"
        self.jump = {"Break Loop": "break", "Continue Loop": "continue"}.get(sentence, self.jump)

    def call(self, node, path):
        self.block(node["body"], [*path, "call:" + node["row_uuid"][:8]])

    def loop(self, node, path):
        self.row(node["head"], path, "Success")
        self.rounds(node, path, int(node["count"]), int(node["start"]))

    def foreach(self, node, path):
        self.row(node["head"], path, "Success")
        self.rounds(node, path, len(json.loads(node["list"])), 1)

    def repeat(self, node, path):
        rounds = int(node["times"])
        self.head(node["head"], path, good=rounds > 0)
        if rounds == 0:
            if not self.stopped:
                self.skip(node["body"], path, "branch")
            return
        self.rounds(node, path, rounds, 1)

    def head(self, head, path, *, good):
        self.row(head, path, "Success" if good else "Failed")
        if not good and not head["flags"]["continue_on_failure"]:
            self.stopped = "after_failure"

    def rounds(self, node, path, rounds, start):
        if rounds == 0:
            self.skip(node["body"], path, "branch")
            return
        self.indexes.append(None)
        for number in range(1, rounds + 1):
            self.indexes[-1] = start + number - 1
            inner = [*path, f"loop:{node['head']['uuid'][:8]}#{number}"]
            self.block(node["body"], inner)
            jump, self.jump = self.jump, None
            if self.stopped or jump == "break":
                break
            if node["kind"] == "repeat":
                holds = self.holds(node["test"])
                self.head(node["head"], inner, good=holds or number < rounds)
                if holds or self.stopped:
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
            elif node["kind"] in {"loop", "foreach", "repeat"}:
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
        kinds = ["step"] * 4 + ["loop", "foreach", "repeat", "cond", "call"]
        kind = self.random.choice(kinds) if depth < 4 else "step"
        return getattr(self, kind)(depth, in_loop)

    def step(self, _depth, in_loop):
        sentences = ["Pass"] * 12 + ["Fail"] * 3 + ["Finish the feature here"] * (self.random.random() < 0.1)
        sentences += [LEAVE] * (self.random.random() < 0.1)
        sentences += ["Break Loop", "Continue Loop"] if in_loop else []
        sentence = self.random.choice(sentences)
        values = {"message": "closed"} if sentence == LEAVE else {}
        return self.maker.step(sentence, continue_on_failure=self.random.random() < 0.8, **values)

    def loop(self, depth, _in_loop):
        rounds, start = self.random.choice([0, 1, 2, 2, 3]), self.random.randint(-1, 2)
        return self.maker.loop(rounds, start, lambda: self.block(depth + 1, in_loop=True))

    def foreach(self, depth, _in_loop):
        items = json.dumps(list(range(self.random.choice([0, 1, 2, 3]))))
        return self.maker.foreach("entry", items, lambda: self.block(depth + 1, in_loop=True))

    def repeat(self, depth, _in_loop):
        goes_on = self.random.random() < 0.8
        body = lambda: self.block(depth + 1, in_loop=True)  # noqa: E731 - a body is made by a call
        return self.maker.repeat(self.random.choice([0, 1, 2, 3]), self.test(), body, continue_on_failure=goes_on)

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
