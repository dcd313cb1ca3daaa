"""Accounts, memberships, roles and keys through the API."""

import pytest


def refusal(response):
    return response.status_int, response.json["code"]


def test_roles_are_shown_with_powers_and_flags(root):
    """R-047."""
    roles = {role["permission_name"]: role for role in root.get("/api/permissions/").json}
    assert {name: role["permission_power"] for name, role in roles.items()} == {
        "SUPERUSER": 100, "MANAGER": 30, "DEVOPS": 20, "ANONYMOUS": 10, "ANALYSIS": 0,
    }  # fmt: skip
    assert roles["SUPERUSER"]["create_account"] is True
    assert roles["MANAGER"]["create_account"] is False
    assert roles["ANONYMOUS"]["create_feature"] is True
    assert roles["ANONYMOUS"]["create_folder"] is False
    assert roles["SUPERUSER"]["show_all_departments"] is False


def test_roles_above_the_own_power_are_not_shown(member):
    names = [role["permission_name"] for role in member.get("/api/permissions/").json]
    assert names == ["DEVOPS", "ANONYMOUS", "ANALYSIS"]


def test_memberships_are_a_bare_array(root):
    """R-067."""
    rows = root.get("/api/account_roles/").json
    assert {"account_role_id", "user", "department"} == set(rows[0])


def test_without_a_right_to_read_accounts_both_lists_are_empty(member):
    """R-068."""
    assert member.get("/api/accounts/").json == []
    assert member.get("/api/account_roles/").json == []


def test_a_membership_cannot_exist_twice(root, member):
    """R-069."""
    body = {"user": member.account_id, "department": 1}
    assert refusal(root.post("/api/account_roles/", body, status=409)) == (409, "duplicate_row")
    assert refusal(member.post("/api/account_roles/", body, status=403)) == (403, "permission_missing")


def test_a_membership_is_added_and_ended(root, member):
    department = root.post("/api/departments/", {"department_name": "Added"}, status=201).json["department_id"]
    row = root.post("/api/account_roles/", {"user": member.account_id, "department": department}, status=201).json
    names = [found["department_name"] for found in member.get("/user/departments/").json]
    assert "Added" in names
    root.delete(f"/api/account_roles/{row['account_role_id']}/")
    assert "Added" not in [found["department_name"] for found in member.get("/user/departments/").json]


def test_rows_carry_role_twice_and_departments_as_names_and_ids(root, member):
    """R-070."""
    (row,) = [row for row in root.get("/api/accounts/").json if row["user_id"] == member.account_id]
    assert row["user_role"] == row["permission_name"] == "DEVOPS"
    assert (row["departments"], row["department_ids"]) == (["Default"], [1])


@pytest.mark.parametrize("word", ["MEMBER", "member@EXAMPLE", "devops"])
def test_search_matches_name_mail_and_role_ignoring_case(root, member, word):
    """R-071."""
    found = [row["user_id"] for row in root.get(f"/api/accounts/?search={word}").json]
    assert member.account_id in found


def test_wildcards_of_a_search_stand_for_themselves(root):
    assert root.get("/api/accounts/?search=%25").json == []


def test_a_search_finds_letters_outside_of_ascii(root):
    """R-071."""
    made = root.post("/api/accounts/", {"name": "Ärne", "email": "arne@example.org"}, status=201).json
    found = root.get("/api/accounts/?search=%C3%84rne").json
    assert [row["user_id"] for row in found] == [made["user_id"]]


def test_a_list_costs_the_same_number_of_queries_whatever_its_length(root, caller, queries):
    for number in range(6):
        caller(f"listed{number}", departments=("Default", f"Team {number}"))
    counts = set()
    for size in (1, 5):
        queries.clear()
        assert len(root.get(f"/api/accounts/?page=1&size={size}").json) == size
        counts.add(len(queries))
    assert len(counts) == 1


def test_a_role_is_set_by_either_key_and_departments_by_id(root, caller):
    """R-072."""
    account = caller("patched").account_id
    other = root.post("/api/departments/", {"department_name": "Second"}, status=201).json["department_id"]
    data = root.patch(f"/api/accounts/{account}/", {"permission_name": "MANAGER", "departments": [other]}).json["data"]
    assert (data["user_role"], data["department_ids"]) == ("MANAGER", [other])
    refused = root.patch(f"/api/accounts/{account}/", {"user_role": "DEVOPS", "permission_name": "MANAGER"}, status=422)
    assert refused.json["code"] == "validation_failed"


