"""Subscriptions: what was stored, then what comes, in order and without a gap."""

import json

import pytest
from sqlalchemy import delete

from cometa_core.contracts.events import Audience
from cometa_core.db.tables import Event
from cometa_core.events import announce


def numbers(messages):
    return [message["seq"] for message in messages]


def test_stored_events_come_first_then_live_ones(bench, api, connect, tell):
    """K.1, K.2.1: all later stored events in order, then live ones, as `/events/` gives them."""
    for number in range(3):
        tell(f"thing.{number}", department_id=1)
    reader = connect(api).subscribe(department_id=1, since=1)
    assert numbers(reader.events(2)) == [2, 3]
    tell("thing.3", department_id=1)
    event = reader.next(0.9)
    assert event == api.get("/events/?department_id=1&since=3").json[0]
    assert (event["seq"], event["type"], event["run_id"]) == (4, "thing.3", None)


def test_a_run_is_followed_from_its_beginning_to_its_end(bench, api, connect):
    """X-142: `seq` from 1 without gaps; `run.completed` is last."""
    accepted = bench.accept(bench.feature())
    reader = connect(api).subscribe(run_id=accepted.run_id)
    assert reader.next()["type"] == "result.queued"
    claim = bench.report(bench.begin(bench.claim()), "Success", "Success", "Success")
    assert bench.end(claim)
    events = reader.until("run.completed")
    assert numbers(events) == list(range(2, 2 + len(events)))
    assert {event["run_id"] for event in events} == {accepted.run_id}
    assert [event["type"] for event in events][:2] == ["result.initializing", "result.started"]


def test_one_connection_follows_several_streams(bench, api, connect, tell):
    reader = connect(api).subscribe(department_id=1).subscribe(department_id=0)
    tell("site")
    tell("own", department_id=1)
    found = {(event["department_id"], event["type"]) for event in reader.events(2)}
    assert found == {(0, "site"), (1, "own")}
    reader.send(op="unsubscribe", department_id=0)
    assert reader.next() == {"type": "unsubscribed", "department_id": 0}
    tell("site")
    reader.silence()


def test_subscribing_again_begins_again(api, connect, tell):
    tell("thing", department_id=1)
    reader = connect(api).subscribe(department_id=1)
    assert numbers(reader.events(1)) == [1]
    assert numbers(reader.subscribe(department_id=1).events(1)) == [1]
    tell("thing", department_id=1)
    assert numbers(reader.events(1)) == [2]
    reader.silence()


def test_what_is_kept_no_more_is_a_gap(bench, api, connect, tell):
    """K.1: the first message names the oldest event that is kept."""
    for number in range(3):
        tell(f"thing.{number}", department_id=1)
    with bench.runtime.unit_of_work() as scope:
        scope.session.execute(delete(Event).where(Event.seq < 3))
    reader = connect(api).subscribe(department_id=1)
    assert reader.next() == {"type": "gap", "department_id": 1, "oldest": 3}
    assert numbers(reader.events(1)) == [3]
    assert numbers(connect(api).subscribe(department_id=1, since=2).events(1)) == [3]


def test_long_histories_come_whole(bench, api, connect):
    """K.1: what was stored is read page by page, however much it is; nobody is cut off for catching up."""
    with bench.runtime.unit_of_work() as scope:
        for number in range(1500):
            announce(scope, "thing", {"number": number}, department_id=1)
    reader = connect(api).subscribe(department_id=1)
    assert numbers(reader.events(1500)) == list(range(1, 1501))


def test_receivers_are_those_of_the_event(api, caller, connect, tell):
    """K.4, rest-api A7: rights are checked at delivery, as for `/events/`."""
    root = caller("root", role="SUPERUSER")
    readers = [connect(client).subscribe(department_id=0) for client in (root, api)]
    tell("hidden", audience=Audience(permissions=("view_accounts",)))
    tell("own", audience=Audience(permissions=("view_accounts",), accounts=(api.account_id,)))
    tell("not.to.its.author", audience=Audience(excluded=(api.account_id,)))
    tell("all")
    assert [event["type"] for event in readers[0].events(4)] == ["hidden", "own", "not.to.its.author", "all"]
    assert [event["type"] for event in readers[1].events(2)] == ["own", "all"]


@pytest.mark.parametrize(
    ("message", "code", "names"),
    [
        ("{", "malformed_json", "JSON object"),
        ("[1]", "malformed_json", "JSON object"),
        (b"\xff\xfe", "malformed_json", "JSON object"),
        ('{"op": "publish"}', "validation_failed", "op"),
        ('{"op": "subscribe"}', "validation_failed", "either run_id or department_id"),
        ('{"op": "subscribe", "run_id": 1, "department_id": 1}', "validation_failed", "either"),
        ('{"op": "subscribe", "run_id": "1"}', "validation_failed", "run_id"),
        ('{"op": "subscribe", "run_id": -1}', "validation_failed", "run_id"),
        ('{"op": "subscribe", "run_id": 2147483648}', "validation_failed", "run_id"),
        ('{"op": "ping", "sinse": 1}', "validation_failed", "sinse"),
    ],
)
def test_messages_that_cannot_be_understood_are_named(api, connect, message, code, names):
    """K.2.1: the connection goes on."""
    reader = connect(api)
    reader.send(op="ping")
    assert reader.next() == {"type": "pong"}
    reader.socket.send(message)
    answer = reader.next()
    assert (answer["type"], answer["code"]) == ("error", code)
    assert names in json.dumps(answer, ensure_ascii=False)
    reader.silence(0)


def test_a_connection_follows_so_many_streams(bench, caller, connect, tell):
    reader = connect(caller("root", role="SUPERUSER"))
    for department in range(100):
        reader.subscribe(department_id=department)
    reader.send(op="subscribe", department_id=100)
    assert reader.next()["code"] == "too_many_subscriptions"
    reader.send(op="unsubscribe", department_id=99)
    reader.next()
    reader.subscribe(department_id=100)


def test_messages_larger_than_a_command_end_the_connection(api, connect):
    """K.2.1: 4,096 bytes are enough for every command."""
    reader = connect(api)
    reader.send(op="ping")
    reader.next()
    reader.socket.send(json.dumps({"op": "x" * 5000}))
    assert reader.close_code() == 1009
