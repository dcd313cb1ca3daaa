"""Versions of features through the routes.  Contract: rest-api A6.8, B5 (history)."""

import shutil

import pytest
from small_installation import runtime_in
from sqlalchemy import func, select

from cometa_accounts.api import ensure_account, identity_of
from cometa_features.history_models import FeatureVersion
from cometa_features.schemas import FeatureUpdate
from cometa_features.services.history import LIMIT_KEY
from cometa_features.services.reading import visible_feature
from cometa_features.services.saving import change_feature, store_feature

FLAGS = {"enabled": False, "compare": True, "continue_on_failure": True, "timeout": 7, "step_keyword": "When"}


def history_of(api, number, version=None, **asked):
    tail = "" if version is None else f"{version}/"
    return api.get(f"/api/features/{number}/history/{tail}", **asked)


def steps_of(api, number):
    return api.get(f"/steps/{number}/").json


def restore(api, number, version, body=None, **asked):
    return api.post(f"/api/features/{number}/history/{version}/restore/", body or {}, **asked)


def test_each_save_is_a_version_even_an_equal_one(api):
    """Contract: rest-api A6.8, the fields of chapter B5."""
    made = api.create(feature_name="Buy", description="old", steps_content=[{"step_content": "one"}])
    number = made["feature_id"]
    api.patch(f"/api/features/{number}/", {"feature_name": "Sell", "steps_content": []})
    api.patch(f"/api/features/{number}/", {})
    newest, second, first = history_of(api, number).json
    assert [newest["version"], second["version"], first["version"]] == [3, 2, 1]
    assert (first["feature_name"], first["description"], first["steps_count"]) == ("Buy", "old", 1)
    assert (newest["feature_name"], newest["steps_count"]) == ("Sell", 0)
    assert first["user"] == made["created_by"]
    assert (first["user_id"], first["user_name"]) == (made["created_by"]["user_id"], made["created_by"]["name"])
    assert first["timestamp"] == first["saved_at"] == made["last_edited_date"]
    assert {
        "backup_id", "browsers", "schedule", "send_mail", "send_mail_on_error", "network_logging", "generate_dataset",
        "continue_on_failure", "send_telegram_notification",
    } <= first.keys()  # fmt: skip
    assert "steps" not in first


def test_saving_steps_is_a_version_and_a_refused_save_is_none(api):
    """R-137."""
    number = api.create()["feature_id"]
    api.post(f"/steps/{number}/patch/", {"steps_content": [{"step_content": "one"}]})
    api.patch(f"/api/features/{number}/", {"version": 1}, status=409)
    api.patch(f"/api/features/{number}/", {"app_id": 99}, status=400)
    assert [row["steps_count"] for row in history_of(api, number).json] == [1, 0]


def test_one_version_has_the_whole_state(api):
    made = api.create(steps_content=[{"step_content": "one", **FLAGS}], email_address=["a@example.org"], video=False)
    number = made["feature_id"]
    (step,) = steps_of(api, number)
    api.patch(f"/api/features/{number}/", {"email_address": [], "video": True, "steps_content": []})
    old = history_of(api, number, 1).json
    assert (old["email_address"], old["video"]) == (["a@example.org"], False)
    (row,) = old["steps"]
    assert row["screenshot"] is True
    assert {name: row[name] for name in ("step_uuid", *FLAGS)} == {name: step[name] for name in ("step_uuid", *FLAGS)}
    same = old.keys() & made.keys() - {"steps", "version"}
    assert {name: old[name] for name in same} == {name: made[name] for name in same}


def test_the_history_is_paged(api):
    """R-015, R-016."""
    number = api.create()["feature_id"]
    for _ in range(4):
        api.patch(f"/api/features/{number}/", {})
    page = api.get(f"/api/features/{number}/history/?page=2&size=2")
    assert [row["version"] for row in page.json] == [3, 2]
    assert page.headers["X-Total-Count"] == "5"


def test_the_history_costs_the_same_queries_whatever_its_length(api, queries):
    number = api.create()["feature_id"]
    queries.clear()
    history_of(api, number)
    few = len(queries)
    for _ in range(5):
        api.patch(f"/api/features/{number}/", {})
    queries.clear()
    history_of(api, number)
    assert len(queries) == few


