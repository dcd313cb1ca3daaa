"""Accepting a run: one transaction stores everything that is needed to execute it, or nothing at all."""

import threading

import pytest
from run_bench import CHROME, FIREFOX, statements_of
from sqlalchemy import event, func, select

from cometa_catalog.services.browsers import create_browser
from cometa_core.db.tables import Event
from cometa_core.errors import Invalid, NotFound
from cometa_executions.api import Parameter, Result, Run, RunOrder, accept_run, stored_plan
from cometa_executions.models import PlanRecord
from cometa_features.api import Feature
from cometa_features.schemas import FeatureUpdate
from cometa_features.services.reading import visible_feature
from cometa_features.services.saving import change_feature


def stored(bench):
    """How many runs, plans, results and events of runs there are; saves of features have events of their own."""
    with bench.runtime.reading() as session:
        events = session.scalar(select(func.count()).select_from(Event).where(Event.run_id.is_not(None)))
    return [*bench.count(Run, PlanRecord, Result), events]


def info_of(bench, feature_id):
    with bench.runtime.reading() as session:
        return session.get_one(Feature, feature_id).info


def plan_of(bench, result_id):
    with bench.runtime.reading() as session:
        result = session.get_one(Result, result_id)
        return session.get_one(PlanRecord, result.run_id).document


def refused(bench, feature_id, **order):
    with pytest.raises(Invalid) as refusal:
        bench.accept(feature_id, **order)
    assert stored(bench) == [0, 0, 0, 0]
    return refusal.value


def test_nothing_is_seen_or_rung_before_the_commit_and_everything_after_it(bench):
    """X-001, R-053."""
    feature_id = bench.feature(browsers=[CHROME, FIREFOX])
    with bench.runtime.unit_of_work(bench.member) as scope:
        accepted = accept_run(scope, RunOrder(feature_id))
        assert stored(bench) == [0, 0, 0, 0]
        assert bench.wake_ups() == 0
    assert stored(bench) == [1, 1, 2, 2]
    assert bench.wake_ups() == 2
    assert [result.id for result in bench.results(accepted.run_id)] == list(accepted.result_ids)
    assert len(plan_of(bench, accepted.result_ids[0])["leaves"]) == 3


def test_a_failure_at_any_statement_leaves_no_row_and_no_wake_up(bench):
    """X-002: every statement of the transaction fails once."""
    feature_id = bench.feature()
    with statements_of(bench.runtime.engine) as statements:
        bench.accept(feature_id)
    # The bell of events has a thread of its own.
    own_thread = threading.get_ident()
    after_one, info = stored(bench), info_of(bench, feature_id)
    for failing in range(len(statements)):
        left = [failing]

        def fail(*_arguments, left=left):
            if threading.get_ident() != own_thread:
                return
            left[0] -= 1
            if left[0] < 0:
                raise ConnectionError("the statement fails")

        event.listen(bench.runtime.engine, "before_cursor_execute", fail)
        try:
            with pytest.raises(ConnectionError):
                bench.accept(feature_id)
        finally:
            event.remove(bench.runtime.engine, "before_cursor_execute", fail)
        assert stored(bench) == after_one
    assert info_of(bench, feature_id) == info
    assert bench.wake_ups() == 1


def test_each_browser_is_executed_as_often_as_cloud_and_list_say(bench):
    """X-003."""
    bench.set_cloud("local", max_concurrency=3)
    twice, often = {**CHROME, "concurrency": 2}, {**FIREFOX, "concurrency": 9}
    accepted = bench.accept(bench.feature(browsers=[twice, often]))
    results = bench.results(accepted.run_id)
    assert [result.browser["browser"] for result in results] == ["chrome"] * 2 + ["firefox"] * 3
    assert {(result.state, result.run_id) for result in results} == {("Queued", accepted.run_id)}


def test_every_fault_of_the_plan_is_named_and_nothing_is_stored(bench):
    """X-004, R-060."""
    feature_id = bench.feature('Loop "3" times starting at "1" and do', 'Remember "1" as "a"', "Otherwise do")
    refusal = refused(bench, feature_id)
    assert refusal.code == "plan_error"
    assert set(refusal.fields) == {"steps_content[0]", "steps_content[2]"}
    assert info_of(bench, feature_id) is None
    assert bench.wake_ups() == 0


@pytest.mark.parametrize("steps", [(), ({"step_content": 'Remember "1" as "a"', "enabled": False},)])
def test_a_feature_without_an_enabled_step_is_refused(bench, steps):
    """R-060."""
    feature_id = bench.feature(*steps) if steps else bench.feature(steps_content=[])
    assert refused(bench, feature_id).code == "no_steps"


@pytest.mark.parametrize(
    ("browsers", "code"),
    [
        ([], "no_browsers"),
        ([{"browser": "netscape"}], "unknown_browser"),
        ([{"browser": "chrome", "cloud": "browserstack"}], "cloud_inactive"),
        ([CHROME, {"browser": "netscape"}], "unknown_browser"),
    ],
)
def test_browsers_that_cannot_be_opened_are_refused(bench, browsers, code):
    """R-059, X-124."""
    assert refused(bench, bench.feature(), browsers=browsers).code == code


