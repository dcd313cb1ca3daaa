"""Creating, changing and deleting features as a service."""

import threading

import pytest
from sqlalchemy import select

from cometa_core.contracts.change import ResourceChange
from cometa_core.errors import BadRequest, Conflict, Forbidden, Invalid, NotFound
from cometa_features.api import create_feature, parse_feature_file, set_latest_run, visible_feature
from cometa_features.models import Feature, Step
from cometa_features.schemas import FeatureUpdate
from cometa_features.services.reading import steps_of
from cometa_features.services.saving import change_feature, delete_feature, refuse_removal_of_used, store_feature


def contents(scope, feature):
    return [step.content for step in steps_of(scope.session, [feature.id])[feature.id]]


def keys(scope, feature):
    return {step.content: (step.id, step.uuid) for step in steps_of(scope.session, [feature.id])[feature.id]}


def test_a_stored_feature_knows_author_time_version_and_enabled_steps(work, new_feature):
    with work() as scope:
        feature = store_feature(scope, new_feature("Buy", "a", {"step_content": "b", "enabled": False}, "c"))
        assert (feature.version, feature.steps, feature.slug) == (1, 2, "buy")
        assert feature.created_by.email == feature.last_edited_by.email == "ada@example.org"
        assert feature.created_on == feature.last_edited_date
        assert contents(scope, feature) == ["a", "b", "c"]


def test_slugs_are_unique_and_follow_renames(work, new_feature):
    """Rest-api A4.2."""
    with work() as scope:
        slugs = [store_feature(scope, new_feature("Büy  a_book!")).slug for _ in range(3)]
        assert slugs == ["buy-a-book", "buy-a-book-2", "buy-a-book-3"]
        long = store_feature(scope, new_feature("漢" * 255))
        assert len(long.slug) <= 255
        renamed = change_feature(scope, long, FeatureUpdate(feature_name="Sell"))
        assert renamed.slug == "sell"


def test_a_change_touches_only_what_was_sent(work, identity, new_feature):
    """R-128."""
    with work() as scope:
        feature = store_feature(scope, new_feature("Buy", "a", description="happy", video=False))
        number, author = feature.id, feature.created_by_id
    editor = identity("bob@example.org")
    with work(editor) as scope:
        found = visible_feature(scope, number, for_change=True)
        changed = change_feature(scope, found, FeatureUpdate(need_help=True))
        assert (changed.feature_name, changed.description, changed.video) == ("Buy", "happy", False)
        assert changed.need_help is True
        assert contents(scope, changed) == ["a"]
        assert (changed.version, changed.created_by_id, changed.last_edited_by_id) == (2, author, editor.account_id)


@pytest.mark.parametrize("runtime", ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)], indirect=True)
def test_steps_keep_uuid_and_id_when_saved_again_and_when_one_is_inserted_in_front(work, new_feature, changed_steps):
    """R-136, X-066."""
    with work() as scope:
        feature = store_feature(scope, new_feature("Buy", "a", "b", "c"))
        before = keys(scope, feature)
        assert keys(scope, change_feature(scope, feature, changed_steps("a", "b", "c"))) == before
        after = keys(scope, change_feature(scope, feature, changed_steps("x", "a", "b", "c")))
        assert contents(scope, feature) == ["x", "a", "b", "c"]
        assert {name: after[name] for name in before} == before


def test_a_reordered_step_with_its_uuid_keeps_its_identity(work, new_feature, changed_steps):
    """X-066."""
    with work() as scope:
        feature = store_feature(scope, new_feature("Buy", "a", "b"))
        before = keys(scope, feature)
        moved = [{"step_content": name, "step_uuid": before[name][1]} for name in ("b", "a")]
        assert keys(scope, change_feature(scope, feature, changed_steps(*moved))) == before
        assert contents(scope, feature) == ["b", "a"]


def test_removed_steps_are_gone_and_copies_get_their_own_identity(work, new_feature, changed_steps):
    with work() as scope:
        feature = store_feature(scope, new_feature("Buy", "a", "b"))
        before = keys(scope, feature)
        copy = store_feature(scope, new_feature("Copy", {"step_content": "a", "step_uuid": before["a"][1]}))
        assert keys(scope, copy)["a"] != before["a"]
        change_feature(scope, feature, changed_steps("b"))
        assert scope.session.scalars(select(Step.content).where(Step.feature_id == feature.id)).all() == ["b"]
        assert feature.steps == 1


