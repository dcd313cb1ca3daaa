"""Flags of leaves: defaults, inheritance and limits."""

import pytest

from cometa_executions.plan import PlanDefaults
from cometa_features.api import StepText

CALL = 'Run feature with id "3" before continuing'


@pytest.mark.parametrize("source", ["nothing", "department", "feature", "call row", "called feature"])
def test_continue_on_failure_comes_from_department_feature_step_call_row_and_called_feature(compiled, feature, source):
    """X-065."""
    root = feature(7, "Buy", [f"[go-on] {CALL}" if source == "call row" else CALL], goes_on=source == "feature")
    rows = ['I can see "a"', '[go-on] I can see "b"']
    called = feature(3, "Log in", rows, goes_on=source == "called feature")
    plan = compiled(root, called, defaults=PlanDefaults(continue_on_failure=source == "department"))
    assert [leaf.flags.continue_on_failure for leaf in plan.leaves] == [source != "nothing", True]


def test_the_flag_of_a_called_feature_does_not_leak_into_its_caller(compiled, feature):
    rows = [CALL, 'I can see "later"']
    plan = compiled(rows, feature(3, "Log in", ['I can see "a"'], goes_on=True))
    assert [leaf.flags.continue_on_failure for leaf in plan.leaves] == [True, False]


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ('I can see "a"', 45),
        ('[20] I can see "a"', 20),
        ('I sleep "100" seconds', 105),
        ('I sleep "10.2" seconds', 45),
        ('[10] I sleep "10.2" seconds', 16),
        ('[20] I sleep "$time" seconds', 20),
        ('I sleep "7200" seconds', 7200),
        ('I sleep "-5" seconds', 45),
        ('I sleep "never" seconds', 45),
    ],
)
def test_timeout_is_the_own_value_or_the_default_raised_by_waiting_and_cut_at_7200(compiled, sentence, seconds):
    """Runner C.2.6."""
    plan = compiled([sentence], defaults=PlanDefaults(step_timeout=45))
    assert plan.leaves[0].flags.timeout == seconds


def test_the_timeout_of_a_call_row_is_an_upper_limit_for_all_steps_below_it(compiled, feature):
    """Steps section 9."""
    inner = feature(4, "Inner", ['[90] I can see "a"', '[5] I can see "b"'])
    outer = feature(3, "Outer", ['[50] Run feature with id "4" before continuing', '[90] I can see "c"'])
    plan = compiled([f"[60] {CALL}", '[90] I can see "d"'], outer, inner)
    assert [leaf.flags.timeout for leaf in plan.leaves] == [50, 5, 60, 90]


def test_compare_implies_a_picture_and_thresholds_are_kept(compiled):
    row = StepText("u", "Given", 'I can see "a"', compare=True, max_diff=0.5, ignore_regions=[[0, 0, 10, 10]])
    flags = compiled([row]).leaves[0].flags
    assert (flags.screenshot, flags.compare, flags.max_diff) == (True, True, 0.5)
    assert flags.document()["ignore_regions"] == [[0, 0, 10, 10]]
