"""Applications and environments through the API."""

import sqlite3

import pytest

RESOURCES = [("applications", "app_name", "app_id"), ("environments", "environment_name", "environment_id")]


@pytest.fixture(params=RESOURCES, ids=lambda resource: resource[0])
def resource(request):
    return request.param


def refusal(response):
    return response.status_int, response.json["code"]


def test_a_new_application_has_a_slug(root):
    """R-084."""
    made = root.post("/api/applications/", {"app_name": "App 1"}, status=201).json
    assert set(made) == {"app_id", "app_name", "slug", "created_on"}
    assert (made["app_name"], made["slug"]) == ("App 1", "app-1")


def test_lists_are_by_name(root, resource):
    path, field, _key = resource
    for name in ("zebra", "Ada"):
        root.post(f"/api/{path}/", {field: name}, status=201)
    names = [row[field] for row in root.get(f"/api/{path}/").json]
    assert names == sorted(names)


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a/b", "a\\b", "..", ".", "a\nb", None, 7])
def test_names_follow_the_rule(root, resource, name):
    """R-085, R-087."""
    path, field, _key = resource
    refused = root.post(f"/api/{path}/", {field: name}, status=422)
    assert list(refused.json["fields"]) == [field]


def test_an_existing_name_in_other_case_is_refused(root, resource):
    """R-085, R-087."""
    path, field, key = resource
    root.post(f"/api/{path}/", {field: "Unique"}, status=201)
    assert refusal(root.post(f"/api/{path}/", {field: "uNIQUE"}, status=409)) == (409, "duplicate_name")
    row = root.post(f"/api/{path}/", {field: "Straße Ä"}, status=201).json
    assert refusal(root.post(f"/api/{path}/", {field: "STRASSE ä"}, status=409)) == (409, "duplicate_name")
    assert root.patch(f"/api/{path}/{row[key]}/", {field: "straße ä"}).json["data"][field] == "straße ä"


def test_names_are_trimmed(root, resource):
    path, field, _key = resource
    assert root.post(f"/api/{path}/", {field: "  Trimmed  "}, status=201).json[field] == "Trimmed"


def test_changes_need_their_flags(root, member, resource):
    """R-086."""
    path, field, key = resource
    row = root.post(f"/api/{path}/", {field: "Guarded"}, status=201).json
    one = f"/api/{path}/{row[key]}/"
    for method, body in (("PATCH", {field: "Other"}), ("DELETE", None)):
        response = member.call(method, one, body, status=403)
        assert response.json["code"] == "permission_missing"
    assert member.get(one).json[field] == "Guarded"


def test_a_rename_shows_at_once_in_features(root, member, resource):
    """R-023."""
    path, field, key = resource
    row = root.post(f"/api/{path}/", {field: f"Before {path}"}, status=201).json
    ids = {"app_id": 1, "environment_id": 1, key: row[key]}
    feature = member.post("/api/features/", {"feature_name": "F", "department_id": 1, **ids}, status=201).json
    data = root.patch(f"/api/{path}/{row[key]}/", {field: f"After {path}"}).json["data"]
    assert data[field] == f"After {path}"
    assert member.get(f"/api/features/{feature['feature_id']}/").json[field] == f"After {path}"


def test_a_used_row_cannot_be_deleted(root, member, resource):
    """R-086, R-087."""
    path, field, key = resource
    row = root.post(f"/api/{path}/", {field: f"Used {path}"}, status=201).json
    ids = {"app_id": 1, "environment_id": 1, key: row[key]}
    member.post("/api/features/", {"feature_name": "F", "department_id": 1, **ids}, status=201)
    assert refusal(root.delete(f"/api/{path}/{row[key]}/", status=409)) == (409, "in_use")


def test_an_unused_row_is_deleted(root, resource):
    path, field, key = resource
    row = root.post(f"/api/{path}/", {field: "Unused"}, status=201).json
    root.delete(f"/api/{path}/{row[key]}/")
    assert refusal(root.get(f"/api/{path}/{row[key]}/", status=404)) == (404, "not_found")


def test_an_unknown_key_is_named(root):
    """R-008."""
    refused = root.post("/api/applications/", {"app_name": "X", "colour": "red"}, status=422)
    assert (refused.json["code"], list(refused.json["fields"])) == ("unknown_field", ["colour"])


def test_reading_takes_no_write_lock(runtime, member):
    """A long write elsewhere must not hold up those who only read."""
    if runtime.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite has one writer at a time")
    writer = sqlite3.connect(runtime.engine.url.database, timeout=1, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert member.get("/api/applications/").status_int == 200
    finally:
        writer.execute("ROLLBACK")
        writer.close()
