"""Changes of folders at the same time.  Contract: rest-api A5, A1.6."""

import random
import threading
from functools import partial

import pytest
from sqlalchemy import select

from cometa_core.errors import Conflict, Invalid, NotFound
from cometa_features.folder_models import Folder
from cometa_features.models import Feature
from cometa_features.schemas import FeatureUpdate
from cometa_features.services.folders import Place, change_folder, create_folder, delete_folder
from cometa_features.services.folders_linking import move_feature
from cometa_features.services.reading import visible_feature
from cometa_features.services.saving import change_feature, store_feature

on_both_databases = pytest.mark.parametrize(
    "runtime", ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)], indirect=True
)
TOGETHER = 8


@pytest.fixture
def both(work, identity):
    """Open a unit of work of a member of ``Default`` and ``Other``, whose id is 2."""
    member = identity("both@example.org", departments=("Default", "Other"))
    return lambda: work(member)


def at_once(*actions):
    """Begin all actions at the same moment and give what each returned or how it was refused."""
    start, found = threading.Barrier(len(actions)), {}

    def act(place, action):
        start.wait()
        try:
            found[place] = action()
        except Exception as error:  # told to the test by its return value
            found[place] = error

    threads = [threading.Thread(target=act, args=numbered) for numbered in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[place] for place in range(len(actions))]


def new(begin, name="Shop", parent_id=None, department_id=None):
    with begin() as scope:
        return create_folder(scope, name, Place(parent_id, department_id)).id


def move(begin, folder_id, parent_id, department_id=None):
    with begin() as scope:
        return change_folder(scope, folder_id, None, Place(parent_id, department_id)).id


def remove(begin, folder_id):
    with begin() as scope:
        delete_folder(scope, folder_id)


def put(begin, feature_id, folder_id):
    with begin() as scope:
        move_feature(scope, visible_feature(scope, feature_id, for_change=True), folder_id)


def folders(begin):
    """Check that all folders are below Home, in the department of their parent, and give id -> parent."""
    with begin() as scope:
        rows = {row.id: row for row in scope.session.scalars(select(Folder))}
        features = scope.session.scalars(select(Feature).where(Feature.folder_id.is_not(None))).all()
        for feature in features:
            assert feature.department_id == rows[feature.folder_id].department_id
        for row in rows.values():
            trail = [row]
            while trail[-1].parent_id is not None:
                trail.append(rows[trail[-1].parent_id])
                assert trail[-1].department_id == row.department_id
                assert len(trail) <= 20
        return {number: row.parent_id for number, row in rows.items()}


@on_both_databases
def test_moves_in_opposite_directions_never_make_a_circle(work):
    """R-145: one of them comes second and is refused."""
    for _ in range(5):
        left, right = new(work), new(work)
        answers = at_once(partial(move, work, left, right), partial(move, work, right, left))
        (refused,) = [answer for answer in answers if isinstance(answer, Conflict)]
        assert refused.code == "folder_cycle"
        assert len([answer for answer in answers if answer in {left, right}]) == 1
    folders(work)


@on_both_databases
def test_a_circle_of_many_never_closes(work):
    """R-145."""
    ring = [new(work) for _ in range(TOGETHER)]
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    answers = at_once(*(partial(move, work, one, other) for one, other in pairs))
    assert [answer.code for answer in answers if isinstance(answer, Exception)] == ["folder_cycle"]
    assert len([parent for parent in folders(work).values() if parent is None]) == 1


@on_both_databases
def test_moves_at_once_never_make_too_many_levels(work):
    """R-146."""
    chains = []
    for _ in range(3):
        chain = [new(work)]
        for _ in range(8):
            chain.append(new(work, parent_id=chain[-1]))
        chains.append(chain)
    first, second, third = chains
    answers = at_once(partial(move, work, second[0], first[-1]), partial(move, work, third[0], second[-1]))
    assert [answer.code for answer in answers if isinstance(answer, Exception)] == ["folder_too_deep"]
    folders(work)


@on_both_databases
def test_eight_writers_on_one_tree_lose_nothing(work):
    """Contract: rest-api A1.6."""
    root = new(work)

    def outcome(folder_id, target):
        try:
            return move(work, folder_id, target)
        except Conflict as error:
            return error.code

    def write(seed):
        chance, mine = random.Random(seed), []
        for _ in range(4):
            mine.append(new(work, f"Writer {seed}", parent_id=chance.choice([root, None, *mine])))
            for target in (root, chance.choice(mine)):
                moved = chance.choice(mine)
                assert outcome(moved, target) in {moved, "folder_cycle"}
        return mine

    answers = at_once(*(partial(write, seed) for seed in range(TOGETHER)))
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert {number for made in answers for number in made} | {root} == set(folders(work))


@on_both_databases
def test_folders_change_departments_crosswise_without_waiting_for_each_other(both):
    """Contract: rest-api A6.9."""
    here, there = [new(both, department_id=1) for _ in range(4)], [new(both, department_id=2) for _ in range(4)]
    pairs = list(zip(here, there, strict=True))
    ways = [way for one, other in pairs for way in ((one, 2), (other, 1))]
    answers = at_once(*(partial(move, both, number, None, department_id) for number, department_id in ways))
    assert answers == [number for number, _ in ways]
    folders(both)


@on_both_databases
def test_features_that_are_being_saved_are_never_left_in_a_folder_of_another_department(both, new_feature):
    """R-149; and whoever saves never waits for whoever moves the folder while that one waits for the save."""
    folder = new(both, department_id=1)
    with both() as scope:
        inside = store_feature(scope, new_feature(folder_id=folder)).id
        outside = store_feature(scope, new_feature()).id

    def save():
        with both() as scope:
            feature = visible_feature(scope, inside, for_change=True)
            change_feature(scope, feature, FeatureUpdate(folder_id=feature.folder_id, need_help=True))

    for department_id in (2, 1, 2, 1):
        change = partial(move, both, folder, None, department_id)
        answers = at_once(save, change, partial(put, both, outside, folder), partial(put, both, inside, folder))
        assert [type(answer) for answer in answers if isinstance(answer, Exception)] in ([], [Invalid])
        folders(both)


@on_both_databases
def test_nothing_is_put_into_a_folder_that_is_being_deleted(work, new_feature):
    """R-148."""
    for _ in range(3):
        folder = new(work)
        with work() as scope:
            number = store_feature(scope, new_feature()).id

        removal = partial(remove, work, folder)
        actions = (removal, removal, partial(put, work, number, folder), partial(new, work, parent_id=folder))
        first, second, *others = at_once(*actions)
        assert {type(first), type(second)} == {type(None), NotFound}
        assert all(answer is None or isinstance(answer, int | Invalid) for answer in others)
        assert folders(work) == {}
