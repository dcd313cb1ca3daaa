"""The compiled plan and the document that is stored with a run."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cometa_executions.plan.nodes import Document, Leaf, Node, leaves_of

PLAN_VERSION = 1
"""Version of the document; moves when its keys change meaning."""


@dataclass(frozen=True)
class Plan:
    """What to do, as a tree.

    Attributes:
        tree: nodes of the top level in order.
    """

    tree: tuple[Node, ...]

    @cached_property
    def leaves(self) -> Sequence[Leaf]:
        """All steps that are reported, in reading order.  Contract: runner C.2.8."""
        return tuple(leaves_of(self.tree))

    def document(self) -> Document:
        """Give the JSON document; the same plan gives the same bytes and hash.  Contract: runner C.1, X-055."""
        content: Document = {
            "version": PLAN_VERSION,
            "tree": [node.document() for node in self.tree],
            "leaves": [leaf.entry() for leaf in self.leaves],
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return {**content, "hash": f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"}
