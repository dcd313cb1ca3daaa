"""The plan compiler: from the text of a feature to a frozen tree of what to do.

A pure function: no database, no file, no clock, no state between calls.  Contract: runner C, X-055, X-068.
"""

from cometa_executions.plan.compiler import PlanDefaults, compile_plan
from cometa_executions.plan.document import Plan
from cometa_executions.plan.errors import PlanError, PlanErrors
from cometa_executions.plan.nodes import Branch, Call, Condition, ForEach, Leaf, Loop, Node, Repeat

__all__ = [
    "Branch",
    "Call",
    "Condition",
    "ForEach",
    "Leaf",
    "Loop",
    "Node",
    "Plan",
    "PlanDefaults",
    "PlanError",
    "PlanErrors",
    "Repeat",
    "compile_plan",
]
