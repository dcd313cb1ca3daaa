"""Routes of steps."""

import pytest

FIELDS = {
    "id", "step_uuid", "feature_id", "step_name", "step_content", "step_keyword", "step_action", "enabled", "step_type",
    "screenshot", "compare", "belongs_to", "timeout", "continue_on_failure", "params", "max_diff", "ignore_regions",
}  # fmt: skip
OFF = {"step_content": "off", "enabled": False}


def call(number):
    return {"step_content": f'Run feature with id "{number}" before continuing'}


@pytest.fixture
def shop(api):
    """``Buy`` calls ``Log in``; both have a disabled step."""
    log_in = api.create(feature_name="Log in", steps_content=[{"step_content": "enter"}, OFF])["feature_id"]
    buy = api.create(feature_name="Buy", steps_content=[call(log_in), {"step_content": "buy"}, OFF])["feature_id"]
    return buy, log_in


def contents(response):
    return [(step["step_type"], step["step_content"]) for step in response.json]


def test_both_paths_list_the_steps_of_a_feature(api, shop):
    """R-134, R-135, R-139."""
    buy, log_in = shop
    listed = api.get(f"/steps/{buy}/")
    assert listed.json == api.get(f"/api/steps/{buy}/").json
    assert contents(listed) == [
        ("subfeature", call(log_in)["step_content"]), ("substep", "enter"), ("normal", "buy"), ("normal", "off"),
    ]  # fmt: skip
    assert listed.headers["X-Total-Count"] == "4"
    assert set(listed.json[0]) == FIELDS
    assert all(step["step_name"] == step["step_content"] and step["feature_id"] == buy for step in listed.json)
    assert [step["belongs_to"] for step in listed.json] == [buy, log_in, buy, buy]


def test_inlined_lists_are_paged_too(api, shop):
    """R-016, R-017."""
    page = api.get(f"/steps/{shop[0]}/?page=2&size=1")
    assert contents(page) == [("substep", "enter")]
    assert page.headers["X-Total-Count"] == "4"
    assert api.get(f"/steps/{shop[0]}/?page=5&size=1").json == []


def test_disabled_steps_and_calls_are_left_out_of_what_runs(api, shop):
    """R-138."""
    expected = [("substep", "enter"), ("normal", "buy")]
    assert contents(api.get(f"/getJson/{shop[0]}/")) == expected
    assert contents(api.get(f"/steps/{shop[0]}/?subSteps=true")) == expected


def test_the_steps_of_all_visible_features_are_listed_by_feature(api, caller, shop):
    """R-134."""
    root = caller("root@example.org", role="SUPERUSER", departments=("Default", "Other"))
    root.create(department_id=2, steps_content=[{"step_content": "hidden"}])
    buy, log_in = shop
    listed = api.get("/api/steps/")
    assert [(step["feature_id"], step["step_content"]) for step in listed.json] == [
        (log_in, "enter"), (log_in, "off"), (buy, call(log_in)["step_content"]), (buy, "buy"), (buy, "off"),
    ]  # fmt: skip
    assert listed.headers["X-Total-Count"] == "5"
    assert len(api.get(f"/api/steps/?feature_id={log_in}").json) == 2
    assert len(root.get("/api/steps/").json) == 6


def test_lists_of_steps_cost_the_same_queries_whatever_their_length(api, queries):
    def cost(path):
        queries.clear()
        api.get(path)
        return len(queries)

    number = api.create(steps_content=[{"step_content": "a"}])["feature_id"]
    paths = (f"/steps/{number}/", "/api/steps/")
    before = [cost(path) for path in paths]
    api.patch(f"/api/features/{number}/", {"steps_content": [{"step_content": str(each)} for each in range(30)]})
    api.create(steps_content=[{"step_content": "b"}])
    assert [cost(path) for path in paths] == before


def test_steps_without_a_timeout_show_that_of_the_department(api, caller):
    """Rest-api A4.4."""
    number = api.create(steps_content=[{"step_content": "a"}, {"step_content": "b", "timeout": 5}])["feature_id"]
    root = caller("root@example.org", role="SUPERUSER", scopes=("read", "write", "admin"))
    root.patch("/api/departments/1/", {"settings": {"step_timeout": 90}})
    assert [step["timeout"] for step in api.get(f"/steps/{number}/").json] == [90, 5]


