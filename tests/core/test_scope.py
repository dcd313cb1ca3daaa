"""Units of work: one transaction, and what follows its commit."""

import threading

import pytest
from sqlalchemy import select

from cometa_core.db.migrations import CORE_SOURCE, upgrade
from cometa_core.db.tables import EventStream
from cometa_core.errors import Unauthenticated
from cometa_core.runtime import make_runtime


@pytest.fixture
def runtime(tmp_path):
    opened = make_runtime({"cometa.data": str(tmp_path), "cometa.plugins": "accounts"}, environment={})
    list(upgrade(opened.engine, [CORE_SOURCE]))
    yield opened
    opened.close()


def names(runtime):
    with runtime.reading() as session:
        return session.scalars(select(EventStream.name)).all()


def put(scope, name):
    scope.session.add(EventStream(name=name, last_seq=0))


def test_the_end_commits_and_then_comes_what_was_kept_for_it(runtime):
    seen = []
    with runtime.unit_of_work() as scope:
        put(scope, "a")
        scope.after_commit(lambda: seen.append(names(runtime)))
        assert seen == []
    assert seen == [["a"]]


def test_an_exception_takes_everything_back_and_nothing_follows(runtime):
    seen = []

    def fail():
        with runtime.unit_of_work() as scope:
            put(scope, "a")
            scope.after_commit(lambda: seen.append("told"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (names(runtime), seen) == ([], [])


def test_a_failing_action_is_logged_and_the_others_still_happen(runtime, caplog):
    seen = []
    with runtime.unit_of_work() as scope:
        scope.after_commit(lambda: 1 / 0)
        scope.after_commit(lambda: seen.append("told"))
    assert seen == ["told"]
    assert "An action after the commit failed" in caplog.text


def test_actions_of_one_unit_do_not_follow_the_commit_of_another(runtime):
    """Two threads, each with a unit of work of its own."""
    seen, may_end = [], threading.Event()

    def wait():
        with runtime.unit_of_work() as scope:
            scope.session.get(EventStream, "a")
            scope.after_commit(lambda: seen.append("waiting"))
            may_end.wait(10)

    thread = threading.Thread(target=wait)
    with runtime.unit_of_work() as scope:
        scope.after_commit(lambda: seen.append("first"))
        thread.start()
    assert seen == ["first"]
    may_end.set()
    thread.join()
    assert seen == ["first", "waiting"]


def test_nobody_has_no_identity(runtime):
    with runtime.unit_of_work() as scope, pytest.raises(Unauthenticated):
        _ = scope.identity
