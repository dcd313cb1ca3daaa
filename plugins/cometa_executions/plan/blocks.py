"""Open loops and conditions while the rows of one feature are read.  Contract: steps section 4."""

from dataclasses import dataclass, field, replace

from cometa_executions.plan.nodes import AnyLoop, Branch, Condition, Leaf, Node, Test
from cometa_features.api import StepText


@dataclass
class OpenLoop:
    """A loop of any kind whose end was not read yet.

    Attributes:
        row: the opening row.
        number: its place in its feature, from 1.
        loop: the loop without its body.
        body: nodes read so far.
    """

    row: StepText
    number: int
    loop: AnyLoop
    body: list[Node] = field(default_factory=list)

    def add(self, node: Node) -> None:
        """Put a node at the end of the body."""
        self.body.append(node)

    def close(self) -> Node:
        """Make the finished node."""
        return replace(self.loop, body=tuple(self.body))


@dataclass
class OpenBranch:
    """A branch whose end was not read yet; without head it is ``Otherwise do``."""

    head: Leaf | None
    test: Test | None
    body: list[Node] = field(default_factory=list)


@dataclass
class OpenCondition:
    """A condition whose end was not read yet; the last branch takes what is read."""

    row: StepText
    number: int
    branches: list[OpenBranch]

    @property
    def has_last_branch(self) -> bool:
        """Tell whether ``Otherwise do`` was read, after which no branch may follow."""
        return self.branches[-1].head is None

    def add(self, node: Node) -> None:
        """Put a node at the end of the present branch."""
        self.branches[-1].body.append(node)

    def close(self) -> Node:
        """Make the finished node."""
        return Condition(tuple(Branch(each.head, each.test, tuple(each.body)) for each in self.branches))


OpenBlock = OpenLoop | OpenCondition


class Blocks:
    """The stack of open blocks of one feature."""

    def __init__(self) -> None:
        self._top: list[Node] = []
        self._open: list[OpenBlock] = []

    def __len__(self) -> int:
        """Count the open blocks."""
        return len(self._open)

    def add(self, node: Node) -> None:
        """Put a node into the innermost open block."""
        if self._open:
            self._open[-1].add(node)
        else:
            self._top.append(node)

    def open(self, block: OpenBlock) -> None:
        """Make a block the innermost one."""
        self._open.append(block)

    @property
    def innermost(self) -> OpenBlock | None:
        """Give the block that is open and contains no other open one."""
        return self._open[-1] if self._open else None

    def holds(self, kind: type[OpenBlock]) -> bool:
        """Tell whether a block of a kind is open, however far out."""
        return any(isinstance(block, kind) for block in self._open)

    def close(self) -> OpenBlock:
        """Close the innermost block and put its node in place."""
        block = self._open.pop()
        self.add(block.close())
        return block

    def finished(self) -> tuple[Node, ...]:
        """Give the nodes of the top level; all blocks must be closed."""
        return tuple(self._top)
