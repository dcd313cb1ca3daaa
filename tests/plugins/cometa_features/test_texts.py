"""Texts for the compiler and lists with inlined steps."""

import pytest

from cometa_core.errors import NotFound
from cometa_features.api import load_texts, visible_feature
from cometa_features.services.saving import change_feature, delete_feature, store_feature
from cometa_features.services.texts import listed_steps


def call(feature):
    return f'Run feature with id "{feature.id}" before continuing'


def listing(scope, feature, **options):
    return [(row.kind, row.step.content) for row in listed_steps(scope.session, feature, **options)]


@pytest.fixture
def shop(work, new_feature):
    """Three features that call each other by id and by name, and one that nothing calls."""
    with work() as scope:
        cookies = store_feature(scope, new_feature("Cookies", "accept", {"step_content": "off", "enabled": False}))
        log_in = store_feature(scope, new_feature("Log in", call(cookies), "enter"))
        rows = ['Run feature with name "Log in" before continuing', "buy", {"step_content": "never", "enabled": False}]
        buy = store_feature(scope, new_feature("Buy", *rows))
        other = store_feature(scope, new_feature("Other", "x"))
        return {"cookies": cookies.id, "log in": log_in.id, "buy": buy.id, "other": other.id}


def test_a_feature_is_loaded_with_everything_that_it_can_reach(work, shop):
    """Runner C.1."""
    with work() as scope:
        text, others = load_texts(scope.session, shop["buy"])
    assert text.name == "Buy"
    assert [step.content for step in text.steps][1:] == ["buy", "never"]
    assert set(others) == {shop["log in"], shop["cookies"]}


@pytest.mark.parametrize("runtime", ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)], indirect=True)
def test_the_number_of_queries_follows_the_depth_and_not_the_number_of_calls(work, new_feature, queries):
    with work() as scope:
        leaves = [store_feature(scope, new_feature(f"Leaf {number}", "x")) for number in range(15)]
        flat = store_feature(
            scope, new_feature("Flat", *(call(leaf) for leaf in leaves), *(call(leaf) for leaf in leaves))
        )
    with work() as scope:
        queries.clear()
        _, others = load_texts(scope.session, flat.id)
        assert len(others) == 15
        assert len([found for found in queries if found.startswith("SELECT")]) == 6


def test_an_unknown_feature_cannot_be_loaded(work):
    with work() as scope, pytest.raises(NotFound):
        load_texts(scope.session, 99)


def test_calls_into_other_departments_lead_nowhere(work, identity, new_feature):
    """X-060."""
    root = identity("root@example.org", role="SUPERUSER")
    other = next(iter(identity("eve@example.org", departments=("Other",)).departments))
    with work(root) as scope:
        foreign = store_feature(scope, new_feature("Foreign", "x", department_id=other))
        rows = [call(foreign), 'Run feature with name "Foreign" before continuing']
        feature = store_feature(scope, new_feature("Buy", *rows))
        assert load_texts(scope.session, feature.id)[1] == {}
        assert [kind for kind, _ in listing(scope, feature)] == ["subfeature", "subfeature"]


def test_texts_carry_every_flag(work, new_feature):
    row = {
        "step_content": "a", "step_keyword": "Then", "step_action": "a", "compare": True, "continue_on_failure": True,
        "timeout": 7, "params": {"x": "1"}, "max_diff": "0.1%", "ignore_regions": [{"x": 1}],
    }  # fmt: skip
    with work() as scope:
        feature = store_feature(scope, new_feature("Buy", row, {**row, "max_diff": 5}, continue_on_failure=True))
        scope.session.expire_all()
        text, _ = load_texts(scope.session, feature.id)
    first, second = text.steps
    assert text.continue_on_failure is True
    assert (first.keyword, first.action, first.screenshot, first.compare, first.timeout) == ("Then", "a", True, True, 7)
    assert (first.params, first.max_diff, second.max_diff, first.ignore_regions) == ({"x": "1"}, "0.1%", 5, [{"x": 1}])


def test_steps_of_sub_features_follow_their_row(work, shop):
    """R-138, R-139."""
    with work() as scope:
        rows = listed_steps(scope.session, visible_feature(scope, shop["buy"]))
    assert [(row.kind, row.step.content, row.step.feature_id) for row in rows] == [
        ("subfeature", 'Run feature with name "Log in" before continuing', shop["buy"]),
        ("subfeature", f'Run feature with id "{shop["cookies"]}" before continuing', shop["log in"]),
        ("substep", "accept", shop["cookies"]),
        ("substep", "enter", shop["log in"]),
        ("normal", "buy", shop["buy"]),
        ("normal", "never", shop["buy"]),
    ]
    assert {row.listed_in for row in rows} == {shop["buy"]}


def test_the_executable_list_has_only_what_runs(work, shop):
    """R-138."""
    with work() as scope:
        found = listing(scope, visible_feature(scope, shop["buy"]), executable=True)
    assert found == [("substep", "accept"), ("substep", "enter"), ("normal", "buy")]


def test_steps_behind_a_disabled_call_are_not_listed(work, shop, changed_steps):
    """X-064."""
    with work() as scope:
        buy = visible_feature(scope, shop["buy"])
        off = {"step_content": 'Run feature with name "Log in" before continuing', "enabled": False}
        change_feature(scope, buy, changed_steps(off, "buy"))
        assert [kind for kind, _ in listing(scope, buy)] == ["subfeature", "normal"]


def test_a_call_of_a_deleted_feature_is_listed_alone(work, shop):
    with work() as scope:
        delete_feature(scope, visible_feature(scope, shop["log in"]))
        assert [kind for kind, _ in listing(scope, visible_feature(scope, shop["buy"]))] == [
            "subfeature", "normal", "normal",
        ]  # fmt: skip


def test_lists_stop_at_fifty_thousand_rows(work, new_feature):
    """Runner C.2.4."""
    with work() as scope:
        feature = store_feature(scope, new_feature("Level 0", *["x"] * 40))
        for level in range(1, 5):
            feature = store_feature(scope, new_feature(f"Level {level}", *[call(feature)] * 40))
        assert len(listed_steps(scope.session, feature)) == 50_000
