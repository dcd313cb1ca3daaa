"""Schedules over HTTP.  Contract: rest-api A6.8, A6.14."""

import pytest
from sqlalchemy import text

A_FEATURE = {"feature_name": "Nightly", "app_id": 1, "environment_id": 1, "department_id": 1}
NONE = {
    "schedule": "", "timezone": None, "missed": "skip", "dst": "shift", "overlap": "allow", "owner": None,
    "state": "none", "last_fire": None, "next_runs": [], "active": True, "expires_at": None, "parameters": {},
    "obstacles": [],
}  # fmt: skip
REFUSED = ["0 0 * * * *", "*/0 * * * *", "5/10 * * * *", "0 0 L * *", "@reboot", "0 0 30 2 *", "0 0 15W * *",
           "0 0 * * 1#2", "0 0 ? * *", "60 * * * *", "0 5-1 * * *", "x"]  # fmt: skip


def test_a_schedule_shows_its_next_five_runs_across_a_change_of_the_clock(planner, api, create):
    """R-172."""
    planner.set_time("2026-02-20T10:00:00")
    feature_id = create(api)
    assert api.get(f"/schedule/{feature_id}/").json == NONE
    sent = {"schedule": "0 13 * * 1", "original_timezone": "America/New_York"}
    answer = api.post(f"/schedule/{feature_id}/", sent).json
    shown = api.get(f"/schedule/{feature_id}/").json
    assert answer == {"success": True, "data": shown}
    assert shown == {
        **NONE, "schedule": "0 13 * * 1", "timezone": "America/New_York", "owner": api.account_id, "state": "active",
        "next_runs": [f"2026-{day}:00:00.000000Z" for day in
                      ("02-23T18", "03-02T18", "03-09T17", "03-16T17", "03-23T17")],
        "obstacles": [{"reason": "no_worker", "text": "no worker was seen for 60 seconds"}],
    }  # fmt: skip


@pytest.mark.parametrize("cron", REFUSED)
def test_refused_texts_leave_the_old_schedule(api, create, cron):
    """R-176, X-140."""
    feature_id = create(api, schedule="@daily")
    for call in (api.post, api.patch):
        answer = call(f"/schedule/{feature_id}/", {"schedule": cron}, status=422)
        assert answer.json["code"] == "invalid_cron"
        assert answer.json["error"].startswith("Schedule was not saved")
    assert api.get(f"/schedule/{feature_id}/").json["schedule"] == "@daily"


def test_an_unknown_zone_leaves_the_old_schedule(api, create):
    """R-176."""
    feature_id = create(api, schedule="@daily")
    answer = api.patch(f"/schedule/{feature_id}/", {"timezone": "Europe/Atlantis"}, status=422)
    assert answer.json["code"] == "invalid_timezone"
    assert api.get(f"/schedule/{feature_id}/").json["timezone"] == "UTC"


def test_a_change_keeps_what_was_not_sent(api, create):
    """Contract: rest-api A6.14."""
    feature_id = create(api)
    api.post(f"/schedule/{feature_id}/", {"schedule": "5 4 * * *", "timezone": "Asia/Kolkata", "missed": "once"})
    changed = api.patch(f"/schedule/{feature_id}/", {"overlap": "skip"}).json["data"]
    assert (changed["schedule"], changed["timezone"]) == ("5 4 * * *", "Asia/Kolkata")
    assert (changed["missed"], changed["overlap"]) == ("once", "skip")


def test_an_empty_text_and_delete_remove(api, create):
    """R-177."""
    feature_id = create(api, schedule="@daily")
    path = f"/schedule/{feature_id}/"
    assert api.post(path, {"schedule": ""}).json["data"] == NONE
    api.post(path, {"schedule": "@weekly"})
    assert api.call("DELETE", path).json["data"] == NONE
    api.post(path, {"schedule": "@weekly"})
    assert api.get(f"{path}?schedule=").json["data"] == NONE
    assert api.get(path).json == NONE


def test_a_get_with_the_parameter_sets_and_needs_the_right_to(planner, api, create):
    """R-177, R-027.  Contract: rest-api A1.7, A3.2."""
    feature_id = create(api)
    assert api.get(f"/schedule/{feature_id}/?schedule=@daily").json["data"]["schedule"] == "@daily"
    reader = planner.caller("reader", scopes=("read",))
    assert reader.get(f"/schedule/{feature_id}/").json["schedule"] == "@daily"
    assert reader.get(f"/schedule/{feature_id}/?schedule=", status=403).json["code"] == "scope_missing"


def test_foreign_features_are_not_found(planner, api, create):
    feature_id = create(api)
    stranger = planner.caller("eve", departments=("Elsewhere",))
    stranger.get(f"/schedule/{feature_id}/", status=404)
    stranger.post(f"/schedule/{feature_id}/", {"schedule": "@daily"}, status=404)
    stranger.get(f"/schedule/{feature_id}/fires/", status=404)


def test_features_show_and_save_their_schedule(api, create):
    """Contract: rest-api A4.3, A6.8."""
    feature_id = create(api, schedule="0 3 * * *", timezone="Europe/Berlin")
    shown = api.get(f"/api/features/{feature_id}/").json
    assert (shown["schedule"], shown["original_cron"]) == ("0 3 * * *",) * 2
    assert shown["original_timezone"] == "Europe/Berlin"
    changed = api.patch(f"/api/features/{feature_id}/", {"schedule": ""}).json["data"]
    assert (changed["schedule"], changed["original_timezone"]) == ("", "")


def test_saving_a_feature_as_it_is_leaves_the_owner(planner, api, create):
    feature_id = create(api, schedule="0 3 * * *")
    bob = planner.caller("bob")
    bob.patch(f"/api/features/{feature_id}/", {"schedule": "0 3 * * *", "original_timezone": "UTC"})
    assert api.get(f"/schedule/{feature_id}/").json["owner"] == api.account_id


def test_a_feature_with_an_invalid_schedule_does_not_come_to_be(api):
    """R-125."""
    refused = api.post("/api/features/", {**A_FEATURE, "schedule": "x"}, status=422)
    assert (refused.json["code"], refused.json["error"][:22]) == ("invalid_cron", "Schedule was not saved")
    assert api.get("/api/features/").json == []


def test_a_feature_whose_schedule_cannot_be_stored_does_not_come_to_be(planner, api):
    """R-125."""
    with planner.runtime.engine.begin() as connection:
        connection.execute(text("ALTER TABLE schedules_schedule RENAME TO elsewhere"))
        connection.execute(text("CREATE TABLE schedules_schedule AS SELECT * FROM elsewhere"))
        connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON schedules_schedule BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        )
    refused = api.post("/api/features/", {**A_FEATURE, "schedule": "@daily"}, status=500)
    assert (refused.json["code"], refused.json["Error"]) == ("schedule_not_saved", "Schedule was not saved")
    assert api.get("/api/features/").json == []
