"""Variables are set, read, changed and deleted by those who may, in departments that they see."""

import pytest
from sqlalchemy import select

from cometa_accounts.api import Role
from cometa_core.db.tables import AuditRecord, Event
from cometa_variables.ciphers import ciphers
from cometa_variables.models import Variable

BOTH = pytest.mark.parametrize("runtime", ["sqlite", "postgresql"], indirect=True)


def stored(runtime, name):
    with runtime.reading() as session:
        return session.scalars(select(Variable.value).where(Variable.name == name)).one()


@BOTH
def test_variables_are_set_and_answered_in_sent_order(api, entry):
    """R-013, R-166."""
    first = api.set(entry("shop", "https://shop.test"), entry("kept", "1"))
    second = api.set(entry("zebra", "z"), entry("shop", "https://new.test"), entry("ant", "a", based="department"))
    assert [row["variable_name"] for row in second] == ["zebra", "shop", "ant"]
    assert second[1]["id"] == first[0]["id"]
    assert api.values() == {"shop": "https://new.test", "kept": "1", "zebra": "z"}
    shown = {key: value for key, value in second[1].items() if key not in {"created_on", "updated_on"}}
    assert shown == {
        "id": first[0]["id"], "department": 1, "department_name": "Default", "environment": 2,
        "environment_name": "QA", "feature": None, "feature_name": None, "variable_name": "shop",
        "variable_value": "https://new.test", "encrypted": False, "based": "environment", "in_use": [],
        "created_by": api.account_id, "created_by_name": first[0]["created_by_name"], "updated_by": api.account_id,
        "updated_by_name": first[0]["created_by_name"],
    }  # fmt: skip
    assert (second[2]["environment"], second[2]["environment_name"]) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"variable_name": "1st", "variable_value": "x"}, "variables[1].variable_name"),
        ({"variable_name": "a b", "variable_value": "x"}, "variables[1].variable_name"),
        ({"variable_name": "n" * 101, "variable_value": "x"}, "variables[1].variable_name"),
        ({"variable_name": "long", "variable_value": "x" * 65_537}, "variables[1].variable_value"),
        ({"variable_name": "none"}, "variables[1].variable_value"),
        ({"variable_name": "good", "variable_value": "again"}, "variables[1].variable_name"),
        ({"variable_name": "f", "variable_value": "x", "based": "feature"}, "variables[1].feature_id"),
        (
            {"variable_name": "f", "variable_value": "x", "based": "feature", "feature_id": 99},
            "variables[1].feature_id",
        ),
        ({"variable_name": "f", "variable_value": "x", "feature_id": 1}, "variables[1].feature_id"),
        ({"variable_name": "f", "variable_value": "x", "based": "site"}, "variables[1].based"),
        ({"variable_name": "f", "variable_value": "x", "colour": "red"}, "variables[1].colour"),
    ],
)
def test_one_wrong_variable_stores_none(api, entry, wrong, field):
    """R-166."""
    refused = api.set(entry("good", "1"), wrong, status=422)
    assert list(refused["fields"]) == [field]
    assert api.values() == {}


def test_department_and_environment_must_be_there(api, entry, other_department):
    """rest-api A6.13."""
    assert list(api.set(entry("a", "1"), environment="Nowhere", status=422)["fields"]) == ["environment_name"]
    for number in (99, other_department):
        assert list(api.set(entry("a", "1"), department_id=number, status=422)["fields"]) == ["department_id"]
    assert list(
        api.post("/api/variables/", {"environment_name": "QA", "variables": []}, status=422).json["fields"]
    ) == ["variables"]


def test_five_hundred_variables_are_set_at_once(api, entry):
    """R-166: with few statements."""
    names = [f"name_{number:03}" for number in range(500)]
    assert [row["variable_name"] for row in api.set(*(entry(name, "x") for name in names))] == names
    page = api.get("/api/variables/?size=2&page=3")
    assert [row["variable_name"] for row in page.json] == names[4:6]
    assert page.headers["X-Total-Count"] == "500"


def test_the_list_of_an_environment_has_its_own_rows_of_visible_departments(api, root, entry, other_department):
    """R-165, R-052."""
    api.set(entry("b", "2"), entry("a", "1"), entry("wide", "w", based="department"))
    api.set(entry("elsewhere", "e"), environment="Default")
    root.set(entry("foreign", "f"), department_id=other_department)
    assert list(api.values()) == ["a", "b"]
    assert list(root.values()) == ["a", "b", "foreign"]
    assert list(root.values(f"/api/variables/QA/?department_id={other_department}")) == ["foreign"]
    assert api.values(f"/api/variables/QA/?department_id={other_department}") == {}
    assert api.get("/api/variables/qa/", status=404).json["code"] == "not_found"


