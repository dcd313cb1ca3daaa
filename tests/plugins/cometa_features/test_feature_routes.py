"""Routes of features."""

import re

import pytest

SPEC = {"browser": "chrome", "browser_version": "latest", "os": "Generic", "os_version": "Selenium", "device": None,
        "real_mobile": False, "cloud": "local"}  # fmt: skip
DOCUMENTED = {
    "feature_name": "Buy a book", "app_id": 1, "app_name": "ignored", "environment_id": 1,
    "environment_name": "ignored", "department_id": 1, "department_name": "ignored",
    "description": "happy path", "browsers": [SPEC],
    "steps_content": [{"step_keyword": "Given", "step_content": 'Goto URL "$shop"', "screenshot": True}],
    "schedule": "", "depends_on_other": False, "send_mail": False, "email_address": [], "video": True,
    "browser_name": "x", "browser_code": "y", "wait": 3, "last_edited": 9, "steps": 12, "unheard_of": {"a": 1},
}  # fmt: skip
FIELDS = {
    "feature_id", "version", "feature_name", "slug", "description", "app_id", "app_name", "environment_id",
    "environment_name", "department_id", "department_name", "folder_id", "steps", "browsers", "mobiles", "cloud",
    "schedule", "original_cron", "original_timezone", "video", "network_logging", "generate_dataset",
    "continue_on_failure", "need_help", "depends_on_others", "depends_on_other", "send_mail", "send_mail_on_error",
    "attach_pdf_report_to_email", "do_not_use_default_template", "check_maximum_notification_on_error",
    "maximum_notification_on_error", "number_notification_sent", "email_address", "email_cc_address",
    "email_bcc_address", "email_subject", "email_body", "send_telegram_notification", "telegram_options", "screenshot",
    "compare", "is_feature_file_being_created", "created_on", "created_by", "last_edited_date", "last_edited", "info",
}  # fmt: skip


def refused(response):
    body = response.json
    assert body["success"] is False
    assert ("fields" in body) <= (response.status_int in {400, 422})
    return body


def test_the_documented_body_creates_a_feature_with_its_steps_in_order(api):
    """R-009, R-013, R-014, R-122, R-127."""
    steps = [{"step_content": name} for name in "abc"]
    created = api.post("/api/features/", {**DOCUMENTED, "steps_content": steps}, status=201).json
    assert created["browsers"] == [SPEC]
    assert (created["app_name"], created["environment_name"], created["department_name"]) == ("Default",) * 3
    assert (created["version"], created["steps"], created["description"]) == (1, 3, "happy path")
    assert "error" not in created
    listed = api.get(f"/steps/{created['feature_id']}/").json
    assert [step["step_content"] for step in listed] == ["a", "b", "c"]


