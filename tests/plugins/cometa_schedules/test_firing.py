"""Starting what is due.  Contract: runner J.4, J.5."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select

from cometa_accounts.api import Account
from cometa_executions.api import Run
from cometa_schedules.services.firing import fire_due


def last(api, feature_id):
    return api.get(f"/schedule/{feature_id}/").json["last_fire"]


def test_a_fire_runs_as_the_owner(planner, api, create):
    """R-179."""
    feature_id = create(api, schedule="0 9 * * *")
    planner.set_time("2026-01-31T09:00:01")
    assert fire_due(planner.runtime) == 1
    with planner.runtime.reading() as session:
        (run,) = session.scalars(select(Run)).all()
        assert (run.executed_by, run.origin) == (api.account_id, "CRONTAB")
    expected = {"planned_at": "2026-01-31T09:00:00.000000Z", "outcome": "fired", "reason": "", "run_id": run.id}
    assert last(api, feature_id) == expected
    assert fire_due(planner.runtime) == 0
    (record,) = api.get(f"/schedule/{feature_id}/fires/").json
    assert (record["late_ms"], record["count"]) == (1000, 1)


def test_with_a_deleted_owner_nothing_runs(planner, api, create):
    """R-077, R-179."""
    feature_id = create(api, schedule="0 9 * * *")
    bob = planner.caller("bob")
    with planner.runtime.unit_of_work() as scope:
        scope.session.execute(delete(Account).where(Account.id == api.account_id))
    planner.set_time("2026-01-31T09:00:01")
    fire_due(planner.runtime)
    assert (last(bob, feature_id)["outcome"], last(bob, feature_id)["reason"]) == ("skipped", "owner")
    assert bob.get(f"/api/features/{feature_id}/").json["created_by"] is None


@pytest.mark.parametrize(("missed", "runs"), [("skip", 0), ("once", 1)])
def test_after_a_downtime_at_most_one_is_made_up(planner, api, create, missed, runs):
    """R-178, X-138."""
    feature_id = create(api)
    api.post(f"/schedule/{feature_id}/", {"schedule": "0,30 * * * *", "missed": missed})
    planner.set_time("2026-01-31T10:45:00")
    fire_due(planner.runtime)
    outcomes = [fire.outcome for fire in planner.fires()]
    assert len(outcomes) == 5
    assert outcomes.count("fired") == runs


def test_a_long_downtime_is_one_record(planner, api, create):
    """Contract: runner J.4."""
    create(api, schedule="* * * * *")
    planner.set_time("2026-01-31T12:15:30")
    fire_due(planner.runtime)
    missed = [fire for fire in planner.fires() if fire.outcome == "missed"]
    assert [fire.count for fire in missed] == [239]


def test_none_is_started_while_one_is_unfinished(planner, api, create):
    """R-178."""
    feature_id = create(api)
    api.post(f"/schedule/{feature_id}/", {"schedule": "* * * * *", "overlap": "skip"})
    for minute in (16, 17):
        planner.set_time(f"2026-01-31T08:{minute}:01")
        fire_due(planner.runtime)
    assert [(fire.outcome, fire.reason) for fire in planner.fires()] == [("fired", ""), ("skipped", "overlap")]


@pytest.mark.parametrize("planner", ["sqlite", "postgresql"], indirect=True)
def test_four_schedulers_fire_each_once(planner, api, create):
    """X-137 in small."""
    for _ in range(10):
        create(api, schedule="0 9 * * *")
    planner.set_time("2026-01-31T09:00:01")
    runtimes = [planner.another_runtime() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(fire_due, runtimes)) == 10
    for runtime in runtimes:
        runtime.close()
    fires = planner.fires()
    assert len({fire.run_id for fire in fires}) == len(fires) == 10
