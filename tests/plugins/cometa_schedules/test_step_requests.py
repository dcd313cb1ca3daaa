"""Schedules that steps make and end.  Contract: steps.json, library flow."""

import pytest

from cometa_accounts.api import identity_of
from cometa_core.contracts.requests import StepRequest
from cometa_core.contracts.run import RunInfo
from cometa_executions.api import RunOrder, accept_run
from cometa_schedules.services.firing import fire_due
from cometa_schedules.services.requests import add_schedule, delete_schedule

JOB = {"feature_name": "Clean up", "parameters": {"order": "7"}, "schedule": "30 * * * *"}


@pytest.fixture
def ask(planner):
    """Ask as a step of a run does: ``ask(add_schedule, run_id, feature_id, data)``."""

    def make(answer, run_id, feature_id, data=JOB):
        run = RunInfo(run_id, 1, feature_id, "Nightly", 1)
        with planner.runtime.unit_of_work() as scope:
            return answer(scope, StepRequest(run, 1, 1, 1, data))

    return make


@pytest.fixture
def started(planner, api, create):
    """A run that was started by hand: keys of run and feature."""
    feature_id = create(api)
    with planner.runtime.reading() as session:
        identity = identity_of(session, planner.runtime.permissions, api.account_id)
    with planner.runtime.unit_of_work(identity) as scope:
        return accept_run(scope, RunOrder(feature_id)).run_id, feature_id


def test_a_step_makes_a_schedule_that_ends_after_a_day(planner, api, create, ask, started):
    job = create(api, feature_name="Clean up")
    answer = ask(add_schedule, *started)
    assert answer.ok
    shown = api.get(f"/schedule/{job}/").json
    assert answer.data == {"feature_id": job, "next_run": "2026-01-31T08:30:00.000000Z"}
    assert (shown["parameters"], shown["owner"]) == ({"order": "7"}, api.account_id)
    assert shown["expires_at"] == "2026-02-01T08:15:30.123456Z"
    planner.set_time("2026-01-31T08:30:01")
    assert fire_due(planner.runtime) == 1


def test_the_same_request_again_changes_nothing_but_the_end(api, create, ask, started):
    """A request may come twice; what it stores is there once."""
    job = create(api, feature_name="Clean up")
    assert ask(add_schedule, *started) == ask(add_schedule, *started)
    assert api.get(f"/schedule/{job}/").json["state"] == "active"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"feature_name": "Nobody"}, 'one feature "Nobody" in this department, found none'),
        ({"schedule": "61 * * * *"}, "Schedule was not saved"),
        ({"schedule": " "}, "found an empty text"),
        ({"parameters": {"a b": "1"}}, "found one refused"),
        ({"parameters": {"a": "x" * 10_001}}, "found one refused"),
    ],
)
def test_what_cannot_be_scheduled_is_refused_with_what_was_found(api, create, ask, started, data, found):
    create(api, feature_name="Clean up")
    answer = ask(add_schedule, *started, {**JOB, **data})
    assert (answer.ok, answer.data["code"]) == (False, "bad-value")
    assert found in answer.data["message"]


def test_a_schedule_without_an_end_is_somebodys_and_stays(api, create, ask, started):
    job = create(api, feature_name="Clean up", schedule="@daily")
    answer = ask(add_schedule, *started)
    assert not answer.ok
    assert 'found "@daily", which has no end' in answer.data["message"]
    assert api.get(f"/schedule/{job}/").json["schedule"] == "@daily"


def test_features_of_other_departments_cannot_be_scheduled(planner, api, create, ask, started):
    stranger = planner.caller("eve", role="MANAGER", departments=("Elsewhere",))
    elsewhere = stranger.get("/api/departments/").json[0]["department_id"]
    create(stranger, feature_name="Clean up", department_id=elsewhere)
    assert "found none" in ask(add_schedule, *started).data["message"]


def test_a_run_of_a_schedule_ends_it_and_one_started_by_hand_ends_nothing(planner, api, create, ask, started):
    job = create(api, feature_name="Clean up", schedule="30 * * * *")
    planner.set_time("2026-01-31T08:30:01")
    fire_due(planner.runtime)
    (fire,) = planner.fires()
    assert ask(delete_schedule, *started, {}).data == {"removed": False}
    assert ask(delete_schedule, fire.run_id, job, {}).data == {"removed": True}
    assert ask(delete_schedule, fire.run_id, job, {}).data == {"removed": False}
    assert api.get(f"/schedule/{job}/").json["state"] == "none"
