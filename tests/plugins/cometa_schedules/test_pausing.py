"""Schedules that pause, end and have parameters; why nothing was started.  Contract: runner J.1, J.5."""

import pytest
from sqlalchemy import select

from cometa_executions.api import Result, Run, WorkerIdentity, remember_worker
from cometa_executions.models import PlanRecord
from cometa_schedules.cron import parse_cron
from cometa_schedules.planning import Gap, Timetable, zone_of
from cometa_schedules.services.deciding import pause
from cometa_schedules.services.firing import fire_due


@pytest.fixture
def scheduled(api, create):
    """A feature with a schedule: ``scheduled(schedule="0 9 * * *", active=False)``."""

    def make(steps=None, **fields):
        feature_id = create(api, **({} if steps is None else {"steps_content": steps}))
        api.post(f"/schedule/{feature_id}/", fields)
        return feature_id

    return make


def test_a_pause_is_one_record_with_the_count_of_what_it_left_out(planner, api, scheduled):
    """runner J.5: every planned time has exactly one record."""
    feature_id = scheduled(schedule="0 * * * *")
    path = f"/schedule/{feature_id}/"
    paused = api.patch(path, {"active": False}).json["data"]
    assert (paused["state"], paused["obstacles"][0]["reason"]) == ("inactive", "inactive")
    planner.set_time("2026-01-31T11:30:00")
    assert fire_due(planner.runtime) == 0
    assert planner.fires() == []
    assert api.patch(path, {"active": True}).json["data"]["state"] == "active"
    (record,) = api.get(f"{path}fires/").json
    assert (record["outcome"], record["reason"], record["count"]) == ("skipped", "inactive", 3)
    assert (record["planned_at"][11:16], record["planned_until"][11:16]) == ("09:00", "11:00")
    planner.set_time("2026-01-31T12:00:01")
    assert fire_due(planner.runtime) == 1
    assert [fire.outcome for fire in planner.fires()] == ["skipped", "fired"]


def test_a_pause_between_two_planned_times_leaves_no_record(planner, api, scheduled):
    path = f"/schedule/{scheduled(schedule='0 * * * *')}/"
    api.patch(path, {"active": False})
    api.patch(path, {"active": True})
    assert api.get(f"{path}fires/").json == []


def test_every_minute_of_a_long_pause_is_counted(planner):
    """From the last day of January to that of March."""
    timetable = Timetable(parse_cron("* * * * *"), zone_of("Europe/Berlin"), Gap.SHIFT)
    begin = planner.clock.now().replace(second=0, microsecond=0)
    found = pause(timetable, begin, begin.replace(month=3))
    assert found.count == 59 * 24 * 60 + 1


def test_after_its_end_a_schedule_starts_nothing_and_says_so_once(planner, api, scheduled):
    """runner J.5, reason expired."""
    feature_id = scheduled(schedule="0 * * * *", expires_at="2026-01-31T09:30:00Z")
    shown = api.get(f"/schedule/{feature_id}/").json
    assert [at[11:16] for at in shown["next_runs"]] == ["09:00"]
    planner.set_time("2026-01-31T09:00:01")
    fire_due(planner.runtime)
    planner.set_time("2026-01-31T10:00:01")
    fire_due(planner.runtime)
    planner.set_time("2026-01-31T11:00:01")
    assert fire_due(planner.runtime) == 0
    assert [(fire.outcome, fire.reason) for fire in planner.fires()] == [("fired", ""), ("skipped", "expired")]
    assert "expired" in [obstacle["reason"] for obstacle in api.get(f"/schedule/{feature_id}/").json["obstacles"]]


def test_parameters_are_variables_of_the_runs(planner, scheduled):
    """runner J.1."""
    scheduled(schedule="0 9 * * *", parameters={"shop": "https://qa.example"})
    planner.set_time("2026-01-31T09:00:01")
    fire_due(planner.runtime)
    with planner.runtime.reading() as session:
        (plan,) = session.scalars(select(PlanRecord)).all()
        assert plan.parameters == [{"name": "shop", "value": "https://qa.example", "secret": False}]