def test_a_feature_has_exactly_the_fields_of_the_contract_with_their_defaults(api):
    """R-010, R-121."""
    created = api.create()
    assert set(created) == FIELDS
    assert created["video"] is created["attach_pdf_report_to_email"] is True
    assert (created["cloud"], created["browsers"], created["folder_id"], created["info"]) == ("local", [], None, None)
    assert (created["screenshot"], created["compare"], created["schedule"], created["original_cron"]) == ("",) * 4
    assert created["created_by"] == {"user_id": api.account_id, "name": "ada", "email": "ada@example.org"}
    for name in ("created_on", "last_edited_date"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", created[name])


def test_the_list_holds_visible_features_in_pages(api, caller):
    """R-015, R-016, R-017, R-121."""
    numbers = [api.create(feature_name=name)["feature_id"] for name in ("Buy", "Sell", "Swap")]
    caller("eve@example.org", role="SUPERUSER", departments=("Other",)).create(department_id=2, feature_name="Hidden")
    whole = api.get("/api/features/")
    assert [feature["feature_id"] for feature in whole.json] == numbers
    assert whole.headers["X-Total-Count"] == "3"
    page = api.get("/backend/api/features?page=2&size=1&department_id=1")
    assert [feature["feature_name"] for feature in page.json] == ["Sell"]
    assert '</backend/api/features?department_id=1&page=3&size=1>; rel="next"' in page.headers["Link"]
    assert api.get("/api/features/?page=9&size=1").json == []
    for query in ("size=0", "size=5001", "page=x", "app_id=x", "department_id=99999999999999999999"):
        assert refused(api.get(f"/api/features/?{query}", status=400))["code"] == "invalid_query"


@pytest.mark.parametrize(
    ("query", "names"),
    [("search=bUY", ["Buy a book"]), ("search=%25", ["100% sure"]), ("search=_", []), ("app_id=9", []),
     ("app_id=1", ["Buy a book", "100% sure"]), ("environment_id=1&department_id=1&search=book", ["Buy a book"])],
)  # fmt: skip
def test_the_list_is_narrowed_by_department_application_environment_and_name(api, query, names):
    api.create(feature_name="Buy a book")
    api.create(feature_name="100% sure")
    assert [feature["feature_name"] for feature in api.get(f"/api/features/?{query}").json] == names


def test_a_list_costs_the_same_queries_whatever_its_length(api, queries):
    api.create()
    queries.clear()
    api.get("/api/features/")
    few = len(queries)
    for number in range(6):
        api.create(feature_name=f"F{number}")
    queries.clear()
    assert len(api.get("/api/features/").json) == 7
    assert len(queries) == few


def test_names_of_other_objects_are_those_of_now(api, caller):
    """R-023."""
    number = api.create()["feature_id"]
    root = caller("root@example.org", role="SUPERUSER", scopes=("read", "write", "admin"))
    root.patch("/api/applications/1/", {"app_name": "Shop"})
    assert api.get(f"/api/features/{number}/").json["app_name"] == "Shop"


def test_one_feature_comes_with_the_tag_of_its_version(api):
    """Rest-api A1.6."""
    number = api.create()["feature_id"]
    assert api.get(f"/api/features/{number}/").headers["ETag"] == f'"{number}-1"'
    changed = api.patch(f"/api/features/{number}/", {"need_help": True}, If_Match=f'"{number}-1"').json
    assert changed["success"] is True
    assert changed["data"]["version"] == 2
    conflict = refused(api.patch(f"/api/features/{number}/", {}, If_Match=f'"{number}-1"', status=409))
    assert conflict["code"] == "version_conflict"
    assert refused(api.patch(f"/api/features/{number}/", {"version": 1}, status=409))["code"] == "version_conflict"
    assert api.patch(f"/api/features/{number}/", {}).json["data"]["version"] == 3


def test_a_feature_is_changed_by_path_or_by_the_id_in_the_body(api):
    """R-128."""
    number = api.create(description="old")["feature_id"]
    assert (
        api.patch("/api/features/", {"feature_id": number, "feature_name": "Sell"}).json["data"]["description"] == "old"
    )
    assert api.get(f"/api/features/{number}/").json["feature_name"] == "Sell"
    assert refused(api.patch("/api/features/", {"feature_name": "x"}, status=422))["fields"] == {
        "feature_id": ["is required"]
    }
    assert refused(api.patch("/api/features/", {"feature_id": 999}, status=404))["code"] == "not_found"
    answer = refused(api.patch(f"/api/features/{number}/", {"feature_id": number + 1}, status=400))
    assert answer["code"] == "id_mismatch"


@pytest.mark.parametrize(
    ("field", "model"), [("app_id", "Application"), ("environment_id", "Environment"), ("department_id", "Department")]
)
def test_unknown_references_of_a_new_feature_have_the_documented_sentence_twice(api, field, model):
    """R-018, R-123, R-124."""
    answer = refused(api.post("/api/features/", {**DOCUMENTED, field: 99}, status=400))
    assert answer["error"] == answer["Error"] == f"Invalid {field} , not found in {model} model"
    assert answer["code"] == "invalid_reference"
    assert answer["fields"] == {field: ["unknown id 99"]}
    assert api.get("/api/features/").json == []


def test_only_refusals_of_new_features_have_the_second_key(api):
    """R-018."""
    number = api.create()["feature_id"]
    assert "Error" not in refused(api.patch(f"/api/features/{number}/", {"app_id": 99}, status=400))
    for body, status in [({}, 422), ([], 400)]:
        answer = refused(api.post("/backend/api/features", body, status=status))
        assert answer["Error"] == answer["error"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        (
            {"steps_content": [{"step_content": "a"}, {"step_content": "b", "timeout": 7201}]},
            "steps_content[1].timeout",
        ),
        ({"email_address": ["a@example.org", "nonsense"]}, "email_address[1]"),
        ({"schedule": "* * * * *"}, "schedule"),
    ],
)
def test_refused_fields_are_named_by_their_path_and_nothing_is_stored(api, fields, path):
    """R-022, R-125, R-132, R-133."""
    answer = refused(api.post("/api/features/", {**DOCUMENTED, **fields}, status=422))
    assert path in answer["fields"]
    assert api.get("/api/features/").json == []


