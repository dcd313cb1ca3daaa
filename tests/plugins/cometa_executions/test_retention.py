"""Retention makes room: expired and removed results go with rows, events and files; what is needed stays."""

import io
import os
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from cometa_core.contracts.artifacts import ArtifactReferences
from cometa_core.db.tables import AuditRecord, Event, EventStream
from cometa_core.events import announce
from cometa_executions.models import Artifact, PlanRecord, Result, Run, StepResult
from cometa_executions.services.reading import visible_result, visible_run
from cometa_executions.services.removal import remove_result, remove_run
from cometa_executions.services.retention import look_for_room, make_room, make_room_hourly
from cometa_executions.services.retention_objects import prefixes_of_hour
from cometa_features.api import Feature
from cometa_features.services.saving import delete_feature

DAY = 86_400


@pytest.fixture
def default(bench):
    """The department whose results expire after ten days."""
    bench.set_department("Default", result_expire_days=10)
    return bench.department_id("Default")


@pytest.fixture
def keep(bench):
    """Store a file of a result, put as long ago as the clock of the test tells; returns its hash."""
    runtime = bench.runtime
    kept = []

    def keep(result_id, content, name="report.txt"):
        with runtime.unit_of_work() as scope:
            department_id = scope.session.get_one(Result, result_id).feature.department_id
            digest = put(bench, department_id, content)
            row = {"department_id": department_id, "result_id": result_id, "attempt": 1, "role": "download"}
            file = {"name": name, "mime": "text/plain", "size": len(content), "sha256": digest}
            scope.session.execute(insert(Artifact).values(**row, **file, created_at=scope.now()))
        kept.append((department_id, digest))
        return digest

    yield keep
    for department_id, digest in kept:
        runtime.artifacts.delete(department_id, digest)


def put(bench, department_id, content):
    store = bench.runtime.artifacts
    digest, _ = store.put(department_id, io.BytesIO(content))
    found = next(found for found in store.stored({digest[:2]}) if found.digest == digest)
    moment = bench.clock.now().timestamp()
    os.utime(store.place_of(found), (moment, moment))
    return digest


def finished(bench, **fields):
    return bench.finished(feature_id=bench.feature(**fields))


def events_of(bench, run_id):
    with bench.runtime.reading() as session:
        stream = f"run:{run_id}"
        events = select(func.count()).select_from(Event).where(Event.stream == stream)
        counters = select(func.count()).select_from(EventStream).where(EventStream.name == stream)
        return session.scalar(events), session.scalar(counters)


def stored(bench, run_id, result_id):
    with bench.runtime.reading() as session:
        return session.get(Run, run_id) is not None, session.get(Result, result_id) is not None


def test_an_expired_result_goes_with_its_run_rows_events_and_files(bench, default, keep, clock):
    """X-132: retention frees the space of expired results."""
    accepted = finished(bench)
    digest = keep(accepted.result_ids[0], b"ten bytes!")
    clock.pass_by(11 * DAY)
    removed = make_room(bench.runtime)
    assert (removed.expired, removed.results, removed.runs, removed.artifacts) == (1, 1, 1, 1)
    assert (removed.objects, removed.bytes) == (1, 10)
    assert removed.events > 3
    assert bench.count(Run, Result, StepResult, Artifact, PlanRecord) == [0, 0, 0, 0, 0]
    assert events_of(bench, accepted.run_id) == (0, 0)
    assert not bench.runtime.artifacts.exists(default, digest)


def test_results_stay_until_the_days_of_their_department_are_over(bench, default, keep, clock):
    """rest-api A4.2: result_expire_days."""
    accepted = finished(bench)
    keep(accepted.result_ids[0], b"kept")
    clock.pass_by(10 * DAY)
    assert make_room(bench.runtime).results == 0
    assert stored(bench, accepted.run_id, accepted.result_ids[0]) == (True, True)


def test_without_days_nothing_expires(bench, clock):
    """rest-api A4.2: 0 = never."""
    accepted = finished(bench)
    clock.pass_by(5000 * DAY)
    assert make_room(bench.runtime).results == 0
    assert stored(bench, accepted.run_id, accepted.result_ids[0]) == (True, True)


def test_unfinished_results_never_expire(bench, default, clock):
    accepted = bench.accept(bench.feature())
    clock.pass_by(50 * DAY)
    assert make_room(bench.runtime).results == 0
    assert stored(bench, accepted.run_id, accepted.result_ids[0]) == (True, True)


