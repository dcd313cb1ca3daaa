"""The audit log: who did what, what was refused, and that no secret is in it."""

from cometa_accounts.models import Invitation
from cometa_core.audit import follow_changes, record

LOG = "/api/audit_log/"


def newest(root, **query):
    wanted = "&".join(f"{name}={value}" for name, value in query.items())
    return root.get(f"{LOG}?size=1&{wanted}").json[0]


def test_a_change_is_kept_with_its_rows_before_and_after(root):
    """R-195."""
    key = root.post("/api/applications/", {"app_name": "Audited"}, status=201).json["app_id"]
    made = newest(root, object="/api/applications/")
    assert (made["action"], made["result"], made["user_id"]) == ("create_application", "ok", root.account_id)
    (row,) = made["changes"]
    assert row["row"] == f"catalog_application:{key}"
    assert row["before"] is None
    assert row["after"]["name"] == "Audited"
    answer = root.patch(f"/api/applications/{key}/", {"app_name": "Renamed"})
    changed = newest(root, object=f"/api/applications/{key}/")
    assert changed["request_id"] == answer.headers["X-Request-Id"]
    (row,) = changed["changes"]
    assert (row["before"]["name"], row["after"]["name"]) == ("Audited", "Renamed")
    assert "created_at" not in row["after"]
    root.delete(f"/api/applications/{key}/")
    removed = newest(root, object=f"/api/applications/{key}/")
    assert (removed["action"], removed["changes"][0]["after"]) == ("delete_application", None)


def test_what_somebody_was_not_allowed_to_do_is_kept_as_refused(root, member):
    """R-195."""
    member.post("/api/applications/", {"app_name": "Forbidden"}, status=403)
    entry = newest(root, user_id=member.account_id)
    assert (entry["action"], entry["result"], entry["changes"]) == ("create_application", "refused", [])


def test_what_failed_is_not_kept(root):
    """A write is one transaction: after an error nothing of it is stored (rest-api A1.6)."""
    root.post("/api/environments/", {"environment_name": "Before the failures"}, status=201)
    before = newest(root)
    root.post("/api/applications/", {"app_name": "default"}, status=409)
    root.post("/api/applications/", {"app_name": ""}, status=422)
    root.get("/api/applications/")
    assert newest(root) == before


def test_memberships_and_keys_are_kept_without_their_secrets(root, caller):
    """R-195."""
    other = caller("audited.member")
    answer = root.post("/api/api_keys/", {"name": "robot", "user_id": other.account_id}, status=201).json
    entry = newest(root, object="/api/api_keys/")
    (row,) = [row for row in entry["changes"] if row["row"].startswith("accounts_api_key:")]
    assert row["after"]["secret_hash"] == "[MASKED]"
    assert answer["key"].split("_", 2)[2] not in str(entry)
    root.patch(f"/api/accounts/{other.account_id}/", {"user_role": "MANAGER"})
    entry = newest(root, object=f"/api/accounts/{other.account_id}/")
    assert any("role_id" in (row["after"] or {}) for row in entry["changes"])


def test_the_log_is_read_with_manage_configurations_alone(member, with_flags):
    """Contract: rest-api A3.2."""
    assert member.get(LOG, status=403).json["code"] == "permission_missing"
    assert with_flags("auditor", {"manage_configurations"}).get(LOG).json


def test_the_log_is_paged_newest_first(root):
    """R-015, R-016."""
    for number in range(3):
        root.post("/api/environments/", {"environment_name": f"Paged {number}"}, status=201)
    page = root.get(f"{LOG}?page=1&size=2")
    assert page.json[0]["audit_id"] > page.json[1]["audit_id"]
    assert 'rel="next"' in page.headers["Link"]


def test_long_words_are_cut_and_secret_keys_of_rows_are_masked(runtime, root):
    """Contract: rest-api A4.2: at most 60 and 100 characters."""
    with runtime.unit_of_work() as scope:
        follow_changes(scope.session)
        invited = {"email": "x@example.org", "email_key": "x@example.org", "departments": [1]}
        scope.session.add(Invitation(code_hash="f" * 64, expires_at=scope.now(), **invited))
        record(scope, "a" * 200, "o" * 200)
    entry = newest(root)
    assert (entry["action"], entry["object"], entry["user_id"]) == ("a" * 60, "o" * 100, None)
    assert entry["changes"][0]["row"] == "accounts_invitation:[MASKED]"
    assert "f" * 64 not in str(entry)