def test_feature_and_steps_are_saved_together(api, shop):
    """R-137."""
    buy, _ = shop
    before = {step["step_content"]: step for step in api.get(f"/steps/{buy}/").json}
    body = {"feature_id": buy, "feature_name": "Sell", "steps": [{"step_content": "new"}, {"step_content": "buy"}]}
    saved = api.post(f"/steps/{buy}/patch/", body).json
    assert saved["success"] is True
    assert (saved["data"]["feature_name"], saved["data"]["version"]) == ("Sell", 2)
    assert [step["step_content"] for step in saved["steps"]] == ["new", "buy"]
    assert saved["steps"][1]["step_uuid"] == before["buy"]["step_uuid"]
    assert saved["steps"] == api.get(f"/steps/{buy}/").json


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"feature_id": 999, "feature_name": "x"}, 400, "id_mismatch"),
        ({"feature_name": "x", "steps": [{"step_content": "a", "timeout": 0}]}, 422, "validation_failed"),
        ({"feature_name": "x", "app_id": 99}, 400, "invalid_reference"),
        ({"feature_name": "x", "version": 9}, 409, "version_conflict"),
    ],
)
def test_of_a_refused_save_nothing_is_kept(api, shop, body, status, code):
    """R-022, R-137."""
    buy, _ = shop
    before = api.get(f"/api/features/{buy}/").json, api.get(f"/steps/{buy}/").json
    assert api.post(f"/steps/{buy}/patch/", body, status=status).json["code"] == code
    assert (api.get(f"/api/features/{buy}/").json, api.get(f"/steps/{buy}/").json) == before


def test_steps_are_found_by_the_exact_name_of_their_feature(api, shop):
    """R-140."""
    assert contents(api.get("/stepsByName/?feature_name=Log%20in")) == [("normal", "enter"), ("normal", "off")]
    assert contents(api.post("/stepsByName/", {"feature_name": "Log in", "department_id": 1}))[0] == ("normal", "enter")
    assert api.get("/stepsByName/?feature_name=log", status=404).json["code"] == "not_found"
    assert api.get("/stepsByName/", status=400).json["code"] == "missing_parameter"
    assert api.post("/stepsByName/", {"feature_name": "Log in", "x": 1}, status=422).json["code"] == "unknown_field"
    twin = api.create(feature_name="Log in")["feature_id"]
    answer = api.get("/stepsByName/?feature_name=Log in", status=409).json
    assert answer["code"] == "ambiguous_name"
    assert str(shop[1]) in answer["error"]
    assert str(twin) in answer["error"]


def test_steps_of_a_foreign_department_do_not_exist(caller, shop):
    """R-020, R-138."""
    eve = caller("eve@example.org", departments=("Other",))
    for path in (
        f"/steps/{shop[0]}/",
        f"/api/steps/{shop[0]}/",
        f"/getJson/{shop[0]}/",
        "/stepsByName/?feature_name=Buy",
    ):
        assert eve.get(path, status=404).json["code"] == "not_found"
    assert eve.post(f"/steps/{shop[0]}/patch/", {}, status=404).json["code"] == "not_found"
    assert eve.get("/api/steps/").json == []


def test_every_field_of_a_step_comes_back(api):
    sent = {
        "step_content": "a", "step_keyword": "*", "step_action": "# {comment}", "enabled": True, "screenshot": True,
        "compare": True, "timeout": 5, "continue_on_failure": True, "params": {"comment": "a"}, "max_diff": 12,
        "ignore_regions": [{"x": 1, "y": 2, "w": 3, "h": 4}],
    }  # fmt: skip
    number = api.create(steps_content=[sent, {**sent, "max_diff": "0.5%"}])["feature_id"]
    first, second = api.get(f"/steps/{number}/").json
    assert {name: first[name] for name in sent} == sent
    assert second["max_diff"] == "0.5%"
