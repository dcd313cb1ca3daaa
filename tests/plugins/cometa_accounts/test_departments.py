"""Departments through the API."""

import pytest


def refusal(response):
    return response.status_int, response.json["code"]


def test_members_list_their_own_and_superusers_all(root, member, caller):
    """R-091, R-092."""
    caller("outsider", departments=("Outside",))
    assert [row["department_name"] for row in member.get("/api/departments/").json] == ["Default"]
    assert "Outside" in [row["department_name"] for row in root.get("/api/departments/").json]
    assert "Outside" not in [row["department_name"] for row in root.get("/user/departments/").json]


def test_users_are_shown_only_with_the_flag(with_flags, root):
    """R-091."""
    seer = with_flags("seer", {"show_department_users"})
    (row,) = seer.get("/api/departments/").json
    assert seer.account_id in [user["user_id"] for user in row["users"]]
    assert seer.get("/api/departments/1/").json["users"] == row["users"]
    assert all("users" not in row for row in root.get("/api/departments/").json)


def test_all_departments_may_be_read_with_the_flag_but_not_changed(with_flags, caller):
    """R-091."""
    caller("remote", departments=("Remote",))
    reader = with_flags("reader-of-all", {"show_all_departments", "edit_department"})
    (row,) = [row for row in reader.get("/api/departments/").json if row["department_name"] == "Remote"]
    path = f"/api/departments/{row['department_id']}/"
    assert reader.get(path).json == row
    assert refusal(reader.patch(path, {"department_name": "Mine"}, status=404)) == (404, "not_found")


def test_the_creator_becomes_a_member(root):
    """R-093."""
    made = root.post("/api/departments/", {"department_name": "Fresh Team"}, status=201).json
    assert (made["department_name"], made["slug"], made["files"]) == ("Fresh Team", "fresh-team", [])
    assert made["settings"]["step_timeout"] == 60
    assert "Fresh Team" in [row["department_name"] for row in root.get("/user/departments/").json]


def test_a_foreign_department_does_not_exist(member, caller, root):
    """R-020."""
    caller("hidden", departments=("Hidden",))
    (row,) = [row for row in root.get("/api/departments/").json if row["department_name"] == "Hidden"]
    assert refusal(member.get(f"/api/departments/{row['department_id']}/", status=404)) == (404, "not_found")
    assert refusal(member.get("/api/departments/999999/", status=404)) == (404, "not_found")


def test_names_are_unique_whatever_the_case_and_slugs_get_a_suffix(root):
    root.post("/api/departments/", {"department_name": "Twice"}, status=201)
    refused = root.post("/api/departments/", {"department_name": "tWICE"}, status=409)
    assert refused.json["code"] == "duplicate_name"
    made = root.post("/api/departments/", {"department_name": "Twice!"}, status=201).json
    assert made["slug"] == "twice-2"
    root.post("/api/departments/", {"department_name": "ÄRZTE"}, status=201)
    refused = root.post("/api/departments/", {"department_name": "ärzte"}, status=409)
    assert refused.json["code"] == "duplicate_name"


def test_slugs_of_long_names_fit(root):
    """A name of 100 letters may have a slug of 600."""
    made = [root.post("/api/departments/", {"department_name": "创" * 99 + last}, status=201).json for last in "建新"]
    assert all(len(row["slug"]) <= 110 for row in made)


@pytest.mark.parametrize(
    "settings", [{"step_timeout": 0}, {"step_timeout": 7206}, {"max_parallel": -1}, {"queue_name": "x" * 101}]
)
def test_settings_have_limits(root, settings):
    body = {"department_name": "Limits", "settings": settings}
    refused = root.post("/api/departments/", body, status=422)
    assert list(refused.json["fields"]) == [f"settings.{next(iter(settings))}"]


def test_settings_are_not_larger_than_64_kib(root):
    body = {"department_name": "Large", "settings": {"note": "x" * 65536}}
    assert list(root.post("/api/departments/", body, status=422).json["fields"]) == ["settings"]


def test_settings_keep_keys_without_a_meaning_and_are_replaced_whole(root):
    made = root.post("/api/departments/", {"department_name": "Kept", "settings": {"colour": "red"}}, status=201).json
    assert made["settings"]["colour"] == "red"
    path = f"/api/departments/{made['department_id']}/"
    data = root.patch(path, {"settings": {"step_timeout": 90}}).json["data"]
    assert data["settings"]["step_timeout"] == 90
    assert "colour" not in data["settings"]


def test_a_department_with_features_and_the_first_one_cannot_be_deleted(root):
    """R-094."""
    made = root.post("/api/departments/", {"department_name": "Busy"}, status=201).json
    key = made["department_id"]
    body = {"feature_name": "Stays", "app_id": 1, "environment_id": 1, "department_id": key}
    root.post("/api/features/", body, status=201)
    assert refusal(root.delete(f"/api/departments/{key}/", status=409)) == (409, "in_use")
    assert refusal(root.delete("/api/departments/1/", status=409)) == (409, "protected")


def test_an_empty_department_is_deleted_with_its_memberships(root):
    made = root.post("/api/departments/", {"department_name": "Gone"}, status=201).json
    root.delete(f"/api/departments/{made['department_id']}/")
    assert "Gone" not in [row["department_name"] for row in root.get("/user/departments/").json]
    root.get(f"/api/departments/{made['department_id']}/", status=404)


def test_superusers_see_features_of_all_departments_and_others_those_of_their_own(root, member, caller):
    """R-052."""
    stranger = caller("stranger", departments=("Far away",))
    department = stranger.get("/user/departments/").json[0]["department_id"]
    body = {"feature_name": "Far", "app_id": 1, "environment_id": 1, "department_id": department}
    feature = stranger.post("/api/features/", body, status=201).json["feature_id"]
    path = f"/api/features/{feature}/"
    assert root.get(path).json["feature_id"] == feature
    assert refusal(member.get(path, status=404)) == (404, "not_found")
    listed = [[row["feature_id"] for row in reader.get("/api/features/").json] for reader in (root, member)]
    assert [feature in ids for ids in listed] == [True, False]
