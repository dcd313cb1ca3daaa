"""The nodes of a plan and their JSON form.  Contract: runner C.3."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True)
class Flags:
    """What the author set on a step, with defaults and inherited settings applied.

    Attributes:
        screenshot: take a picture after the step.
        compare: compare that picture.
        continue_on_failure: go on when the step failed.
        timeout: whole seconds, 1 to 7200.
        max_diff: threshold of the comparison, None = none.
        ignore_regions: regions left out of the comparison, None = none.
    """

    screenshot: bool
    compare: bool
    continue_on_failure: bool
    timeout: int
    max_diff: float | str | None = None
    ignore_regions: Sequence[Any] | None = None

    def document(self) -> Document:
        """Give the JSON form."""
        return {
            "screenshot": self.screenshot,
            "compare": self.compare,
            "continue_on_failure": self.continue_on_failure,
            "timeout": self.timeout,
            "max_diff": self.max_diff,
            "ignore_regions": None if self.ignore_regions is None else list(self.ignore_regions),
        }


@dataclass(frozen=True)
class Owner:
    """The feature whose text a step is part of."""

    feature_id: int
    feature_name: str

    def document(self) -> Document:
        """Give the JSON form."""
        return {"feature_id": self.feature_id, "feature_name": self.feature_name}


@dataclass(frozen=True)
class Problem:
    """Why a step will fail when it is reached.

    Attributes:
        code: ``undefined`` or ``ambiguous``.
        near: patterns that may be meant.
    """

    code: str
    near: tuple[str, ...]

    def document(self) -> Document:
        """Give the JSON form."""
        return {"code": self.code, "near": list(self.near)}


@dataclass(frozen=True)
class Leaf:
    """A step that is reported, the heads of loops and conditions included.

    Attributes:
        uuid: stable identity of the stored row.
        index: place among all leaves of the plan, from 0 in reading order.
        keyword: as stored.
        text: the sentence, variables unresolved.
        pattern: sentence of the vocabulary, None when there is a problem.
        params: placeholder -> text exactly as written.
        flags: settings in force.
        owner: feature that the row is part of.
        problem: why it cannot be understood, None when it can.
    """

    uuid: str
    index: int
    keyword: str
    text: str
    pattern: str | None
    params: Mapping[str, str]
    flags: Flags
    owner: Owner
    problem: Problem | None = None

    def document(self) -> Document:
        """Give the JSON form."""
        return {
            "kind": "step",
            "uuid": self.uuid,
            "index": self.index,
            "keyword": self.keyword,
            "text": self.text,
            "pattern": self.pattern,
            "params": dict(self.params),
            "flags": self.flags.document(),
            "owner": self.owner.document(),
            "problem": None if self.problem is None else self.problem.document(),
        }

    def entry(self) -> Document:
        """Give its entry in the frozen step list.  Contract: runner C.2.8."""
        return {
            "index": self.index,
            "keyword": self.keyword,
            "text": self.text,
            "uuid": self.uuid,
            "owner": self.owner.document(),
            "flags": self.flags.document(),
        }


@dataclass(frozen=True)
class Comparison:
    """What decides a branch: two texts and a comparison word, variables unresolved."""

    left: str
    operator: str
    right: str

    def document(self) -> Document:
        """Give the JSON form."""
        return {"left": self.left, "operator": self.operator, "right": self.right}


@dataclass(frozen=True)
class ElementState:
    """What decides a branch: the state that an element is in right now, variables unresolved."""

    selector: str
    state: str

    def document(self) -> Document:
        """Give the JSON form."""
        return {"selector": self.selector, "state": self.state}


Test = Comparison | ElementState


@dataclass(frozen=True)
class Loop:
    """Steps that are repeated; count and start are texts that may hold variables."""

    head: Leaf
    count: str
    start: str
    body: tuple["Node", ...]

    def document(self) -> Document:
        """Give the JSON form."""
        return {
            "kind": "loop",
            "head": self.head.document(),
            "count": self.count,
            "start": self.start,
            "body": [node.document() for node in self.body],
        }


@dataclass(frozen=True)
class ForEach:
    """Steps that are repeated for each entry of a list; name and list are texts that may hold variables."""

    head: Leaf
    name: str
    list: str
    body: tuple["Node", ...]

    def document(self) -> Document:
        """Give the JSON form."""
        return {
            "kind": "foreach",
            "head": self.head.document(),
            "name": self.name,
            "list": self.list,
            "body": [node.document() for node in self.body],
        }


@dataclass(frozen=True)
class Repeat:
    """Steps that are repeated until a comparison holds; times is a text that may hold variables."""

    head: Leaf
    times: str
    test: Comparison
    body: tuple["Node", ...]

    def document(self) -> Document:
        """Give the JSON form."""
        return {
            "kind": "repeat",
            "head": self.head.document(),
            "times": self.times,
            "test": self.test.document(),
            "body": [node.document() for node in self.body],
        }


AnyLoop = Loop | ForEach | Repeat


@dataclass(frozen=True)
class Branch:
    """One way through a condition; without head and test it is the last one, ``Otherwise do``."""

    head: Leaf | None
    test: Test | None
    body: tuple["Node", ...]

    def document(self) -> Document:
        """Give the JSON form."""
        return {
            "head": None if self.head is None else self.head.document(),
            "test": None if self.test is None else self.test.document(),
            "body": [node.document() for node in self.body],
        }


@dataclass(frozen=True)
class Condition:
    """Branches of which the first that holds is executed."""

    branches: tuple[Branch, ...]

    def document(self) -> Document:
        """Give the JSON form."""
        return {"kind": "cond", "branches": [branch.document() for branch in self.branches]}


@dataclass(frozen=True)
class Call:
    """The steps of another feature in the place of its ``Run feature`` row."""

    row_uuid: str
    feature: Owner
    body: tuple["Node", ...]

    def document(self) -> Document:
        """Give the JSON form."""
        return {
            "kind": "call",
            "row_uuid": self.row_uuid,
            "feature": {"id": self.feature.feature_id, "name": self.feature.feature_name},
            "body": [node.document() for node in self.body],
        }


Node = Leaf | AnyLoop | Condition | Call


def leaves_of(nodes: Sequence[Node]) -> Iterator[Leaf]:
    """Yield all leaves in reading order, heads before their bodies."""
    for node in nodes:
        if isinstance(node, Leaf):
            yield node
        elif isinstance(node, AnyLoop):
            yield node.head
            yield from leaves_of(node.body)
        elif isinstance(node, Condition):
            for branch in node.branches:
                yield from [branch.head] if branch.head is not None else []
                yield from leaves_of(branch.body)
        else:
            yield from leaves_of(node.body)