def test_values_at_their_limits_are_kept(api):
    """R-132."""
    steps = [{"step_name": "x" * 10_000, "timeout": 1, "compare": True}, {"step_content": "a\nb", "timeout": 7200}]
    fields = {"feature_name": f" {'n' * 255} ", "email_address": [" a@example.org ", "", " "], "steps": steps}
    created = api.create(**fields)
    assert created["feature_name"] == "n" * 255
    assert created["email_address"] == ["a@example.org"]
    first, second = api.get(f"/steps/{created['feature_id']}/").json
    assert (first["step_name"], first["screenshot"], first["timeout"]) == ("x" * 10_000, True, 1)
    assert (second["step_content"], second["timeout"]) == ("a\nb", 7200)


@pytest.mark.parametrize(
    "sent",
    [
        {"steps": [{"step_content": "a"}]},
        {"steps": {"steps_content": [{"step_content": "a"}]}},
        {"steps_content": [{"step_content": "a"}], "steps": 5},
    ],
)
def test_the_step_list_is_taken_from_each_of_its_places(api, sent):
    """R-127."""
    number = api.create(**sent)["feature_id"]
    assert [step["step_content"] for step in api.get(f"/steps/{number}/").json] == ["a"]
    assert api.patch(f"/api/features/{number}/", {"steps": 9}).json["data"]["steps"] == 1


@pytest.mark.parametrize("name", ["depends_on_other", "depends_on_others"])
def test_both_names_of_depends_on_others_are_accepted_and_shown(api, name):
    """R-126."""
    created = api.create(**{name: True})
    assert created["depends_on_other"] is created["depends_on_others"] is True
    assert api.patch(f"/api/features/{created['feature_id']}/", {name: False}).json["data"]["depends_on_other"] is False


def test_without_browsers_the_spec_of_the_named_row_is_taken(api, caller):
    root = caller("root@example.org", role="SUPERUSER", scopes=("read", "write", "admin"))
    browser = root.post("/api/browsers/", {"browser_json": SPEC}, status=201).json
    created = api.create(browser_id=browser["browser_id"])
    assert created["browsers"][0]["browser"] == "chrome"
    assert api.create(browser_id=browser["browser_id"], browsers=[])["browsers"] == []


def test_a_cycle_of_features_is_a_conflict_and_changes_nothing(api):
    """R-022, R-139."""
    number = api.create(feature_name="Buy", steps_content=[{"step_content": "a"}])["feature_id"]
    call = {"step_content": f'Run feature with id "{number}" before continuing'}
    answer = refused(
        api.patch(f"/api/features/{number}/", {"feature_name": "New", "steps_content": [call]}, status=409)
    )
    assert answer["code"] == "feature_cycle"
    assert api.get(f"/api/features/{number}/").json["feature_name"] == "Buy"
    assert [step["step_content"] for step in api.get(f"/steps/{number}/").json] == ["a"]


def test_rights_follow_flags_scopes_and_departments(api, caller, app):
    """R-020, R-021, R-029, R-129."""
    number = api.create()["feature_id"]
    path = f"/api/features/{number}/"
    eve = caller("eve@example.org", departments=("Other",))
    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        foreign = refused(eve.call(method, path, body, status=404))
        unknown = refused(eve.call(method, "/api/features/999999/", body, status=404))
        assert foreign["code"] == unknown["code"] == "not_found"
    reader = caller("bob@example.org", scopes=("read",))
    assert refused(reader.patch(path, {}, status=403))["code"] == "scope_missing"
    assert refused(reader.post("/api/features/", {}, status=403))["code"] == "scope_missing"
    app.get(path, status=401)


def test_the_creator_deletes_and_another_account_needs_the_flag(api, caller):
    """R-130."""
    number = api.create(steps_content=[{"step_content": "a"}])["feature_id"]
    path = f"/api/features/{number}/"
    bob = caller("bob@example.org")
    assert refused(bob.call("DELETE", path, status=403))["code"] == "permission_missing"
    assert api.call("DELETE", path).json == {"success": True}
    api.get(path, status=404)
    api.get(f"/steps/{number}/", status=404)
    other = bob.create()["feature_id"]
    assert caller("root@example.org", role="SUPERUSER").call("DELETE", f"/api/features/{other}/").json["success"]


def test_what_features_use_cannot_be_deleted(api, caller):
    """R-086, R-087."""
    root = caller("root@example.org", role="SUPERUSER", scopes=("read", "write", "admin"))
    used = root.post("/api/applications/", {"app_name": "Shop"}, status=201).json["app_id"]
    number = api.create(app_id=used)["feature_id"]
    assert refused(root.call("DELETE", f"/api/applications/{used}/", status=409))["code"] == "in_use"
    api.call("DELETE", f"/api/features/{number}/")
    assert root.call("DELETE", f"/api/applications/{used}/").json["success"]
