"""Who may connect, as whom, and what is lost with a right."""

import json
import threading

import pytest
import urllib3
from run_bench import statements_of
from sqlalchemy import delete, select
from websockets.exceptions import InvalidStatus

from cometa_accounts.api import Department
from cometa_accounts.models import ApiKey, Membership
from cometa_accounts.services.sign_ins import Claims, open_session
from cometa_executions.api import issue_token

# Nothing here depends on the bell.
pytestmark = pytest.mark.parametrize("shared_bench", ["doorbell", "notify"], indirect=True)

FOREIGN = "https://elsewhere.test"


@pytest.fixture
def session_of(bench):
    """Open a browser session of an account: ``session_of("ada@example.org")`` gives the Cookie header."""

    def sign_in(email):
        with bench.runtime.unit_of_work() as scope:
            token = open_session(scope, Claims(email, "Ada", "test", "https://issuer.test", f"subject of {email}"))
        return {"Cookie": f"cometa_session={token}"}

    return sign_in


@pytest.fixture
def member(bench, caller):
    """Call as a member of ``Default`` whose membership a test may take away."""
    client = caller("mo", departments=("Default", "Second"))
    yield client
    with bench.runtime.unit_of_work() as scope:
        known = scope.session.scalars(
            select(Membership.department_id).where(Membership.account_id == client.account_id)
        )
        if 1 not in set(known):
            scope.session.add(Membership(account_id=client.account_id, department_id=1))


@pytest.fixture
def expire(monkeypatch):
    """Let rights be asked for again, as after a second."""
    monkeypatch.setattr("cometa_live.permits.VALID_S", 0.05)
    return lambda: threading.Event().wait(0.06)


def leave(bench, account_id, department="Default"):
    with bench.runtime.unit_of_work() as scope:
        left = select(Department.id).where(Department.name == department)
        here = (Membership.account_id == account_id, Membership.department_id.in_(left))
        scope.session.execute(delete(Membership).where(*here))


def refused(connect, *arguments, **options):
    """Expect that opening is refused; returns status and body."""
    with pytest.raises(InvalidStatus) as found:
        connect(*arguments, **options)
    return found.value.response.status_code, json.loads(found.value.response.body)


def answer_of(reader):
    """Return the refusal and the code that the connection ends with."""
    return reader.next()["code"], reader.close_code()


def test_strangers_get_nothing(bench, caller, connect, tell):
    """X-144: a department or run of others does not exist for them."""
    stranger = connect(caller("eve", role="MANAGER", departments=("Elsewhere",)))
    run_id = bench.accept(bench.feature()).run_id
    for named in ({"department_id": 1}, {"department_id": 999}, {"run_id": run_id}, {"run_id": 10**6}):
        stranger.send(op="subscribe", **named)
        answer = stranger.next()
        assert (answer["type"], answer["code"]) == ("error", "not_found")
        assert answer.items() >= named.items()
    tell("thing", department_id=1)
    stranger.silence()


def test_who_loses_the_department_reads_its_objects_no_more(bench, member, api, connect, tell, expire):
    """X-144: rights are checked at delivery; the subscription ends and says so, others go on."""
    removed, other = (connect(client).subscribe(department_id=1) for client in (member, api))
    leave(bench, member.account_id)
    expire()
    tell("secret", department_id=1)
    answer = removed.next()
    assert (answer["type"], answer["department_id"], answer["code"]) == ("ended", 1, "not_found")
    assert other.next()["type"] == "secret"
    tell("secret", department_id=1)
    removed.silence()
    assert removed.subscribe(department_id=0)


def test_who_loses_the_department_reads_its_runs_no_more(bench, member, api, connect, expire):
    """X-144: also a run that is followed."""
    run_id = bench.accept(bench.feature()).run_id
    removed, other = (connect(client).subscribe(run_id=run_id) for client in (member, api))
    assert removed.next()["type"] == other.next()["type"] == "result.queued"
    leave(bench, member.account_id)
    expire()
    bench.claim()
    answer = removed.next()
    assert (answer["type"], answer["run_id"], answer["code"]) == ("ended", run_id, "not_found")
    assert other.next()["type"] == "result.initializing"


def test_a_key_that_is_revoked_ends_the_connection(bench, caller, connect, tell, expire):
    """X-144: with close code 4001."""
    client = caller("revoked")
    reader = connect(client).subscribe(department_id=1)
    with bench.runtime.unit_of_work() as scope:
        scope.session.execute(delete(ApiKey).where(ApiKey.account_id == client.account_id))
    expire()
    tell("secret", department_id=1)
    assert reader.close_code() == 4001