def test_a_second_account_with_the_same_address_is_refused_whatever_the_case(root, member):
    """R-073."""
    body = {"name": "Copy", "email": "MEMBER@example.org"}
    assert refusal(root.post("/api/accounts/", body, status=409)) == (409, "duplicate_email")
    root.post("/api/accounts/", {"name": "Zoë", "email": "zoë@example.org"}, status=201)
    assert refusal(root.post("/api/accounts/", {"name": "Zoë", "email": "ZOË@example.org"}, status=409))[0] == 409


def test_the_own_row_may_change_in_three_fields(member):
    """R-074, R-075."""
    path = f"/api/accounts/{member.account_id}/"
    changes = {"name": " Me ", "favourite_browsers": "[]", "settings": {"percentMode": True}, "user_id": 99}
    data = member.patch(path, changes).json["data"]
    assert (data["name"], data["settings"], data["user_id"]) == ("Me", {"percentMode": True}, member.account_id)
    for change in ({"user_role": "SUPERUSER"}, {"email": "x@example.org"}, {"departments": []}):
        assert refusal(member.patch(path, {**change, "name": "Other"}, status=403)) == (403, "permission_missing")
    assert member.get(path).json["name"] == "Me"
    unchanged = {"user_role": "DEVOPS", "email": "member@example.org", "departments": [1], "name": "member"}
    assert member.patch(path, unchanged).json["data"]["name"] == "member"


def test_other_rows_need_the_flag_and_invisible_ones_do_not_exist(member, root, caller):
    """R-021 (own-object rule)."""
    stranger = caller("stranger", departments=("Elsewhere",))
    assert refusal(member.patch(f"/api/accounts/{stranger.account_id}/", {"name": "x"}, status=404))[0] == 404
    assert refusal(member.patch(f"/api/accounts/{root.account_id}/", {"name": "x"}, status=403))[0] == 403


@pytest.fixture(scope="module")
def powerful(with_flags):
    """May do everything, but is less powerful than a SUPERUSER."""
    flags = {"create_account", "edit_account", "delete_account", "view_accounts", "manage_configurations"}
    return with_flags("powerful", flags)


def test_granting_a_role_above_the_own_power_saves_nothing(powerful, root, caller):
    """R-051."""
    target = caller("target")
    body = {"user_role": "SUPERUSER", "name": "Changed"}
    path = f"/api/accounts/{target.account_id}/"
    assert refusal(powerful.patch(path, body, status=403)) == (403, "role_too_powerful")
    assert root.get(path).json["name"] == "target"
    assert powerful.patch(path, {"user_role": "ANALYSIS"}).json["data"]["user_role"] == "ANALYSIS"


def test_nobody_touches_accounts_above_the_own_power(powerful, root):
    """R-051: neither the row nor its memberships nor its keys."""
    one = f"/api/accounts/{root.account_id}/"
    (membership,) = [row for row in root.get("/api/account_roles/").json
                     if (row["user"], row["department"]) == (root.account_id, 1)]  # fmt: skip
    key = {"name": "stolen", "user_id": root.account_id}
    attempts = [
        ("PATCH", one, {"name": "x"}),
        ("DELETE", one, None),
        ("POST", "/api/account_roles/", {"user": root.account_id, "department": 1}),
        ("DELETE", f"/api/account_roles/{membership['account_role_id']}/", None),
        ("POST", "/api/api_keys/", key),
        ("DELETE", f"/api/api_keys/{root.key.split('_')[1]}/", None),
    ]
    for method, path, body in attempts:
        assert refusal(powerful.call(method, path, body, status=403)) == (403, "role_too_powerful"), path


def test_ids_of_invisible_accounts_in_a_body_are_wrong_fields(powerful, caller):
    """Rest-api A1.5: never distinguishable from ids that do not exist."""
    invisible = caller("invisible", departments=("Elsewhere",)).account_id
    for account in (invisible, 10**9):
        refused = powerful.post("/api/account_roles/", {"user": account, "department": 1}, status=422)
        assert list(refused.json["fields"]) == ["user"]
        refused = powerful.post("/api/api_keys/", {"name": "x", "user_id": account}, status=422)
        assert list(refused.json["fields"]) == ["user_id"]


