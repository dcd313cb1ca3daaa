"""The table and what counts in it, on each database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from cometa_core.contracts.run import RunEvent, RunInfo
from cometa_core.db.base import Model
from sqlalchemy import select

from cometa_scoreboard.models import Score


def finished(seq=1, kind="result.finished"):
    """An event as the product sends it."""
    return RunEvent(kind, seq, datetime.now(UTC))


def tell(installation, event, feature="Buy a book"):
    """Send an event through the dispatcher, as the product does after a commit."""
    run = RunInfo(run_id=1, feature_result_id=1, feature_id=1, feature_name=feature, department_id=1)
    installation.runtime.plugins.dispatch.notify("cometa_run_event", run=run, event=event, runtime=installation.runtime)


def points_of(installation, player):
    """What the table holds; None without a row."""
    with installation.runtime.reading() as session:
        return session.scalar(select(Score.points).where(Score.player == player))


def test_the_migrations_make_the_tables_of_the_models(any_database):
    """Alembic finds nothing to change."""

    def own(name, kind):
        return kind != "table" or name.startswith("scoreboard_")

    options = {
        "include_name": lambda name, kind, _parents: own(name, kind),
        "include_object": lambda _found, name, kind, *_rest: own(name, kind),
        "compare_type": True,
    }
    with any_database.runtime.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Model.metadata) == []


def test_every_finished_result_is_a_point_for_its_feature(any_database):
    """The first one makes the row."""
    for seq in (1, 2, 3):
        tell(any_database, finished(seq))
    assert points_of(any_database, "Buy a book") == 3


@pytest.mark.parametrize("kind", ["result.queued", "result.started", "step.end", "run.completed"])
def test_other_events_are_no_points(any_database, kind):
    """A result has many events but one end."""
    tell(any_database, finished(kind=kind), "Quiet feature")
    assert points_of(any_database, "Quiet feature") is None


def test_results_that_finish_at_the_same_moment_all_count(any_database):
    """Workers report from several processes at once."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda seq: tell(any_database, finished(seq), "Busy feature"), range(24)))
    assert points_of(any_database, "Busy feature") == 24
