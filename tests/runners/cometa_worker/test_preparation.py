"""Marks and folders of attempts belong to one installation and one worker."""

import pytest
from small_installation import runtime_in

from cometa_worker.preparation import mark_of, work_folder

PLUGINS = ("accounts", "catalog", "features", "websteps", "executions", "worker")


@pytest.fixture
def runtime(tmp_path):
    """Make runtimes without a database."""
    made = []

    def make(name, **others):
        made.append(runtime_in(tmp_path / name, PLUGINS, **others))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_marks_of_two_installations_on_one_machine_differ(runtime):
    """Both count their results from 1; neither may end the processes of the other.  Runner B.6."""
    one, other = mark_of(runtime("one"), 1, 1), mark_of(runtime("other"), 1, 1)
    assert one.startswith("1:1:")
    assert one != other


def test_the_mark_of_an_attempt_is_the_same_after_a_restart(runtime):
    assert mark_of(runtime("one"), 7, 2) == mark_of(runtime("one"), 7, 2)


def test_two_workers_of_one_installation_have_folders_of_their_own(runtime):
    """What one of them finds at its start and removes is never a running attempt of the other."""
    left = work_folder(runtime("one", **{"cometa.worker.name": "left"}))
    right = work_folder(runtime("one", **{"cometa.worker.name": "right"}))
    assert left != right
    assert not left.is_relative_to(right)