def test_an_environment_may_have_a_number_for_a_name(root, entry):
    root.post("/api/environments/", {"environment_name": "7"}, status=201)
    root.set(entry("a", "1"), environment="7")
    assert root.values("/api/variables/7/") == {"a": "1"}


def test_the_list_of_all_variables_is_filtered(api, entry):
    number = api.feature()
    api.set(entry("a", "1"), entry("b", "2", based="department"), entry("c", "3", based="feature", feature_id=number))
    assert list(api.values("/api/variables/")) == ["a", "b", "c"]
    assert list(api.values("/api/variables/?based=department")) == ["b"]
    assert list(api.values("/api/variables/?environment_id=2")) == ["a", "c"]
    assert list(api.values(f"/api/variables/?feature_id={number}&department_id=1")) == ["c"]
    assert api.get("/api/variables/?based=site", status=400).json["code"] == "invalid_query"


@BOTH
def test_effective_values_follow_feature_then_environment_then_department(api, entry):
    """R-169."""
    number = api.feature()
    api.set(entry("a", "department", based="department"), entry("b", "department", based="department"),
            entry("c", "department", based="department"), entry("b", "environment"), entry("c", "environment"),
            entry("c", "feature", based="feature", feature_id=number))  # fmt: skip
    api.set(entry("a", "other environment"), environment="Default")
    expected = {"a": "department", "b": "environment", "c": "environment"}
    assert api.values("/api/variables/QA/?effective=true&department_id=1") == expected
    with_feature = f"/api/variables/QA/?effective=true&department_id=1&feature_id={number}"
    assert api.values(with_feature) == {**expected, "c": "feature"}
    assert api.get("/api/variables/QA/?effective=true", status=400).json["code"] == "missing_parameter"


def test_an_encrypted_value_is_stored_as_ciphertext_and_shown_to_nobody(runtime, api, root, entry):
    """R-167."""
    (row,) = api.set(entry("password", "s3cr3t-word", encrypted=True))
    assert (row["variable_value"], row["encrypted"]) == (None, True)
    assert stored(runtime, "password").startswith("cmt1:")
    assert ciphers(runtime).open(stored(runtime, "password")) == "s3cr3t-word"
    for client in (api, root):
        for path in ("/api/variables/", "/api/variables/QA/", "/api/variables/QA/?effective=true&department_id=1"):
            assert client.values(path) == {"password": None}
    changed = api.patch(f"/api/variables/{row['id']}/", {"variable_value": "new-secret"}).json["data"]
    assert (changed["variable_value"], changed["encrypted"]) == (None, True)
    assert ciphers(runtime).open(stored(runtime, "password")) == "new-secret"
    with runtime.reading() as session:
        kept = [str(found.changes) for found in session.scalars(select(AuditRecord))]
        kept += [str(found.data) for found in session.scalars(select(Event))]
    assert not any("s3cr3t-word" in text or "new-secret" in text or "cmt1:" in text for text in kept)


def test_a_sent_ciphertext_is_stored_as_it_is(runtime, api, entry):
    """R-167."""
    for name, text in (("new", ciphers(runtime).seal("x")), ("old", "U2FsdGVkX18BAgMEBQYHCEjEiV4/T76mYoBn31P8xng=")):
        (row,) = api.set(entry(name, text, encrypted=True))
        assert (row["encrypted"], row["variable_value"], stored(runtime, name)) == (True, None, text)
        (row,) = api.set(entry(f"{name}_without_flag", text))
        assert (row["encrypted"], stored(runtime, f"{name}_without_flag")) == (True, text)


def test_a_flag_that_is_not_sent_stays(runtime, api, entry):
    """rest-api A6.13."""
    api.set(entry("password", "one", encrypted=True))
    (row,) = api.set(entry("password", "two"))
    assert (row["encrypted"], ciphers(runtime).open(stored(runtime, "password"))) == (True, "two")
    kept = stored(runtime, "password")
    api.set({"variable_name": "password"})
    assert stored(runtime, "password") == kept


