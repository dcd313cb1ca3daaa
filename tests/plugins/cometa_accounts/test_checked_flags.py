"""Each flag is checked for itself, at the routes of accounts and catalog."""

import pytest

from cometa_accounts.models import Role
from cometa_catalog.models import Browser

CHECKED = [
    ("create_account", "POST", "/api/accounts/"),
    ("edit_account", "PATCH", "/api/accounts/{other}/"),
    ("edit_account", "POST", "/api/account_roles/"),
    ("edit_account", "DELETE", "/api/account_roles/{membership}/"),
    ("delete_account", "DELETE", "/api/accounts/{other}/"),
    ("create_department", "POST", "/api/departments/"),
    ("edit_department", "PATCH", "/api/departments/1/"),
    ("delete_department", "DELETE", "/api/departments/1/"),
    ("create_application", "POST", "/api/applications/"),
    ("edit_application", "PATCH", "/api/applications/1/"),
    ("delete_application", "DELETE", "/api/applications/2/"),
    ("create_environment", "POST", "/api/environments/"),
    ("edit_environment", "PATCH", "/api/environments/1/"),
    ("delete_environment", "DELETE", "/api/environments/2/"),
    ("create_browser", "POST", "/api/browsers/"),
    ("edit_browser", "PATCH", "/api/browsers/{browser}/"),
    ("delete_browser", "DELETE", "/api/browsers/{browser}/"),
    ("manage_configurations", "GET", "/api/api_keys/?user_id={other}"),
]
ROLE = "one-flag"


@pytest.fixture(scope="module")
def limited(with_flags):
    """A caller whose flags each test decides."""
    return with_flags(ROLE, set())


@pytest.fixture(scope="module")
def places(runtime, root, member):
    """Ids that paths name."""
    for path, field in (("applications", "app_name"), ("environments", "environment_name")):
        root.post(f"/api/{path}/", {field: "Second"}, status=201)
    with runtime.unit_of_work() as scope:
        row = Browser(spec={"browser": "chrome", "cloud": "local"}, spec_key="flags")
        scope.session.add(row)
        scope.session.flush()
        browser = row.id
    rows = root.get("/api/account_roles/").json
    (membership,) = [row["account_role_id"] for row in rows if row["user"] == member.account_id]
    return {"other": member.account_id, "membership": membership, "browser": browser}


@pytest.fixture
def allow(runtime):
    """Decide the flags of the limited role."""

    def decide(flags):
        with runtime.unit_of_work() as scope:
            role = scope.session.query(Role).filter_by(name=ROLE).one()
            role.flags = {flag: flag in flags for flag in runtime.permissions.permissions}

    return decide


@pytest.mark.parametrize("route", CHECKED, ids=" ".join)
def test_a_route_is_refused_for_want_of_its_flag_alone(runtime, limited, allow, places, route):
    """R-048."""
    flag, method, path = route
    allow(set(runtime.permissions.permissions) - {flag})
    body = {"name": "Changed"} if method in {"POST", "PATCH"} else None
    refused = limited.call(method, path.format(**places), body, status=403)
    assert refused.json["code"] == "permission_missing"
    assert flag in refused.json["error"]


@pytest.mark.parametrize("flag", ["view_accounts", "view_accounts_panel"])
def test_each_of_two_flags_opens_the_accounts(limited, allow, places, flag):
    """R-048, R-068."""
    path = f"/api/accounts/{places['other']}/"
    allow({flag})
    assert limited.get("/api/accounts/").json
    assert limited.get(path).status_int == 200
    allow(set())
    assert limited.get("/api/accounts/").json == []
    assert limited.get(path, status=403).json["code"] == "permission_missing"


@pytest.mark.parametrize("panel", ["departments", "applications", "browsers", "environments", "features", "accounts"])
def test_the_flag_of_the_whole_panel_follows_its_parts(limited, allow, panel):
    """R-049, R-188."""
    allow({f"view_{panel}_panel"})
    assert limited.get("/addoidcaccount/").json["user_permissions"]["view_admin_panel"] is True
    assert "uptime_s" in limited.get("/info/").json
    allow({"view_admin_panel", "view_others_panel"})
    assert limited.get("/addoidcaccount/").json["user_permissions"]["view_admin_panel"] is False
    assert "uptime_s" not in limited.get("/info/").json