def test_inlined_rows_are_dropped_from_what_is_sent(work, new_feature):
    """Rest-api A4.4."""
    with work() as scope:
        feature = store_feature(scope, new_feature("Buy", "a", {"step_content": "b", "step_type": "substep"}))
        assert contents(scope, feature) == ["a"]


def test_a_timeout_that_was_only_shown_goes_on_following_the_department(work, new_feature, changed_steps):
    with work() as scope:
        feature = store_feature(scope, new_feature("Buy", "a", {"step_content": "b", "timeout": 30}))
        shown = [{"step_content": "a", "timeout": 60}, {"step_content": "b", "timeout": 60}]
        change_feature(scope, feature, changed_steps(*shown))
        assert [step.timeout for step in steps_of(scope.session, [feature.id])[feature.id]] == [None, 60]


@pytest.mark.parametrize(
    ("expected", "passes"),
    [('"{id}-1"', True), ('W/"{id}-1"', True), ("*", True), ('"{id}-2"', False), ('"9-1"', False), ("nonsense", False)],
)
def test_if_match_must_name_the_present_version(work, new_feature, expected, passes):
    """R-024."""
    with work() as scope:
        feature = store_feature(scope, new_feature())
        header = expected.format(id=feature.id)
        if passes:
            assert change_feature(scope, feature, FeatureUpdate(video=False), header).version == 2
        else:
            with pytest.raises(Conflict) as refused:
                change_feature(scope, feature, FeatureUpdate(video=False), header)
            assert refused.value.code == "version_conflict"


def test_an_outdated_version_in_the_body_is_a_conflict(work, new_feature):
    """R-024."""
    with work() as scope:
        feature = store_feature(scope, new_feature())
        assert change_feature(scope, feature, FeatureUpdate(version=1)).version == 2
        with pytest.raises(Conflict, match="version 2"):
            change_feature(scope, feature, FeatureUpdate(version=1))


@pytest.mark.parametrize(
    ("field", "model"), [("app_id", "Application"), ("environment_id", "Environment"), ("department_id", "Department"),
                         ("browser_id", "Browser"), ("folder_id", "Folder")]
)  # fmt: skip
def test_an_unknown_reference_names_field_and_model(work, new_feature, field, model):
    """R-123, R-124."""
    with work() as scope, pytest.raises(BadRequest) as refused:
        store_feature(scope, new_feature(**{field: 99}))
    assert str(refused.value) == f"Invalid {field} , not found in {model} model"
    assert refused.value.code == "invalid_reference"
    assert refused.value.fields == {field: ["unknown id 99"]}


def test_a_foreign_department_looks_unknown(work, identity, new_feature):
    """R-124."""
    stranger = identity("eve@example.org", departments=("Other",))
    with work() as scope, pytest.raises(BadRequest, match="Invalid department_id"):
        store_feature(scope, new_feature(department_id=next(iter(stranger.departments))))


def test_a_superuser_stores_in_every_department(work, identity, new_feature):
    other = next(iter(identity("eve@example.org", departments=("Other",)).departments))
    with work(identity("root@example.org", role="SUPERUSER")) as scope:
        assert store_feature(scope, new_feature(department_id=other)).department.name == "Other"


def test_a_schedule_is_refused_until_a_plugin_serves_it(work, new_feature):
    """R-125."""
    with pytest.raises(Invalid, match="Schedule was not saved") as refused, work() as scope:
        store_feature(scope, new_feature(schedule="* * * * *"))
    assert refused.value.code == "invalid_cron"
    with work() as scope:
        assert scope.session.scalars(select(Feature)).all() == []
        assert store_feature(scope, new_feature(schedule=" ")).id


def test_a_feature_cannot_call_itself_through_others(work, new_feature, changed_steps):
    """R-139."""
    with work() as scope:
        buy = store_feature(scope, new_feature("Buy", "a"))
        log_in = store_feature(scope, new_feature("Log in", f'Run feature with id "{buy.id}" before continuing'))
        with pytest.raises(Conflict) as refused:
            change_feature(scope, buy, changed_steps('Run feature with name "Log in" before continuing'))
        assert refused.value.code == "feature_cycle"
        assert f"Buy ({buy.id}) > Log in ({log_in.id}) > Buy ({buy.id})" in str(refused.value)


def test_a_disabled_call_closes_no_cycle(work, new_feature, changed_steps):
    with work() as scope:
        buy = store_feature(scope, new_feature("Buy"))
        call = {"step_content": f'Run feature with id "{buy.id}" before continuing', "enabled": False}
        assert change_feature(scope, buy, changed_steps(call)).version == 2