@pytest.mark.parametrize("model", [Run, Result])
def test_what_is_archived_stays_with_its_files(bench, default, keep, clock, model):
    """X-132: retention keeps archived results, and those of archived runs."""
    accepted = finished(bench)
    (result_id,) = accepted.result_ids
    digest = keep(result_id, b"archived")
    bench.change(model, accepted.run_id if model is Run else result_id, archived=True)
    clock.pass_by(50 * DAY)
    assert make_room(bench.runtime).results == 0
    assert stored(bench, accepted.run_id, result_id) == (True, True)
    assert bench.runtime.artifacts.exists(default, digest)


def test_a_run_stays_with_its_archived_result_alone(bench, default, clock):
    """runner I.4: runs go with their last result."""
    bench.set_cloud("local", max_concurrency=2)
    accepted = bench.accept(bench.feature(browsers=[{"browser": "chrome", "concurrency": 2}]))
    for _ in range(2):
        bench.end(bench.report(bench.begin(bench.claim()), "Success"))
    first = accepted.result_ids[0]
    bench.change(Result, first, archived=True)
    clock.pass_by(11 * DAY)
    removed = make_room(bench.runtime)
    assert (removed.results, removed.runs) == (1, 0)
    assert [result.id for result in bench.results(accepted.run_id)] == [first]
    left = bench.events(accepted.run_id)
    assert {event.feature_result_id for event in left} <= {None, first}
    assert left


def test_a_shared_object_goes_with_the_last_row(bench, default, keep, clock):
    """X-132: shared objects stay while a row is left."""
    old = finished(bench)
    digest = keep(old.result_ids[0], b"shared")
    clock.pass_by(8 * DAY)
    young = finished(bench)
    assert keep(young.result_ids[0], b"shared") == digest
    clock.pass_by(3 * DAY)
    assert (make_room(bench.runtime).objects, bench.runtime.artifacts.exists(default, digest)) == (0, True)
    clock.pass_by(8 * DAY)
    assert (make_room(bench.runtime).objects, bench.runtime.artifacts.exists(default, digest)) == (1, False)


def test_an_object_that_was_just_put_again_stays_for_the_row_to_come(bench, default, keep, clock):
    """X-133: no row without an object, whoever puts the same content meanwhile."""
    accepted = finished(bench)
    digest = keep(accepted.result_ids[0], b"again")
    clock.pass_by(11 * DAY)
    put(bench, default, b"again")
    assert (make_room(bench.runtime).objects, bench.runtime.artifacts.exists(default, digest)) == (0, True)
    clock.pass_by(DAY + 1)
    assert (make_room(bench.runtime).objects, bench.runtime.artifacts.exists(default, digest)) == (1, False)


def test_an_object_without_a_row_goes_after_a_day(bench, clock):
    """X-133: a crash between object and row leaves nothing."""
    digest = put(bench, 1, b"orphan")
    clock.pass_by(DAY - 1)
    assert (make_room(bench.runtime).objects, bench.runtime.artifacts.exists(1, digest)) == (0, True)
    clock.pass_by(2)
    assert (make_room(bench.runtime).objects, bench.runtime.artifacts.exists(1, digest)) == (1, False)


def test_plugins_protect_objects(bench, clock, monkeypatch):
    """runner I.4: shared objects go when the last row of whatever plugin goes."""
    digest = put(bench, 1, b"protected")
    known = ArtifactReferences("mine", lambda _session, _department_id, digests: {digest} & set(digests))
    found = {"mine": ("mine", known)}
    monkeypatch.setattr(bench.runtime.plugins.dispatch, "collect", lambda _hook: found)
    clock.pass_by(2 * DAY)
    assert make_room(bench.runtime).objects == 0
    assert bench.runtime.artifacts.exists(1, digest)
    bench.runtime.artifacts.delete(1, digest)


@pytest.mark.parametrize("whole", [False, True])
def test_what_people_remove_makes_room_the_same_way(bench, default, keep, clock, whole):
    """rest-api A5: removed results are hidden at once, their files removed by housekeeping."""
    accepted = finished(bench)
    (result_id,) = accepted.result_ids
    digest = keep(result_id, b"removed")
    clock.pass_by(2 * DAY)
    with bench.runtime.unit_of_work(bench.member) as scope:
        if whole:
            remove_run(scope, visible_run(scope, accepted.run_id))
        else:
            remove_result(scope, visible_result(scope, result_id))
    removed = make_room(bench.runtime)
    assert (removed.expired, removed.results, removed.runs, removed.objects) == (0, 1, 1, 1)
    assert stored(bench, accepted.run_id, result_id) == (False, False)
    assert not bench.runtime.artifacts.exists(default, digest)