def test_restoring_saves_a_new_version_and_keeps_the_identity_of_steps(api):
    number = api.create(
        feature_name="Buy", email_body="text", steps_content=[{"step_content": "one"}, {"step_content": "two", **FLAGS}]
    )["feature_id"]
    before = steps_of(api, number)
    changed = [{"step_uuid": before[1]["step_uuid"], "step_content": "zwei"}, {"step_content": "three"}]
    api.patch(f"/api/features/{number}/", {"feature_name": "Sell", "email_body": None, "steps_content": changed})
    answer = restore(api, number, 1).json
    assert answer["success"] is True
    data = answer["data"]
    assert (data["version"], data["feature_name"], data["email_body"]) == (3, "Buy", "text")
    after = steps_of(api, number)
    assert after[1] == before[1]
    fresh = {"id", "step_uuid"}
    assert [{k: v for k, v in row.items() if k not in fresh} for row in after] == [
        {k: v for k, v in row.items() if k not in fresh} for row in before
    ]
    assert [row["version"] for row in history_of(api, number).json] == [3, 2, 1]


def test_restored_steps_without_a_timeout_of_their_own_follow_the_department_again(api, caller):
    number = api.create(steps_content=[{"step_content": "one"}])["feature_id"]
    api.patch(f"/api/features/{number}/", {"steps_content": [{"step_content": "one", "timeout": 5}]})
    restore(api, number, 1)
    root = caller("root@example.org", role="SUPERUSER", scopes=("read", "write", "admin"))
    root.patch("/api/departments/1/", {"settings": {"step_timeout": 99}})
    assert [row["timeout"] for row in steps_of(api, number)] == [99]


def test_restoring_leaves_a_feature_in_its_folder(api, caller):
    root = caller("root@example.org", role="SUPERUSER")
    folder = root.post("/api/folders/", {"name": "Shop"}, status=201).json["folder_id"]
    number = api.create()["feature_id"]
    api.patch(f"/api/features/{number}/", {"folder_id": folder})
    assert restore(api, number, 1).json["data"]["folder_id"] == folder
    assert [row["folder_id"] for row in history_of(api, number).json] == [folder, folder, None]


def test_restoring_what_was_changed_in_the_meantime_is_a_conflict(api):
    """R-024."""
    number = api.create()["feature_id"]
    api.patch(f"/api/features/{number}/", {})
    assert restore(api, number, 1, {"version": 1}, status=409).json["code"] == "version_conflict"
    assert restore(api, number, 1, If_Match=f'"{number}-1"', status=409).json["code"] == "version_conflict"
    assert restore(api, number, 1, {"version": 2}, If_Match=f'"{number}-2"').json["data"]["version"] == 3
    assert len(history_of(api, number).json) == 3


def test_a_version_whose_application_is_gone_cannot_be_restored(api, caller):
    root = caller("root@example.org", role="SUPERUSER", scopes=("read", "write", "admin"))
    application = root.post("/api/applications/", {"app_name": "Old shop"}, status=201).json["app_id"]
    number = api.create(app_id=application)["feature_id"]
    api.patch(f"/api/features/{number}/", {"app_id": 1})
    root.delete(f"/api/applications/{application}/")
    assert restore(api, number, 1, status=400).json["code"] == "invalid_reference"


def test_foreign_features_and_unknown_versions_are_not_found(api, caller):
    """R-020."""
    number = api.create()["feature_id"]
    stranger = caller("eve@example.org", departments=("Other",))
    history_of(stranger, number, status=404)
    history_of(stranger, number, 1, status=404)
    restore(stranger, number, 1, status=404)
    history_of(api, number, 2, status=404)
    restore(api, number, 2, status=404)
    history_of(api, 999, status=404)


def test_reading_needs_view_feature_and_restoring_edit_feature(api, caller):
    """Contract: rest-api A3.2, as for the feature itself."""
    number = api.create()["feature_id"]
    reader = caller("reader@example.org", scopes=("read",))
    history_of(reader, number)
    assert restore(reader, number, 1, status=403).json["code"] == "scope_missing"


