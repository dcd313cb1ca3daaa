"""Step rows: their identity, their order and their sums.

Contract: runner B.3, C.4, D.8.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cometa_runner.channel import EventChannel
from cometa_runner.protocol import Branch, Counts, Node, SkipReason, Status, StepError, StepNode

Frames = tuple[str, ...]
"""Calls and loop rounds around a step, outermost first."""

PlacedLeaf = tuple[StepNode, Frames]
"""A leaf and where it stands."""


def call_frame(uuid: str) -> str:
    """Name the frame of a call by the uuid of its row."""
    return f"call:{uuid[:8]}"


def loop_frame(uuid: str, number: int) -> str:
    """Name a round of a loop, counted from 1, by the uuid of its head."""
    return f"loop:{uuid[:8]}#{number}"


def placed_leaves(nodes: Iterable[Node], frames: Frames) -> Iterator[PlacedLeaf]:
    """List the leaves of a tree in reading order, heads included.

    Rounds of loops are left out of the frames: what is listed here was not executed, so there is no round.
    Contract: runner C.2.8, C.5.
    """
    for node in nodes:
        if node["kind"] == "step":
            yield node, frames
        elif node["kind"] == "loop" or node["kind"] == "foreach" or node["kind"] == "repeat":
            yield node["head"], frames
            yield from placed_leaves(node["body"], frames)
        elif node["kind"] == "call":
            yield from placed_leaves(node["body"], (*frames, call_frame(node["row_uuid"])))
        else:
            for branch in node["branches"]:
                yield from leaves_of_branch(branch, frames)


def leaves_of_branch(branch: Branch, frames: Frames) -> Iterator[PlacedLeaf]:
    """List the leaves of one branch of a condition, its head first."""
    if branch["head"] is not None:
        yield branch["head"], frames
    yield from placed_leaves(branch["body"], frames)


@dataclass
class Row:
    """What is collected about a step while it is executed.

    Attributes:
        node: the leaf of the plan.
        frames: where it is executed.
        seq: place in the order of reporting; 0 until it is reported.
        values: the values used, expanded.
        warnings: never change the status.
        files: names of attached files.
        notes: a titled text, None for none.
        selector: record of the last resolution, None for none.
        duration_ms: time inside the step function.
    """

    node: StepNode
    frames: Frames
    seq: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    notes: dict[str, str] | None = None
    selector: dict[str, Any] | None = None
    duration_ms: int = 0

    def identity(self) -> dict[str, Any]:
        """Give the fields that every event about this row carries."""
        return {"seq": self.seq, "step_uuid": self.node["uuid"], "path": "/".join(self.frames)}


class Rows:
    """Numbers, counts and sends the rows of one attempt.

    Args:
        channel: where rows are sent.

    Attributes:
        counts: rows so far by what they count as.  Contract: X-071.
        seq: number of the last row.
        first_error: message of the first error; empty while there is none.
    """

    def __init__(self, channel: EventChannel) -> None:
        self._channel = channel
        self._reported: set[int] = set()
        self.counts: Counts = {"ok": 0, "fails": 0, "skipped": 0}
        self.seq = 0
        self.first_error = ""

    def begin(self, row: Row, deadline_ms: int) -> None:
        """Report that a step is about to be executed."""
        self._number(row)
        node = row.node
        fields = {"index": node["index"], "keyword": node["keyword"], "text": node["text"], "deadline_ms": deadline_ms}
        self._channel.emit("step_begin", {**row.identity(), **fields})

    def end(self, row: Row, status: Status, error: StepError | None) -> None:
        """Report that a step was executed."""
        if error is not None:
            self.first_error = self.first_error or error["message"]
        self._count(status)
        fields = {
            "status": status,
            "duration_ms": row.duration_ms,
            "error": error,
            "warnings": row.warnings,
            "selector": row.selector,
            "files": row.files,
            "notes": row.notes,
            "values": row.values,
        }
        self._channel.emit("step_end", {**row.identity(), **fields})

    def skip(self, leaves: Iterable[PlacedLeaf], reason: SkipReason) -> None:
        """Report steps that are not executed."""
        for node, frames in leaves:
            row = Row(node, frames)
            self._number(row)
            self._count("Skipped")
            self._channel.emit("step_skip", {**row.identity(), "index": node["index"], "reason": reason})

    def missing(self, leaves: Iterable[PlacedLeaf]) -> list[PlacedLeaf]:
        """Give those leaves that were never reported."""
        return [(node, frames) for node, frames in leaves if node["index"] not in self._reported]

    def _number(self, row: Row) -> None:
        self.seq += 1
        row.seq = self.seq
        self._reported.add(row.node["index"])

    def _count(self, status: Status) -> None:
        if status == "Success":
            self.counts["ok"] += 1
        elif status == "Failed":
            self.counts["fails"] += 1
        else:
            self.counts["skipped"] += 1