def test_a_name_that_several_features_have_closes_no_cycle(work, new_feature):
    with work() as scope:
        store_feature(scope, new_feature("Twin"))
        assert store_feature(scope, new_feature("Twin", 'Run feature with name "Twin" before continuing')).id


def test_the_creator_deletes_without_the_flag_and_others_do_not(work, identity, new_feature):
    """R-130."""
    with work() as scope:
        feature = store_feature(scope, new_feature("Buy", "a"))
        number = feature.id
    with work(identity("bob@example.org")) as scope, pytest.raises(Forbidden) as refused:
        delete_feature(scope, visible_feature(scope, number))
    assert refused.value.code == "permission_missing"
    with work() as scope:
        delete_feature(scope, visible_feature(scope, number))
        assert scope.session.scalars(select(Step)).all() == []
        with pytest.raises(NotFound):
            visible_feature(scope, number)


def test_features_of_other_departments_do_not_exist(work, identity, new_feature):
    """R-020, R-129."""
    with work() as scope:
        number = store_feature(scope, new_feature()).id
    stranger = identity("eve@example.org", departments=("Other",))
    with work(stranger) as scope:
        with pytest.raises(NotFound) as foreign:
            visible_feature(scope, number, for_change=True)
        with pytest.raises(NotFound) as unknown:
            visible_feature(scope, 999, for_change=True)
        assert str(foreign.value) == str(unknown.value)


@pytest.mark.parametrize("kind", ["application", "environment", "department"])
def test_what_a_feature_uses_cannot_be_deleted(work, new_feature, kind):
    """R-086, R-087, R-094."""
    with work() as scope:
        refuse_removal_of_used(ResourceChange(kind, "delete", 1), scope)
        store_feature(scope, new_feature())
        refuse_removal_of_used(ResourceChange(kind, "update", 1), scope)
        refuse_removal_of_used(ResourceChange(kind, "delete", 2), scope)
        with pytest.raises(Conflict) as refused:
            refuse_removal_of_used(ResourceChange(kind, "delete", 1), scope)
        assert refused.value.code == "in_use"


def test_the_latest_run_is_set_without_a_new_version(work, new_feature):
    """R-120."""
    with work() as scope:
        number = store_feature(scope, new_feature()).id
    with work() as scope:
        set_latest_run(scope.session, number, {"run_id": 3})
    with work() as scope:
        feature = visible_feature(scope, number)
        assert (feature.info, feature.version) == ({"run_id": 3}, 1)
        set_latest_run(scope.session, number, None)
        scope.session.expire_all()
        assert visible_feature(scope, number).info is None


def test_a_feature_file_is_stored_in_the_first_department_of_the_caller(work):
    file = parse_feature_file("Feature: Buy\n  Happy.\n Scenario: s\n  When a\n  And b\n", "buy.feature")
    with work() as scope:
        feature = create_feature(scope, file, browsers=[{"browser": "chrome"}], screenshots=True)
        assert (feature.feature_name, feature.description, feature.department_id) == ("Buy", "Happy.", 1)
        assert feature.browsers == [{"browser": "chrome"}]
        stored = steps_of(scope.session, [feature.id])[feature.id]
        assert [(step.keyword, step.content, step.screenshot) for step in stored] == [
            ("When", "a", True),
            ("And", "b", True),
        ]


def test_an_account_without_department_cannot_store_a_file(work, identity):
    file = parse_feature_file("Feature: Buy\n Scenario: s\n  When a\n", "buy.feature")
    with work(identity("nobody@example.org", departments=())) as scope, pytest.raises(Invalid):
        create_feature(scope, file, browsers=[])


@pytest.mark.parametrize("runtime", ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)], indirect=True)
def test_saves_of_one_feature_follow_each_other(work, new_feature):
    """Rest-api A1.6: no save is lost and each has a version of its own."""
    with work() as scope:
        number = store_feature(scope, new_feature()).id
    failures = []

    def save():
        try:
            for _ in range(5):
                with work() as scope:
                    found = visible_feature(scope, number, for_change=True)
                    change_feature(scope, found, FeatureUpdate(maximum_notification_on_error=found.version))
        except Exception as error:  # told to the test below
            failures.append(error)

    threads = [threading.Thread(target=save) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with work() as scope:
        feature = visible_feature(scope, number)
        assert (feature.version, feature.maximum_notification_on_error) == (21, 20)