def kept(runtime, number):
    with runtime.reading() as session:
        query = select(FeatureVersion.version).where(FeatureVersion.feature_id == number)
        return session.scalars(query.order_by(FeatureVersion.version)).all()


def test_a_deleted_feature_has_no_history(runtime, api):
    number = api.create()["feature_id"]
    api.delete(f"/api/features/{number}/")
    assert kept(runtime, number) == []


def test_the_author_of_a_version_may_be_gone(runtime, api, caller):
    """Contract: rest-api A5: created_by and its like become null."""
    bob = caller("bob@example.org")
    number = bob.create()["feature_id"]
    root = caller("root@example.org", role="SUPERUSER", scopes=("read", "write", "admin"))
    root.delete(f"/api/accounts/{bob.account_id}/")
    (row,) = history_of(api, number).json
    assert (row["user"], row["user_id"], row["user_name"]) == (None, None, None)


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_the_oldest_versions_go_when_there_are_too_many(template, tmp_path, new_feature, limit):
    """The setting cometa.features.history_limit; the newest version is always kept."""
    shutil.copytree(template, tmp_path / "data")
    runtime = runtime_in(tmp_path / "data", ("accounts", "catalog", "features", "websteps"), **{LIMIT_KEY: str(limit)})
    with runtime.unit_of_work() as scope:
        account = ensure_account(scope, "ada@example.org", role="DEVOPS", departments=("Default",))
        scope.session.flush()
        member = identity_of(scope.session, runtime.permissions, account.id)
    with runtime.unit_of_work(member) as scope:
        number = store_feature(scope, new_feature()).id
        other = store_feature(scope, new_feature()).id
    for _ in range(5):
        with runtime.unit_of_work(member) as scope:
            change_feature(scope, visible_feature(scope, number, for_change=True), FeatureUpdate())
    assert kept(runtime, number) == list(range(7 - max(limit, 1), 7))
    assert kept(runtime, other) == [1]
    with runtime.reading() as session:
        assert session.scalar(select(func.count()).select_from(FeatureVersion)) == max(limit, 1) + 1
    runtime.close()


def test_patch_by_the_body_answers_not_found_before_it_checks_fields(api, caller):
    """Contract: rest-api A1.5."""
    number = api.create()["feature_id"]
    stranger = caller("eve@example.org", departments=("Other",))
    for client, named in ((stranger, number), (api, 999)):
        answer = client.patch("/api/features/", {"feature_id": named, "email_address": ["wrong"]}, status=404)
        assert answer.json["code"] == "not_found"
    for wrong in ("1", True, 0, -1, 10**18, 1.5, None, [1]):
        assert api.patch("/api/features/", {"feature_id": wrong}, status=422).json["fields"].keys() == {"feature_id"}


SAVING_ROUTES = {
    "path": lambda api, number, body, **asked: api.patch(f"/api/features/{number}/", body, **asked),
    "body": lambda api, number, body, **asked: api.patch("/api/features/", {"feature_id": number, **body}, **asked),
    "steps": lambda api, number, body, **asked: api.post(f"/steps/{number}/patch/", body, **asked),
    "restore": lambda api, number, body, **asked: restore(api, number, 1, body, **asked),
}


@pytest.mark.parametrize("route", SAVING_ROUTES)
def test_every_saving_route_minds_the_version(api, route):
    """R-024."""
    save, number = SAVING_ROUTES[route], api.create()["feature_id"]
    assert save(api, number, {"version": 2}, status=409).json["code"] == "version_conflict"
    assert save(api, number, {}, If_Match=f'"{number}-2"', status=409).json["code"] == "version_conflict"
    assert save(api, number, {}, If_Match="nonsense", status=409).json["code"] == "version_conflict"
    assert save(api, number, {"version": 1}, If_Match=f'W/"{number}-1"').json["data"]["version"] == 2
    assert save(api, number, {}, If_Match="*").json["data"]["version"] == 3
    assert save(api, number, {}).json["data"]["version"] == 4