def test_memberships_of_foreign_departments_can_neither_be_made_nor_ended(powerful, root, caller):
    foreign = caller("foreign", departments=("Foreign",))
    (row,) = [row for row in root.get("/api/account_roles/").json if row["user"] == foreign.account_id]
    body = {"user": powerful.account_id, "department": row["department"]}
    assert list(powerful.post("/api/account_roles/", body, status=422).json["fields"]) == ["department"]
    assert refusal(powerful.delete(f"/api/account_roles/{row['account_role_id']}/", status=404)) == (404, "not_found")


def test_nobody_deletes_the_own_account(root):
    """R-076."""
    assert refusal(root.delete(f"/api/accounts/{root.account_id}/", status=409)) == (409, "own_account")


def test_the_last_superuser_stays_one(root):
    """R-076."""
    path = f"/api/accounts/{root.account_id}/"
    superusers = [row for row in root.get("/api/accounts/").json if row["user_role"] == "SUPERUSER"]
    assert [row["user_id"] for row in superusers] == [root.account_id]
    assert refusal(root.patch(path, {"user_role": "DEVOPS"}, status=409)) == (409, "last_superuser")


def test_with_another_superuser_one_may_go(root, caller):
    second = caller("second", role="SUPERUSER")
    path = f"/api/accounts/{second.account_id}/"
    assert root.patch(path, {"user_role": "DEVOPS"}).json["data"]["user_role"] == "DEVOPS"
    root.delete(path)


def test_after_a_delete_features_show_no_author(root, caller):
    """R-077."""
    author = caller("author")
    body = {"feature_name": "Orphan", "app_id": 1, "environment_id": 1, "department_id": 1}
    feature = author.post("/api/features/", body, status=201).json
    root.delete(f"/api/accounts/{author.account_id}/")
    assert root.get(f"/api/features/{feature['feature_id']}/").json["created_by"] is None
    author.get("/addoidcaccount/", status=401)


def test_creating_accounts_needs_the_flag(root, member):
    """R-078, R-009: keys without a meaning are ignored."""
    body = {"name": "New", "email": "new@example.org", "colour": "red"}
    assert refusal(member.post("/api/accounts/", body, status=403)) == (403, "permission_missing")
    made = root.post("/api/accounts/", body, status=201).json
    assert (made["user_role"], made["departments"]) == ("ANONYMOUS", ["Default"])


def test_a_key_is_shown_once(root):
    """R-079."""
    made = root.post("/api/api_keys/", {"name": "ci"}, status=201).json
    assert made["key"].startswith(f"cmt_{made['key_id']}_")
    assert made["scopes"] == ["read", "run"]
    assert all("key" not in row for row in root.get("/api/api_keys/").json)


def test_an_expiry_beyond_the_limit_is_refused(root):
    """R-080."""
    body = {"name": "forever", "expires_on": "2999-01-01T00:00:00Z"}
    refused = root.post("/api/api_keys/", body, status=422)
    assert "expires_on" in refused.json["fields"]


def test_keys_of_others_need_the_flag(root, member):
    """R-080."""
    path = f"/api/api_keys/?user_id={root.account_id}"
    assert refusal(member.get(path, status=403)) == (403, "permission_missing")
    assert root.get(f"/api/api_keys/?user_id={member.account_id}").json
    assert refusal(member.delete(f"/api/api_keys/{root.key.split('_')[1]}/", status=404)) == (404, "not_found")


def test_the_session_user_has_every_key_and_no_address_of_a_cloud(member):
    """R-187."""
    user = member.get("/addoidcaccount/").json
    assert set(user) == {
        "user_id", "name", "email", "user_role", "permission_name", "created_on", "last_login", "login_counter",
        "favourite_browsers", "settings", "stripe_customer_id", "user_permissions", "permissions", "departments",
        "clouds", "step_keywords", "encryption_prefix", "integration_apps", "subscriptions", "requires_payment",
        "feedback_mail",
    }  # fmt: skip
    assert user["permissions"] == ["ANALYSIS", "ANONYMOUS", "DEVOPS"]
    assert [cloud["name"] for cloud in user["clouds"]] == ["browserstack", "local"]
    assert set(user["clouds"][0]) == {"id", "name", "active", "concurrency", "max_concurrency"}


def test_details_of_the_server_are_for_administrators(root, member):
    """R-188."""
    assert set(member.get("/info/").json) == {"version", "api_version"}
    assert {"python", "plugins", "uptime_s"} <= set(root.get("/info/").json)
