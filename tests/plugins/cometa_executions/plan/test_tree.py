"""Shape of the tree: loops, conditions, calls, leaves and their numbering."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cometa_executions.plan import Call, Condition, Leaf, Loop, PlanDefaults, compile_plan
from cometa_features.api import StepText

MIXED = [
    'Goto URL "$shop"',
    'Loop "3" times starting at "1" and do',
    'Only if "%index" is "equal to" "2" do',
    "Break Loop",
    'Otherwise only if "%index" is "less than" "9" do',
    'I can see "a"',
    "Otherwise do",
    'Run feature with id "3" before continuing',
    "End of condition",
    "End Loop",
    "# done",
]


def shape(nodes):
    """Reduce a tree to what stands in what."""
    found = []
    for node in nodes:
        match node:
            case Leaf():
                found.append(node.index)
            case Loop():
                found.append(("loop", node.head.index, shape(node.body)))
            case Condition():
                branches = [(branch.head and branch.head.index, shape(branch.body)) for branch in node.branches]
                found.append(("cond", branches))
            case Call():
                found.append(("call", node.feature.feature_id, shape(node.body)))
    return found


def test_loops_conditions_and_calls_become_a_tree_numbered_in_reading_order(compiled, feature):
    """X-061 (the structure that the runner executes)."""
    plan = compiled(MIXED, feature(3, "Log in", ['I can see "b"', 'I can see "c"']))
    assert shape(plan.tree) == [
        0,
        ("loop", 1, [("cond", [(2, [3]), (4, [5]), (None, [("call", 3, [6, 7])])])]),
        8,
    ]
    assert [leaf.index for leaf in plan.leaves] == list(range(9))


def test_every_kind_of_loop_is_closed_by_the_same_sentence_and_left_by_the_same_ones(compiled):
    """C.3; steps 4.3."""
    plan = compiled(
        [
            'For each "row" in list "$rows" do',
            'Repeat at most "3" times until "$state" is "equal to" "done" do',
            "Break Loop",
            "End Loop",
            "Continue Loop",
            "End Loop",
        ]
    )
    (each,) = plan.document()["tree"]
    assert (each["kind"], each["name"], each["list"], each["head"]["index"]) == ("foreach", "row", "$rows", 0)
    inner, leaf = each["body"]
    assert (inner["kind"], inner["times"], inner["head"]["index"]) == ("repeat", "3", 1)
    assert inner["test"] == {"left": "$state", "operator": "equal to", "right": "done"}
    assert [node["text"] for node in (*inner["body"], leaf)] == ["Break Loop", "Continue Loop"]
    assert [entry["index"] for entry in plan.document()["leaves"]] == [0, 1, 2, 3]


def test_a_condition_may_be_decided_by_an_element_and_its_further_branches_by_values(compiled):
    """C.3; steps section 4."""
    plan = compiled(
        [
            'Only if element "#banner" is "visible" do',
            'I can see "a"',
            'Otherwise only if "$a" is "equal to" "b" do',
            'I can see "b"',
            "Otherwise do",
            'I can see "c"',
            "End of condition",
        ]
    )
    (condition,) = plan.document()["tree"]
    assert [branch["test"] for branch in condition["branches"]] == [
        {"selector": "#banner", "state": "visible"},
        {"left": "$a", "operator": "equal to", "right": "b"},
        None,
    ]
    assert [branch["head"] is None for branch in condition["branches"]] == [False, False, True]


def test_ends_otherwise_and_calls_give_no_leaf_and_comments_give_one(compiled, feature):
    plan = compiled(MIXED, feature(3, "Log in", ['I can see "b"']))
    texts = [leaf.text for leaf in plan.leaves]
    assert not {"End Loop", "Otherwise do", "End of condition"} & set(texts)
    assert not any(text.startswith("Run feature") for text in texts)
    assert texts[-1] == "# done"


def test_a_step_node_has_exactly_the_keys_of_the_contract(compiled):
    node = compiled(['[shot 30] Goto URL "$shop"']).document()["tree"][0]
    assert node == {
        "kind": "step", "uuid": "uuid-7-1", "index": 0, "keyword": "Given", "text": 'Goto URL "$shop"',
        "pattern": 'Goto URL "{url}"', "params": {"url": "$shop"},
        "flags": {"screenshot": True, "compare": False, "continue_on_failure": False, "timeout": 30,
                  "max_diff": None, "ignore_regions": None},
        "owner": {"feature_id": 7, "feature_name": "Buy"}, "problem": None,
    }  # fmt: skip


def test_the_document_carries_version_hash_tree_and_the_frozen_step_list(compiled, feature):
    document = compiled(MIXED, feature(3, "Log in", ['I can see "b"'])).document()
    assert set(document) == {"version", "hash", "tree", "leaves"}
    assert document["version"] == 1
    loop = document["tree"][1]
    assert (loop["kind"], loop["count"], loop["start"]) == ("loop", "3", "1")
    branches = loop["body"][0]["branches"]
    assert branches[0]["test"] == {"left": "%index", "operator": "equal to", "right": "2"}
    assert (branches[2]["head"], branches[2]["test"]) == (None, None)
    assert branches[2]["body"][0]["row_uuid"] == "uuid-7-8"
    assert branches[2]["body"][0]["feature"] == {"id": 3, "name": "Log in"}
    entry = document["leaves"][6]
    assert set(entry) == {"index", "keyword", "text", "uuid", "owner", "flags"}
    assert entry["owner"] == {"feature_id": 3, "feature_name": "Log in"}


def test_equal_input_gives_equal_bytes_and_other_input_another_hash(compiled):
    """X-055."""
    first, second = compiled(MIXED[:1]).document(), compiled(MIXED[:1]).document()
    assert json.dumps(first) == json.dumps(second)
    assert compiled(['Goto URL "$shop/"']).document()["hash"] != first["hash"]


def test_compiling_touches_no_file_and_no_socket(compiled, monkeypatch):
    """X-055."""

    def refuse(*_arguments, **_options):
        raise AssertionError("the compiler must not do this")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    assert compiled(MIXED[:1]).document()["leaves"]


def test_plans_compiled_in_parallel_threads_do_not_influence_each_other(vocabulary, feature):
    """X-068."""
    features = [feature(number, f"F{number}", [f'I can see "{number}"'] * 40) for number in range(1, 9)]

    def run(one):
        return [compile_plan(one, {}, vocabulary, PlanDefaults()).document() for _ in range(5)]

    with ThreadPoolExecutor(4) as pool:
        for one, documents in zip(features, pool.map(run, features), strict=True):
            assert all(document == documents[0] for document in documents)
            assert {leaf["text"] for leaf in documents[0]["leaves"]} == {f'I can see "{one.id}"'}


def test_values_reach_the_plan_unchanged(compiled):
    """X-056, X-057: quotes, line breaks, blanks, words of other sentences."""
    for value in (
        'say "hi" now',
        "two\nlines",
        "",
        "  blanks  ",
        "äöü 漢字 🙂",
        'Loop "2" times starting at "1" and do',
    ):
        leaf = compiled([f'I can see "{value}"']).leaves[0]
        assert leaf.params == {"text": value}
        assert leaf.text == f'I can see "{value}"'


def test_disabled_rows_are_left_out_a_disabled_call_with_all_its_steps(compiled, feature):
    """X-064."""
    rows = ['I can see "a"', '[off] I can see "b"', '[off] Run feature with id "3" before continuing', "[off] End Loop"]
    plan = compiled(rows, feature(3, "Log in", ['I can see "c"']))
    assert [leaf.text for leaf in plan.leaves] == ['I can see "a"']


def test_a_sub_feature_is_found_by_its_unique_name_too(compiled, feature):
    plan = compiled(['Run feature with name "Log in" before continuing'], feature(3, "Log in", ['I can see "c"']))
    assert plan.tree[0].feature.feature_id == 3
    assert plan.tree[0].body[0].owner.feature_name == "Log in"


def test_the_same_sub_feature_may_be_called_several_times(compiled, feature):
    """X-066: uuids repeat, the row of the call tells them apart."""
    rows = ['Run feature with id "3" before continuing'] * 2
    plan = compiled(rows, feature(3, "Log in", ['I can see "c"']))
    assert [(call.row_uuid, call.body[0].index) for call in plan.tree] == [("uuid-7-1", 0), ("uuid-7-2", 1)]
    assert plan.leaves[0].uuid == plan.leaves[1].uuid


def test_undefined_and_ambiguous_sentences_are_leaves_that_name_near_patterns(compiled):
    leaf = compiled(['Gotto URL "x"']).leaves[0]
    assert (leaf.pattern, dict(leaf.params), leaf.problem.code) == (None, {}, "undefined")
    assert 'Goto URL "{url}"' in leaf.problem.near


def test_with_params_the_sentence_is_only_the_caption(compiled):
    written = StepText("u", "Given", "anything", action='Goto URL "{url}"', params={"url": 'a "b"', "more": "x"})
    leaf = compiled([written]).leaves[0]
    assert (leaf.text, leaf.pattern, leaf.params) == ("anything", 'Goto URL "{url}"', {"url": 'a "b"'})


def test_the_stored_action_decides_between_patterns_that_fit_equally_well(compiled):
    """X-058."""
    undecided = compiled(["Mark a Mark"]).leaves[0]
    assert undecided.problem.code == "ambiguous"
    assert set(undecided.problem.near) == {"Mark {text}", "{text} Mark"}
    chosen = compiled([StepText("u", "Given", "Mark a Mark", action="{text} Mark")]).leaves[0]
    assert (chosen.pattern, chosen.params) == ("{text} Mark", {"text": "Mark a"})


def test_a_stored_action_that_does_not_fit_is_passed_over(compiled):
    leaf = compiled([StepText("u", "Given", 'I can see "a"', action='Goto URL "{url}"')]).leaves[0]
    assert leaf.pattern == 'I can see "{text}"'
