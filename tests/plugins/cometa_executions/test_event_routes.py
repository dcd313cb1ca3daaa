"""Events of objects: who reads which stream, from where on, and as what."""

import json

import pytest

from cometa_core.contracts.events import Audience
from cometa_core.db.tables import Event
from cometa_core.events import announce


@pytest.fixture
def told(bench):
    """Announce something: ``told("a.changed", department_id=1, audience=Audience(...))``."""

    def tell(kind, **options):
        with bench.runtime.unit_of_work() as scope:
            announce(scope, kind, {"kind": kind}, **options)

    return tell


def kinds(caller, query):
    return [event["type"] for event in caller.get(f"/events/?{query}").json]


def test_members_read_the_stream_of_their_department(told, api, stranger, bench):
    """R-192: gapless after `since`; a stream of others does not exist."""
    for number in range(3):
        told(f"thing.{number}", department_id=1)
    events = api.get("/events/?department_id=1&since=1").json
    assert [(event["seq"], event["type"], event["data"]) for event in events] == [
        (2, "thing.1", {"kind": "thing.1"}), (3, "thing.2", {"kind": "thing.2"}),
    ]  # fmt: skip
    assert events[0]["department_id"] == 1
    assert stranger.get("/events/?department_id=1", status=404).json["code"] == "not_found"
    assert api.get("/events/?department_id=999", status=404).json["code"] == "not_found"


def test_everybody_reads_what_concerns_the_site(told, api, stranger):
    told("application.added")
    assert kinds(api, "department_id=0") == kinds(stranger, "department_id=0") == ["application.added"]


def test_receivers_are_those_of_the_event(told, api, root):
    """Contract: rest-api A7: rights are checked at delivery; a page is only empty at the end of the stream."""
    told("hidden", audience=Audience(permissions=("view_accounts",)))
    told("own", audience=Audience(permissions=("view_accounts",), accounts=(api.account_id,)))
    told("not.to.its.author", audience=Audience(excluded=(api.account_id,)))
    assert kinds(root, "department_id=0") == ["hidden", "own", "not.to.its.author"]
    assert kinds(api, "department_id=0&limit=1") == ["own"]


def test_a_stream_must_be_named(api):
    assert api.get("/events/", status=400).json["code"] == "missing_parameter"


def test_what_is_no_longer_kept_is_a_gap(told, bench, api):
    """Contract: rest-api A6.19."""
    for number in range(3):
        told(f"thing.{number}", department_id=1)
    with bench.runtime.unit_of_work() as scope:
        scope.session.delete(scope.session.get_one(Event, ("department:1", 1)))
    first, *rest = api.get("/events/?department_id=1").json
    assert first == {"type": "gap", "oldest": 2}
    assert [event["seq"] for event in rest] == [2, 3]
    assert kinds(api, "department_id=1&since=1") == ["thing.1", "thing.2"]


def test_the_same_comes_as_server_sent_events(told, api):
    """Contract: rest-api A6.19: the id of each is its place, from which a browser goes on."""
    for number in range(2):
        told(f"thing.{number}", department_id=1)
    stream = {"Accept": "text/event-stream"}
    answer = api.get("/events/?department_id=1", **stream)
    assert answer.content_type == "text/event-stream"
    head, first, second, end = answer.text.split("\n\n")
    assert (head, end) == ("retry: 1000", "")
    number, kind, data = first.split("\n")
    assert (number, kind) == ("id: 1", "event: thing.0")
    assert json.loads(data.removeprefix("data: "))["seq"] == 1
    resumed = api.get("/events/?department_id=1", **stream, Last_Event_ID="1")
    assert resumed.text.split("\n\n")[1:] == [second, ""]
    assert api.get("/events/?department_id=1", **stream, Last_Event_ID="x", status=400)


def test_what_is_rolled_back_takes_no_place(bench, told, api):
    """R-192."""

    def fail():
        with bench.runtime.unit_of_work() as scope:
            announce(scope, "never", {}, department_id=1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    told("thing", department_id=1)
    assert [event["seq"] for event in api.get("/events/?department_id=1").json] == [1]