def test_a_removed_feature_takes_events_and_files_along(bench, default, keep, clock):
    """rest-api A5: deleting a feature takes everything of its runs along."""
    accepted = finished(bench)
    digest = keep(accepted.result_ids[0], b"of a feature")
    clock.pass_by(2 * DAY)
    with bench.runtime.unit_of_work(bench.member) as scope:
        feature_id = scope.session.get_one(Run, accepted.run_id).feature_id
        delete_feature(scope, scope.session.get_one(Feature, feature_id))
    assert events_of(bench, accepted.run_id) == (0, 0)
    assert make_room(bench.runtime).objects == 1
    assert not bench.runtime.artifacts.exists(default, digest)


def test_the_feature_no_longer_shows_an_expired_run(bench, default, clock):
    """R-120: Feature.info shows the newest run that is left."""
    feature_id = bench.feature()
    bench.finished(feature_id=feature_id)
    clock.pass_by(11 * DAY)
    make_room(bench.runtime)
    with bench.runtime.reading() as session:
        assert session.get_one(Feature, feature_id).info is None


def test_the_audit_log_names_what_expired(bench, default, clock):
    """runner I.4: with a record of what was removed."""
    accepted = finished(bench)
    clock.pass_by(11 * DAY)
    make_room(bench.runtime)
    with bench.runtime.reading() as session:
        entry = session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
    assert (entry.action, entry.object, entry.account_id) == ("retention.expired", f"department:{default}", None)
    assert entry.changes[-1]["before"] == {"feature_results": list(accepted.result_ids)}


def test_events_of_objects_go_after_seven_days(bench, clock):
    """runner I.4, K.4."""
    for days in (0, 6):
        clock.pass_by(days * DAY)
        with bench.runtime.unit_of_work() as scope:
            announce(scope, "application.added", {"day": days})
    clock.pass_by(2 * DAY)
    assert make_room(bench.runtime).events == 1
    with bench.runtime.reading() as session:
        assert [event.data for event in session.scalars(select(Event))] == [{"day": 6}]
        assert session.get_one(EventStream, "department:0").last_seq == 2


def test_looking_counts_the_same_and_removes_nothing(bench, default, keep, clock):
    """`cometa prune --dry-run`."""
    accepted = finished(bench)
    keep(accepted.result_ids[0], b"counted")
    clock.pass_by(11 * DAY)
    expected = look_for_room(bench.runtime)
    assert stored(bench, accepted.run_id, accepted.result_ids[0]) == (True, True)
    removed = make_room(bench.runtime)
    # What is told of a whole run belongs to none of its results.
    expected.events = removed.events
    assert removed == expected


def test_the_hourly_pass_looks_at_each_object_once_a_day(bench, clock):
    """runner I.3: an object without a row is deleted by the service task after a day."""
    assert sorted(prefix for hour in range(24) for prefix in prefixes_of_hour(hour)) == [f"{n:02x}" for n in range(256)]
    digest = put(bench, 1, b"by the hour")
    its_hour = next(hour for hour in range(24) if digest[:2] in prefixes_of_hour(hour))
    clock.moment = clock.now().replace(hour=its_hour, minute=16) + timedelta(days=3)
    for minutes, left in ((0, True), (61 - 24 * 60, True), (24 * 60 - 60, False)):
        clock.pass_by(minutes * 60)
        make_room_hourly(bench.runtime)
        assert bench.runtime.artifacts.exists(1, digest) is left


def test_many_results_go_in_batches_oldest_first(bench, default, clock):
    accepted = finished(bench)
    (result_id,) = accepted.result_ids
    with bench.runtime.unit_of_work() as scope:
        row = scope.session.execute(select(Result.__table__).where(Result.id == result_id)).one()._asdict()
        rows = [{key: value for key, value in row.items() if key != "id"} for _ in range(230)]
        scope.session.execute(insert(Result.__table__), rows)
        scope.session.execute(update(Result).values(finished_at=scope.now()))
    clock.pass_by(11 * DAY)
    told = []
    make_room(bench.runtime, tell=lambda removed: told.append((removed.expired, removed.results)))
    assert [expired for expired, _ in told if expired][:3] == [100, 200, 231]
    assert told[-1] == (231, 231)
    assert bench.count(Result, Run) == [0, 0]