def test_the_browsers_of_the_order_replace_those_of_the_feature_once(bench):
    """R-057."""
    feature_id = bench.feature(browsers=[CHROME])
    (first,) = bench.results(bench.accept(feature_id, browsers=[FIREFOX]).run_id)
    (second,) = bench.results(bench.accept(feature_id).run_id)
    assert (first.browser["browser"], second.browser["browser"]) == ("firefox", "chrome")


def test_latest_becomes_the_numerically_highest_version(bench):
    """R-063."""
    with bench.runtime.unit_of_work() as scope:
        for version in ("99.0", "100.0"):
            create_browser(scope, {"browser": "opera", "browser_version": version, "cloud": "local"})
    (result,) = bench.results(bench.accept(bench.feature(browsers=[{"browser": "opera"}])).run_id)
    assert result.browser["browser_version"] == "100.0"
    assert result.browser_id is not None


def test_parameters_are_frozen_and_secret_ones_are_sealed(bench):
    """R-058, runner G.4."""
    parameters = [Parameter("shop", "https://shop.example"), Parameter("password", "correct horse", secret=True)]
    accepted = bench.accept(bench.feature(), parameters=parameters)
    with bench.runtime.reading() as session:
        record = session.get_one(PlanRecord, accepted.run_id)
        assert "correct horse" not in str(record.parameters)
        assert "correct horse" not in str(record.document)
        place = f"executions_plan:parameters:{accepted.run_id}"
        assert bench.runtime.seals.open(record.parameters[1]["value"], place) == "correct horse"
    assert record.parameters[0]["value"] == "https://shop.example"


def test_a_feature_of_another_department_is_not_found(bench):
    """R-061."""
    stranger = bench.identity("bob@example.org", departments=("Other",))
    with pytest.raises(NotFound):
        bench.accept(bench.feature(), member=stranger)
    assert stored(bench) == [0, 0, 0, 0]


def test_who_ordered_it_and_from_where_is_kept(bench):
    """R-054."""
    feature_id = bench.feature()
    run = bench.run(bench.accept(feature_id).run_id)
    assert (run.executed_by, run.origin, run.x_server) == (bench.member.account_id, "", "none")
    other = bench.run(bench.accept(feature_id, origin="CRONTAB", x_server="one").run_id)
    assert (other.origin, other.x_server) == ("CRONTAB", "one")


def test_saving_a_feature_during_its_run_does_not_change_the_run(bench):
    """X-067."""
    feature_id = bench.feature('Remember "old" as "a"')
    (result_id,) = bench.accept(feature_id).result_ids
    with bench.runtime.unit_of_work(bench.member) as scope:
        feature = visible_feature(scope, feature_id, for_change=True)
        steps = [{"step_content": 'Remember "new" as "a"'}, {"step_content": 'Remember "2" as "b"'}]
        change_feature(scope, feature, FeatureUpdate.model_validate({"steps_content": steps}))
    assert [leaf["text"] for leaf in plan_of(bench, result_id)["leaves"]] == ['Remember "old" as "a"']
    assert bench.result(result_id).total == 1


def test_the_feature_points_to_its_newest_run(bench):
    """rest-api A6.1, A4.3."""
    feature_id = bench.feature()
    accepted = bench.accept(feature_id)
    info = info_of(bench, feature_id)
    assert (info["run_id"], info["status"], info["success"]) == (accepted.run_id, "Queued", False)
    assert info["executed_by"] == {"user_id": bench.member.account_id, "name": "ada", "email": "ada@example.org"}
    assert info["result_date"] == "2026-01-31T08:15:30.123456Z"


def test_each_result_is_announced_once_with_its_browser(bench):
    """R-192, runner K.3."""
    accepted = bench.accept(bench.feature(browsers=[CHROME, FIREFOX]))
    found = bench.events(accepted.run_id)
    assert [(event.seq, event.type, event.feature_result_id) for event in found] == [
        (1, "result.queued", accepted.result_ids[0]),
        (2, "result.queued", accepted.result_ids[1]),
    ]
    assert [event.data["browser"]["browser"] for event in found] == ["chrome", "firefox"]


def test_a_worker_reads_the_plan_with_clear_parameters(make_bench, tmp_path):
    """runner A.1: the worker resolves secrets; G.4."""
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho Chromium 134.0\n")
    program.chmod(0o755)
    paths = {"cometa__browser__chromium": str(program), "cometa__browser__chromedriver": str(program)}
    bench = make_bench(cometa__browser__local="true", **paths)
    accepted = bench.accept(bench.feature(), parameters=[Parameter("password", "correct horse", secret=True)])
    with bench.runtime.reading() as session:
        stored = stored_plan(bench.runtime, session, accepted.result_ids[0])
    assert stored.variables == [{"name": "password", "value": "correct horse", "scope": "data", "secret": True}]
    assert stored.browser["binary"] == str(program)
    assert stored.libraries