@pytest.mark.parametrize("parameters", [{"a b": "1"}, {"a": "x" * 10_001}, {"a": 1}])
def test_parameters_that_cannot_be_variables_are_refused(api, scheduled, parameters):
    feature_id = scheduled(schedule="0 9 * * *")
    answer = api.patch(f"/schedule/{feature_id}/", {"parameters": parameters}, status=422)
    assert any(name.startswith("parameters") for name in answer.json["fields"])


def test_a_plan_error_is_a_fired_run_in_error_with_its_reasons_as_log(planner, api, scheduled):
    """X-005; runner J.5: a plan error is a fired run in state Error."""
    steps = [{"step_content": 'Loop "2" times starting at "1" and do'}, {"step_content": "End of condition"}]
    feature_id = scheduled(steps, schedule="0 9 * * *")
    planner.set_time("2026-01-31T09:00:01")
    fire_due(planner.runtime)
    (fire,) = planner.fires()
    assert (fire.outcome, fire.reason) == ("fired", "")
    with planner.runtime.reading() as session:
        (result,) = session.scalars(select(Result).where(Result.run_id == fire.run_id)).all()
        assert (result.state, result.reason) == ("Error", "plan_error")
        assert session.get_one(Run, fire.run_id).completed
    log = api.get(f"/feature_results/{result.id}/log/").json["log"]
    assert 'no "End Loop" closes' in log
    assert '("End of condition") closes nothing' in log
    assert api.get(f"/schedule/{feature_id}/").json["last_fire"]["run_id"] == fire.run_id


def test_obstacles_name_owner_worker_and_limits(planner, api, scheduled):
    """X-141."""
    feature_id = scheduled(schedule="0 9 * * *")
    path = f"/schedule/{feature_id}/"

    def reasons():
        return [obstacle["reason"] for obstacle in api.get(path).json["obstacles"]]

    assert reasons() == ["no_worker"]
    with planner.runtime.unit_of_work() as scope:
        remember_worker(scope, WorkerIdentity("one", "first"), "host", 1, slots=1)
    assert reasons() == []


def test_records_can_be_asked_for_by_span_and_outcome(planner, api, scheduled):
    """X-141: downtime and overlap are named by the records of the span."""
    feature_id = scheduled(schedule="* * * * *", overlap="skip")
    for moment in ("08:16:01", "08:17:01", "08:22:00"):
        planner.set_time(f"2026-01-31T{moment}")
        fire_due(planner.runtime)
    path = f"/schedule/{feature_id}/fires/"
    span = api.get(f"{path}?since=2026-01-31T08:17:00Z&until=2026-01-31T08:20:30Z").json
    assert [(each["planned_at"][11:16], each["reason"]) for each in reversed(span)] == [
        ("08:17", "overlap"), ("08:18", "downtime"), ("08:19", "downtime"), ("08:20", "downtime")
    ]  # fmt: skip
    assert [each["planned_at"][11:16] for each in api.get(f"{path}?outcome=fired").json] == ["08:16"]


def test_records_outlive_their_schedule(planner, api, scheduled):
    """Removing a schedule does not remove the knowledge of what it did."""
    feature_id = scheduled(schedule="0 9 * * *")
    planner.set_time("2026-01-31T09:00:01")
    fire_due(planner.runtime)
    api.call("DELETE", f"/schedule/{feature_id}/")
    (record,) = api.get(f"/schedule/{feature_id}/fires/").json
    assert record["outcome"] == "fired"
    assert api.get(f"/schedule/{feature_id}/").json["state"] == "none"


def test_the_next_twenty_starts_are_shown_with_their_offsets(planner, api, scheduled):
    """runner J.3."""
    planner.set_time("2026-03-27T10:00:00")
    feature_id = scheduled(schedule="30 2 * * *", timezone="Europe/Berlin")
    coming = api.get(f"/schedule/{feature_id}/preview/").json
    assert len(coming) == 20
    assert [(each["local"], each["mark"]) for each in coming[:3]] == [
        ("2026-03-28T02:30:00+01:00", ""), ("2026-03-29T03:00:00+02:00", "gap"), ("2026-03-30T02:30:00+02:00", "")
    ]  # fmt: skip
    assert coming[0]["planned_at"] == "2026-03-28T01:30:00.000000Z"
