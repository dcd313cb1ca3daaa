"""Faults of the structure: all of them, each at its step."""

import time

import pytest

from cometa_executions.plan import PlanErrors
from cometa_features.api import StepText

LOOP = 'Loop "2" times starting at "1" and do'
IF = 'Only if "a" is "equal to" "b" do'
SEE = 'I can see "a"'


def call(number):
    return f'Run feature with id "{number}" before continuing'


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([LOOP, SEE], [(0, "missing_end")]),
        ([IF, SEE], [(0, "missing_end")]),
        ([SEE, "End Loop"], [(1, "unexpected_end")]),
        (["End of condition"], [(0, "unexpected_end")]),
        ([LOOP, IF, "End Loop"], [(1, "missing_end")]),
        ([IF, LOOP, "Otherwise do", "End of condition"], [(1, "missing_end")]),
        ([IF, "End Loop", "End of condition"], [(1, "unexpected_end")]),
        (["Otherwise do"], [(0, "misplaced_otherwise")]),
        ([IF, "Otherwise do", "Otherwise do", "End of condition"], [(2, "misplaced_otherwise")]),
        (["Break Loop"], [(0, "outside_loop")]),
        ([LOOP, "End Loop", IF, "Continue Loop", "End of condition"], [(3, "outside_loop")]),
        ([LOOP, IF, IF, "Break Loop", "End of condition", "End of condition", "End Loop"], []),
        (['Only if "a" is "alike" "b" do', "End of condition"], [(0, "unknown_operator")]),
        (['Only if "a" is "$operator" "b" do', "End of condition"], []),
        (['Only if "a" is "EQUAL  TO" "b" do', "End of condition"], []),
        ([call(99)], [(0, "unknown_feature")]),
        ([call("x")], [(0, "unknown_feature")]),
        ([call("$id")], [(0, "unknown_feature")]),
        ([call("²")], [(0, "unknown_feature")]),
        (['Run feature with name "Gone" before continuing'], [(0, "unknown_feature")]),
        ([f"[off] {SEE}"], [(0, "no_steps")]),
        ([], [(0, "no_steps")]),
        ([StepText("u", "Given", "go", action='Goto URL "{url}"', params={})], [(0, "missing_parameter")]),
    ],
)
def test_a_fault_is_reported_with_its_position_and_code(faults, rows, expected):
    """Steps 4.6, 5.2; X-063 for the case without a fault."""
    assert faults(rows) == expected


def test_all_faults_are_reported_together_in_reading_order(compiled):
    found = compiled([LOOP, "End of condition", call(99), 'Only if "a" is "alike" "b" do'])
    assert [(error.position, error.code) for error in found.errors] == [
        (0, "missing_end"), (1, "unexpected_end"), (2, "unknown_feature"), (3, "unknown_operator"), (3, "missing_end"),
    ]  # fmt: skip
    assert found.errors[1].uuid == "uuid-7-2"
    assert found.errors[1].sentence == "End of condition"
    assert found.errors[1].text == 'Step 2 ("End of condition") closes nothing that is open.'


def test_a_cycle_of_three_features_shows_its_path(compiled, feature):
    """X-059."""
    others = [
        feature(3, "Log in", [call(5)]),
        feature(5, "Cookies", [SEE, 'Run feature with name "Buy" before continuing']),
    ]
    found = compiled([SEE, call(3)], *others)
    (error,) = found.errors
    assert (error.position, error.code, error.uuid) == (1, "feature_cycle", "uuid-5-2")
    assert "Buy (7) > Log in (3) > Cookies (5) > Buy (7)" in error.text
    assert error.text.startswith("Step 2 of feature Cookies (5) ")


def test_a_feature_that_runs_itself_is_a_cycle(faults):
    assert faults([call(7)]) == [(0, "feature_cycle")]


def test_a_feature_of_another_department_looks_like_one_that_does_not_exist(compiled, feature):
    """X-060."""
    secret = feature(3, "Secret plans", [SEE], department=2)
    foreign = compiled([call(3)], secret)
    assert foreign == compiled([call(3)])
    assert "Secret" not in foreign.errors[0].text
    by_name = compiled(['Run feature with name "Secret plans" before continuing'], secret)
    assert by_name.errors[0].code == "unknown_feature"


def test_an_ambiguous_name_lists_the_ids(compiled, feature):
    twins = [feature(number, "Log in", [SEE]) for number in (9, 3)]
    (error,) = compiled(['Run feature with name "Log in" before continuing'], *twins).errors
    assert error.code == "ambiguous_feature"
    assert "3, 9" in error.text


def test_a_called_feature_without_enabled_steps_is_a_fault(faults, feature):
    assert faults([call(3)], feature(3, "Empty", [f"[off] {SEE}"])) == [(0, "no_steps")]


def test_a_sub_feature_can_neither_close_nor_leave_a_block_of_its_caller(faults, feature):
    """Steps 4.1, 4.3."""
    rows = [LOOP, call(3), "End Loop"]
    assert faults(rows, feature(3, "Log in", ["Break Loop"])) == [(1, "outside_loop")]
    assert faults(rows, feature(3, "Log in", ["End Loop"])) == [(1, "unexpected_end")]
    assert faults(rows, feature(3, "Log in", [IF])) == [(1, "missing_end")]


def test_a_fault_of_a_sub_feature_is_reported_once_however_often_it_is_called(faults, feature):
    assert faults([call(3), call(3)], feature(3, "Log in", ["Break Loop"])) == [(0, "outside_loop")]


def test_twenty_levels_are_compiled_and_twenty_one_are_not(compiled, faults):
    """Runner C.2.4."""

    def nested(levels):
        return [LOOP] * levels + [SEE] + ["End Loop"] * levels

    assert not isinstance(compiled(nested(20)), PlanErrors)
    assert faults(nested(21)) == [(20, "too_deep")]


def test_levels_of_callers_count(compiled, faults, feature):
    chain = [feature(number, f"F{number}", [call(number + 1)]) for number in range(10, 28)]
    deepest = [LOOP, SEE, "End Loop"]
    assert not isinstance(compiled([call(10)], *chain, feature(28, "Last", deepest)), PlanErrors)
    assert faults([call(10)], *chain, feature(28, "Last", [IF, *deepest, "End of condition"])) == [(0, "too_deep")]


def test_calls_that_multiply_stop_at_the_limit_of_nodes_in_bounded_time(compiled, feature):
    """Runner C.2.4."""
    chain = [feature(number, f"F{number}", [call(number + 1)] * 50) for number in range(10, 27)]
    begun = time.monotonic()
    found = compiled([call(10)], *chain, feature(27, "Last", [SEE] * 50))
    assert [(error.position, error.code) for error in found.errors] == [(0, "too_large")]
    assert time.monotonic() - begun < 5