def test_without_identity_the_connection_ends(connect):
    """K.2.1: the sentence says what to send."""
    reader = connect()
    reader.send(op="subscribe", department_id=0)
    answer = reader.next()
    assert (answer["type"], answer["code"]) == ("error", "no_identity")
    assert "token" in answer["error"]
    assert reader.close_code() == 4001


def test_a_wrong_key_is_refused(connect):
    reader = connect()
    reader.send(op="ping", token="cmt_aaaaaaaaaa_" + "x" * 43)
    assert answer_of(reader) == ("invalid_credentials", 4001)


def test_a_key_needs_the_scope_read(caller, connect):
    reader = connect(caller("runner", scopes=("run",)))
    reader.send(op="ping")
    assert answer_of(reader) == ("scope_missing", 4001)


def test_service_tokens_of_runners_read_nothing(bench, connect):
    """rest-api A2.6: as for `/events/`."""
    accepted = bench.accept(bench.feature())
    with bench.runtime.unit_of_work() as scope:
        token = issue_token(scope, accepted.result_ids[0])
    reader = connect()
    reader.send(op="subscribe", run_id=accepted.run_id, token=token.text)
    assert answer_of(reader) == ("scope_missing", 4001)


def test_the_first_message_must_be_one(connect):
    reader = connect()
    reader.socket.send("hello")
    assert answer_of(reader) == ("malformed_json", 4001)


def test_who_says_nothing_is_cut_off(connect, monkeypatch):
    """K.2.1: there is a deadline for the first message."""
    monkeypatch.setattr("cometa_live.connection.FIRST_MESSAGE_S", 0.2)
    assert connect().close_code() == 4002


def test_a_browser_session_is_enough_on_own_pages(bench, api, connect, session_of, tell, shared_server):
    """K.2.1: the cookie identifies; the page must be of this server, or listed."""
    cookie = session_of("ada@example.org")
    own = shared_server.url.replace("ws://", "http://").removesuffix("/live/")
    for origin in (own, "https://own.test"):
        reader = connect(additional_headers=cookie, origin=origin).subscribe(department_id=1)
        tell("thing", department_id=1)
        assert reader.until("thing")


def test_pages_of_others_may_not_connect(api, connect, session_of):
    """K.2.1: whatever else they bring."""
    status, body = refused(connect, additional_headers=session_of("ada@example.org"), origin=FOREIGN)
    assert (status, body["code"]) == (403, "foreign_origin")
    assert "cometa.live.origins" in body["error"]
    assert refused(connect, api, origin="null")[0] == 403


def test_a_session_that_ends_ends_the_connection(bench, api, connect, session_of, tell, expire):
    reader = connect(additional_headers=session_of("ada@example.org")).subscribe(department_id=1)
    bench.clock.pass_by(8 * 86_400)
    expire()
    tell("secret", department_id=1)
    assert reader.close_code() == 4001


def test_a_key_in_the_header_of_the_opening_request_is_enough(api, connect):
    reader = connect(additional_headers={"Authorization": f"Bearer {api.key}"})
    reader.subscribe(department_id=1)


def test_other_paths_and_verbs_are_refused(connect, shared_server, monkeypatch):
    base = shared_server.url.replace("ws://", "http://")
    pool = urllib3.PoolManager(retries=False, timeout=10)
    missing = pool.request("GET", base.replace("/live/", "/other/"))
    assert (missing.status, missing.json()["code"]) == (404, "route_not_found")
    assert pool.request("POST", base).status == 405
    assert pool.request("GET", base).status == 426
    pool.clear()


def test_only_so_many_clients_are_served(api, connect, shared_server, monkeypatch):
    connect(api)
    monkeypatch.setattr(shared_server.server, "_most", 1)
    status, body = refused(connect, api)
    assert (status, body["code"]) == (503, "not_ready")


def test_rights_are_asked_for_once_a_second(api, connect, tell, shared_server):
    """K.1: readers with the same key share the answer, however much is delivered."""
    readers = [connect(api).subscribe(department_id=1) for _ in range(5)]
    with statements_of(shared_server.runtime.engine) as seen:
        for _ in range(10):
            tell("thing", department_id=1)
        for reader in readers:
            assert len(reader.events(10)) == 10
    assert len([statement for statement in seen if "accounts_api_key" in statement]) <= 2


def test_an_account_without_membership_reads_the_site_alone(bench, member, connect, tell):
    leave(bench, member.account_id)
    reader = connect(member)
    reader.send(op="subscribe", department_id=1)
    assert reader.next()["code"] == "not_found"
    reader.subscribe(department_id=0)
    tell("site")
    assert reader.next()["type"] == "site"
