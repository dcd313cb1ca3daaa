"""The list of notifications and the settings of webhooks and mailboxes over the API."""

import pytest
from small_installation import make_caller
from webtest import TestApp

from cometa_core.app import build_app
from cometa_executions.api import Ending, State

HOOK = {"department": 1, "application": "Slack", "hook": "https://hooks.example.org/x"}


@pytest.fixture(scope="module")
def app(shared_bench):
    return TestApp(build_app(shared_bench.runtime))


@pytest.fixture
def caller(bench, app):
    return lambda name, **options: make_caller(bench.runtime, app, f"{name}@example.org", **options)


@pytest.fixture
def root(caller):
    return caller("root", role="SUPERUSER")


def end(bench, state, *addresses):
    claim = bench.running(send_mail=True, email_address=list(addresses))
    assert bench.end(claim, Ending(state))
    return claim.run


def test_the_list_is_filtered_and_the_newest_come_first(bench, root, work_off):
    root.post("/api/integrations/", HOOK, status=201)
    sent = end(bench, State.SUCCESS, "qa@example.org")
    dead = end(bench, State.FAILED, "refused@example.org")
    work_off()

    def found(**wanted):
        query = "&".join(f"{name}={value}" for name, value in wanted.items())
        return [(row["run_id"], row["channel"], row["state"]) for row in root.get(f"/api/notifications/?{query}").json]

    everything = [
        (dead.run_id, "webhook", "waiting"), (dead.run_id, "mail", "dead"),
        (sent.run_id, "webhook", "waiting"), (sent.run_id, "mail", "sent"),
    ]  # fmt: skip
    assert found() == everything
    assert found(feature_id=sent.feature_id) == everything[2:]
    assert found(feature_result_id=dead.feature_result_id, channel="mail") == everything[1:2]
    assert found(state="dead") == everything[1:2]
    assert found(state="waiting", channel="webhook", department_id=1) == everything[::2]
    assert found(department_id=999) == []
    assert found(page=2, size=3) == everything[3:]
    assert root.get("/api/notifications/?state=lost", status=400).json["code"] == "invalid_query"
    (mail,) = root.get("/api/notifications/?state=dead").json
    assert "550 no such user" in mail["last_error"]
    assert "content" not in mail


def test_a_dead_one_is_tried_once_more_and_what_is_not_dead_is_refused(bench, root, work_off):
    end(bench, State.FAILED, "refused@example.org")
    work_off()
    (dead,) = root.get("/api/notifications/?state=dead").json
    again = root.post(f"/api/notifications/{dead['id']}/retry/", None).json["data"]
    assert (again["state"], again["attempts"], again["ended_on"]) == ("waiting", 0, None)
    assert root.post(f"/api/notifications/{dead['id']}/retry/", None, status=409).json["code"] == "not_dead"
    assert work_off() == 1


def test_others_see_nothing_of_a_department(bench, root, caller):
    root.post("/api/integrations/", HOOK, status=201)
    end(bench, State.FAILED, "qa@example.org")
    stranger = caller("stranger", departments=())
    for path in ("/api/notifications/", "/api/integrations/", "/api/mailboxes/"):
        assert stranger.get(path).json in ([], {"count": 0, "next": None, "previous": None, "results": []})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"application": "Teams"}, "application"),
        ({"hook": "ftp://hooks.example.org/"}, "hook"),
        ({"hook": "https://user:word@hooks.example.org/"}, "hook"),
        ({"secret": "short"}, "secret"),
        ({"features": [999]}, "features"),
    ],
)
def test_a_webhook_that_cannot_work_is_refused_with_the_field(root, changed, field):
    assert field in root.post("/api/integrations/", {**HOOK, **changed}, status=422).json["fields"]


def test_secrets_are_shown_once_and_passwords_never(root):
    made = root.post("/api/integrations/", HOOK, status=201).json
    mailbox = {"host": "imap.example.org", "user_name": "qa", "password": "pass-of-the-box"}
    root.post("/api/mailboxes/1/", mailbox)
    shown = root.get("/api/integrations/").text + root.get("/api/mailboxes/").text
    assert made["secret"]
    assert made["secret"] not in shown
    assert "pass-of-the-box" not in shown