def test_turning_encryption_off_needs_a_new_value(api, entry):
    """R-168."""
    (row,) = api.set(entry("password", "one", encrypted=True))
    refused = api.set({"variable_name": "password", "encrypted": False}, status=422)
    assert list(refused["fields"]) == ["variables[0].variable_value"]
    path = f"/api/variables/{row['id']}/"
    assert list(api.patch(path, {"encrypted": False}, status=422).json["fields"]) == ["variable_value"]
    assert api.patch(path, {"encrypted": False, "variable_value": "open"}).json["data"]["variable_value"] == "open"


def test_turning_encryption_on_seals_the_stored_value(runtime, api, entry):
    (row,) = api.set(entry("password", "one"))
    assert api.patch(f"/api/variables/{row['id']}/", {"encrypted": True}).json["data"]["variable_value"] is None
    assert ciphers(runtime).open(stored(runtime, "password")) == "one"


@BOTH
def test_two_variables_never_have_one_key(api, entry):
    """R-171."""
    one, other = api.set(entry("a", "1", based="department"), entry("b", "2", based="department"))
    refused = api.patch(f"/api/variables/{other['id']}/", {"variable_name": "a"}, status=409)
    assert refused.json["code"] == "duplicate_row"
    renamed = api.patch(f"/api/variables/{one['id']}/", {"variable_name": "A", "variable_value": "3"}).json["data"]
    assert (renamed["variable_name"], renamed["variable_value"]) == ("A", "3")


def test_deleting_needs_its_flag_and_a_visible_row(api, caller, root, entry, other_department):
    """R-170."""
    (row,) = api.set(entry("a", "1"))
    path = f"/api/variables/{row['id']}/"
    stranger = caller("eve@example.org", role="SUPERUSER")
    assert api.delete(path, status=403).json["code"] == "permission_missing"
    (foreign,) = root.set(entry("f", "1"), department_id=other_department)
    assert (
        api.patch(f"/api/variables/{foreign['id']}/", {"variable_value": "2"}, status=404).json["code"] == "not_found"
    )
    assert api.patch("/api/variables/QA/", {"variable_value": "2"}, status=404).json["code"] == "not_found"
    assert stranger.delete(path).json == {"success": True}
    assert stranger.delete(path, status=404).json["code"] == "not_found"


def test_a_role_without_delete_flag_of_another_department_gets_403_and_with_it_404(runtime, api, caller, root, entry,
                                                                                   other_department):  # fmt: skip
    """R-170: the flag is checked first."""
    (foreign,) = root.set(entry("f", "1"), department_id=other_department)
    path = f"/api/variables/{foreign['id']}/"
    assert api.delete(path, status=403).json["code"] == "permission_missing"
    grant(runtime, "DEVOPS", "delete_variable")
    assert api.delete(path, status=404).json["code"] == "not_found"
    assert caller("bob@example.org", departments=("Other",)).delete(path).json == {"success": True}


def grant(runtime, role, *flags, revoke=()):
    """Change the flags of a role."""
    with runtime.unit_of_work() as scope:
        found = scope.session.scalars(select(Role).where(Role.name == role)).one()
        found.flags = {**found.flags, **dict.fromkeys(flags, True), **dict.fromkeys(revoke, False)}


def test_new_rows_need_one_flag_and_existing_ones_the_other(runtime, api, entry):
    """rest-api A6.13."""
    api.set(entry("a", "1"))
    grant(runtime, "DEVOPS", revoke=("create_variable",))
    api.set(entry("a", "2"))
    assert api.set(entry("a", "3"), entry("b", "1"), status=403)["code"] == "permission_missing"
    grant(runtime, "DEVOPS", "create_variable", revoke=("edit_variable",))
    api.set(entry("b", "1"))
    assert api.set(entry("a", "3"), status=403)["code"] == "permission_missing"
    assert api.values() == {"a": "2", "b": "1"}
    grant(runtime, "DEVOPS", revoke=("create_variable",))
    assert api.post("/api/variables/", {}, status=403).json["code"] == "permission_missing"


def test_every_change_is_announced_to_the_department(runtime, root, entry, other_department):
    """R-166, rest-api A7."""
    (row,) = root.set(entry("a", "1"), department_id=other_department)
    root.patch(f"/api/variables/{row['id']}/", {"variable_value": "2"})
    root.delete(f"/api/variables/{row['id']}/")
    with runtime.reading() as session:
        events = session.scalars(select(Event).where(Event.type == "variables.changed")).all()
    assert [(event.department_id, event.data) for event in events] == [
        (other_department, {"departmentId": other_department})
    ] * 3
