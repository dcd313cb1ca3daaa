"""Whether a run needs WebDriver BiDi.

A session with it takes a quarter of a second longer to open, so that it is asked for only where something uses it.
Contract: runner H.2, I.1.
"""

import copy
from collections.abc import Iterable
from typing import Final

from cometa_runner.evidence import NetworkUse
from cometa_runner.protocol import BrowserPlan, Node, PlanMessage
from cometa_runner.rows import placed_leaves

NEEDING: Final = ("network logging", "network is quiet")
"""Parts of the sentences that use it in every browser."""

_WITH_DRIVER_LOG = ("chrome", "chromium", "edge")


def with_bidi(plan: PlanMessage) -> BrowserPlan | None:
    """Give the browser of a plan, which is asked for its BiDi address where the run needs it."""
    browser = plan["browser"]
    if browser is None or not needs_bidi(plan):
        return browser
    asking = copy.copy(browser)
    asking["capabilities"] = {**(browser.get("capabilities") or {}), "webSocketUrl": True}
    return asking


def network_use(plan: PlanMessage) -> NetworkUse:
    """Tell what a run does with the network of its browser."""
    if plan.get("flags", {}).get("network_log"):
        return "record"
    return "watch" if _has_sentence(plan["tree"]) else "none"


def needs_bidi(plan: PlanMessage) -> bool:
    """Tell whether the network is recorded, a sentence needs it, or the console is read with it."""
    browser = plan["browser"] or {}
    if browser.get("family", "chrome") not in _WITH_DRIVER_LOG:
        return True
    return network_use(plan) != "none"


def _has_sentence(tree: Iterable[Node]) -> bool:
    patterns = (leaf["pattern"] or "" for leaf, _ in placed_leaves(tree, ()))
    return any(part in pattern for pattern in patterns for part in NEEDING)
