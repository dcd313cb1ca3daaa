"""Saves of one feature at the same time.  Contract: rest-api A1.6, R-024."""

import threading
from collections import Counter

import pytest
from sqlalchemy import select

from cometa_core.errors import Conflict
from cometa_features.history_models import FeatureVersion
from cometa_features.models import Feature, Step
from cometa_features.schemas import FeatureUpdate
from cometa_features.services.history import restoring_body, version_of
from cometa_features.services.reading import visible_feature
from cometa_features.services.saving import change_feature, store_feature

on_both_databases = pytest.mark.parametrize(
    "runtime", ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)], indirect=True
)
WRITERS = 8


def at_once(action):
    """Let eight writers act at the same moment; gives what each returned, or the code of its refusal."""
    start, found = threading.Barrier(WRITERS), [None] * WRITERS

    def act(place):
        start.wait()
        try:
            found[place] = action(place)
        except Conflict as error:
            found[place] = error.code
        except Exception as error:  # told to the test by its return value
            found[place] = error

    threads = [threading.Thread(target=act, args=(place,)) for place in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def save(work, number, body, if_match=None):
    with work() as scope:
        feature = visible_feature(scope, number, for_change=True)
        return change_feature(scope, feature, body, if_match).version


def rows_of(runtime, number):
    """Give the version of a feature, its kept versions, its steps and its count of them."""
    with runtime.reading() as session:
        feature = session.get_one(Feature, number)
        kept = session.scalars(select(FeatureVersion.version).where(FeatureVersion.feature_id == number)).all()
        steps = session.scalars(select(Step).where(Step.feature_id == number).order_by(Step.position)).all()
        return feature.version, sorted(kept), steps


@on_both_databases
def test_of_eight_writers_with_the_same_tag_exactly_one_wins_each_version(runtime, work, new_feature):
    with work() as scope:
        number = store_feature(scope, new_feature("Buy", "one", "two")).id
    for version in (1, 2, 3):
        answers = at_once(
            lambda place, version=version: save(
                work, number, FeatureUpdate(description=str(place)), f'"{number}-{version}"'
            )
        )
        assert Counter(answers) == {version + 1: 1, "version_conflict": WRITERS - 1}
    assert rows_of(runtime, number)[:2] == (4, [1, 2, 3, 4])


@on_both_databases
def test_without_a_tag_all_eight_save_and_steps_keep_one_identity_each(runtime, work, new_feature, changed_steps):
    with work() as scope:
        number = store_feature(scope, new_feature("Buy", "shared")).id
    (shared,) = rows_of(runtime, number)[2]
    answers = at_once(lambda place: save(work, number, changed_steps("shared", f"by {place}", "more")))
    assert sorted(answers) == list(range(2, WRITERS + 2))
    version, kept, steps = rows_of(runtime, number)
    assert (version, kept) == (WRITERS + 1, list(range(1, WRITERS + 2)))
    assert [step.position for step in steps] == [0, 1, 2]
    assert len({step.uuid for step in steps}) == 3
    assert (steps[0].uuid, steps[0].id) == (shared.uuid, shared.id)


@on_both_databases
def test_restoring_and_saving_at_once_lose_nothing(runtime, work, new_feature, changed_steps):
    with work() as scope:
        number = store_feature(scope, new_feature("Buy", "one", "two")).id

    def act(place):
        if place % 2:
            return save(work, number, changed_steps("two", f"by {place}"))
        with work() as scope:
            feature = visible_feature(scope, number, for_change=True)
            body = restoring_body(scope, feature, version_of(scope, feature, 1), None)
            return change_feature(scope, feature, body).version

    assert sorted(at_once(act)) == list(range(2, WRITERS + 2))
    version, kept, steps = rows_of(runtime, number)
    assert (version, kept) == (WRITERS + 1, list(range(1, WRITERS + 2)))
    assert len({step.uuid for step in steps}) == len(steps) == 2
