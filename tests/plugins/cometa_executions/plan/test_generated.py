"""Generated features: the tree says the same as a reading of the rows by depth."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from cometa_executions.plan import (
    Call,
    Condition,
    ForEach,
    Leaf,
    Loop,
    Plan,
    PlanDefaults,
    PlanErrors,
    Repeat,
    compile_plan,
)
from cometa_features.api import FeatureText, StepText

LEAF = 'I can see "{}"'
LOOP = ('Loop "2" times starting at "1" and do', "End Loop")
EACH, UNTIL = 'For each "a" in list "b" do', 'Repeat at most "2" times until "a" is "equal to" "b" do'
JUMPS = ("Break Loop", "Continue Loop")
LOOK = 'Only if element "a" is "visible" do'
IF, ELSE, END = 'Only if "a" is "equal to" "b" do', "Otherwise do", "End of condition"


def blocks(children):
    """Write a loop or a condition around lists of rows."""
    loops = st.tuples(st.sampled_from([LOOP[0], EACH, UNTIL]), children).map(lambda two: [two[0], *two[1], LOOP[1]])
    conditions = st.tuples(st.sampled_from([IF, LOOK]), children, children).map(
        lambda three: [three[0], *three[1], ELSE, *three[2], END]
    )
    return st.lists(loops | conditions | children, max_size=3).map(
        lambda parts: [row for part in parts for row in part]
    )


balanced = st.recursive(st.lists(st.text(max_size=5).map(LEAF.format), max_size=3), blocks, max_leaves=12)
anything = st.lists(
    st.sampled_from([*LOOP, EACH, UNTIL, IF, LOOK, ELSE, END, *JUMPS, LEAF.format("x"), "nonsense", "# c"]), max_size=25
)


def feature_of(sentences):
    steps = tuple(StepText(f"u{place}", "Given", sentence) for place, sentence in enumerate(sentences))
    return FeatureText(1, "F", 1, continue_on_failure=False, steps=steps)


def rows_of(nodes):
    """Write a tree as rows again."""
    for node in nodes:
        match node:
            case Leaf():
                yield node.text
            case Loop() | ForEach() | Repeat():
                yield from (node.head.text, *rows_of(node.body), LOOP[1])
            case Condition():
                for branch in node.branches:
                    yield from (branch.head.text if branch.head else ELSE, *rows_of(branch.body))
                yield END
            case Call():
                yield from rows_of(node.body)


@given(sentences=balanced.filter(bool))
@settings(max_examples=150, deadline=None)
def test_a_balanced_feature_is_written_back_from_its_tree_as_it_was(sentences, vocabulary):
    """X-061."""
    plan = compile_plan(feature_of(sentences), {}, vocabulary, PlanDefaults())
    assert isinstance(plan, Plan)
    assert list(rows_of(plan.tree)) == sentences


@given(sentences=anything.filter(bool))
@settings(max_examples=300, deadline=None)
def test_every_list_of_rows_gives_a_plan_or_faults_and_never_an_exception(sentences, vocabulary):
    feature = feature_of(sentences)
    first = compile_plan(feature, {}, vocabulary, PlanDefaults())
    assert compile_plan(feature, {}, vocabulary, PlanDefaults()) == first
    if isinstance(first, PlanErrors):
        assert all(0 <= error.position < len(sentences) for error in first.errors)
    else:
        assert [leaf.index for leaf in first.leaves] == list(range(len(first.leaves)))
        assert sentences == list(rows_of(first.tree))
        assert json.loads(json.dumps(first.document())) == first.document()
