"""Who is calling: API keys and development sign-in."""

import pytest
from sqlalchemy import select

from cometa_accounts.authenticators import WrongSecrets, refuse_unsafe_development_login
from cometa_accounts.models import ApiKey
from cometa_core.errors import ConfigurationError, TooManyRequests
from cometa_core.runtime import Role, make_runtime
from cometa_core.security.rate_limits import RateLimits
from cometa_core.testing.installation import Installation

DEVELOPMENT = {"cometa.dev_login": "dev@localhost"}


def code(response):
    return response.status_int, response.json["code"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/accounts/"),
        ("GET", "/api/features/"),
        ("POST", "/api/applications/"),
        ("DELETE", "/api/departments/1/"),
        ("GET", "/addoidcaccount/"),
        ("GET", "/info/"),
    ],
)
def test_without_identity_every_route_but_the_public_ones_is_401(app, method, path):
    """R-029."""
    response = app.request(path, method=method, status=401)
    assert response.json["code"] == "no_identity"
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_public_routes_need_none(app):
    """R-029."""
    for path in ("/health", "/ready", "/docs/", "/docs/openapi.json"):
        assert app.get(path).status_int == 200


def test_a_key_identifies_its_account_and_its_row_does_not_contain_the_secret(runtime, member):
    """R-030."""
    assert member.get("/addoidcaccount/").json["email"] == "member@example.org"
    with runtime.reading() as session:
        row = session.get(ApiKey, member.key.split("_")[1])
        stored = " ".join(str(value) for value in vars(row).values())
    assert member.key.split("_", 2)[2] not in stored


@pytest.mark.parametrize(
    "header",
    ["Bearer cmt_aaaaaaaaaa_" + "x" * 43, "Bearer nonsense", "Basic dXNlcjpwYXNz", "Bearer", "", "Bearer cmt_a_b"],
)
def test_a_wrong_authorization_header_is_401(app, header):
    """R-031."""
    response = app.get("/addoidcaccount/", headers={"Authorization": header}, status=401)
    assert response.json["code"] == "invalid_credentials"


def test_a_revoked_key_is_401_at_once(root, caller):
    """R-079."""
    doomed = caller("doomed")
    key_id = doomed.key.split("_")[1]
    doomed.delete(f"/api/api_keys/{key_id}/")
    assert code(doomed.get("/addoidcaccount/", status=401)) == (401, "invalid_credentials")


def test_an_expired_key_is_401(runtime, caller):
    """R-031."""
    late = caller("late")
    with runtime.unit_of_work() as scope:
        row = scope.session.get(ApiKey, late.key.split("_")[1])
        row.expires_at = scope.now()
    assert code(late.get("/addoidcaccount/", status=401)) == (401, "expired_credentials")


def test_ten_wrong_secrets_give_429(tmp_path):
    """R-032."""
    installation = Installation(tmp_path, ["accounts"])
    app, victim = installation.app, installation.client()
    wrong = {"Authorization": f"Bearer cmt_{victim.key.split('_')[1]}_{'x' * 43}"}
    for _ in range(10):
        app.get("/addoidcaccount/", headers=wrong, status=401)
    refused = app.get("/addoidcaccount/", headers=wrong, status=429)
    assert refused.json["code"] == "rate_limited"
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    installation.close()


def test_the_tenth_wrong_secret_closes_a_name_for_ten_minutes_and_no_other():
    """R-032."""
    wrong = WrongSecrets(RateLimits("memory://"))
    for _ in range(10):
        wrong.refuse_too_many("key:a")
        wrong.count("key:a")
    wrong.refuse_too_many("key:b")
    with pytest.raises(TooManyRequests) as refused:
        wrong.refuse_too_many("key:a")
    assert 595 <= refused.value.extra["retry_after"] <= 600


def test_a_key_without_scope_is_refused_and_the_scope_is_named(caller):
    """R-033."""
    reader = caller("reader", role="SUPERUSER", scopes=("read",))
    response = reader.post("/api/applications/", {"app_name": "Mine"}, status=403)
    assert response.json["code"] == "scope_missing"
    assert "admin" in response.json["error"]


def test_a_key_never_gives_more_than_the_flags_of_its_account(caller):
    """R-034."""
    powerless = caller("powerless", role="ANALYSIS", scopes=("read", "run", "write", "admin"))
    response = powerless.post("/api/applications/", {"app_name": "Mine"}, status=403)
    assert response.json["code"] == "permission_missing"
    assert "create_application" in response.json["error"]


@pytest.mark.parametrize("name", ["Host", "X-SERVER", "AMVARAORIGIN", "COMETA-ORIGIN", "COMETA-USER", "Proxy-User"])
def test_other_headers_identify_nobody(app, name):
    """R-036."""
    app.get("/addoidcaccount/", headers={name: "root@example.org"}, status=401)


def test_role_and_membership_changes_act_on_the_next_request(root, caller):
    """R-050."""
    changing = caller("changing", role="ANALYSIS")
    root.patch(f"/api/accounts/{changing.account_id}/", {"user_role": "SUPERUSER"})
    assert changing.get("/addoidcaccount/").json["user_role"] == "SUPERUSER"
    root.patch(f"/api/accounts/{changing.account_id}/", {"user_role": "ANALYSIS"})


def test_an_identity_costs_one_query(caller, queries):
    """Rest-api A3.3: memberships and roles are read on each request, so that must be cheap."""
    many = caller("many", departments=("One", "Two", "Three", "Four", "Five"))
    assert len(many.get("/user/departments/").json) == 5
    queries.clear()
    many.get("/api/applications/")
    assert len([statement for statement in queries if "accounts_" in statement]) == 1


def test_the_last_use_of_a_key_is_noted(runtime, caller):
    used = caller("used")
    used.get("/addoidcaccount/")
    with runtime.reading() as session:
        row = session.scalars(select(ApiKey).where(ApiKey.key_id == used.key.split("_")[1])).one()
        assert row.last_used is not None


@pytest.fixture
def development(tmp_path):
    installation = Installation(tmp_path, ["accounts", "catalog"], {"cometa.browser.local": "false", **DEVELOPMENT})
    installation.runtime.start(Role.WEB)
    yield installation.app
    installation.close()


def test_development_login_signs_requests_of_this_machine_in(development):
    answer = development.get("/addoidcaccount/", extra_environ={"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"})
    assert (answer.json["email"], answer.json["user_role"]) == ("dev@localhost", "SUPERUSER")


@pytest.mark.parametrize(
    ("peer", "host"), [("10.0.0.7", "localhost"), ("127.0.0.1", "evil.example"), ("", "localhost")]
)
def test_development_login_signs_nobody_else_in(development, peer, host):
    """A page of another site can make its own name point to this machine."""
    environment = {"REMOTE_ADDR": peer, "HTTP_HOST": host}
    development.get("/addoidcaccount/", extra_environ=environment, status=401)


def test_a_wrong_key_is_401_even_where_development_login_would_apply(development):
    """R-031."""
    environment = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"}
    headers = {"Authorization": "Bearer cmt_aaaaaaaaaa_" + "x" * 43}
    development.get("/addoidcaccount/", headers=headers, extra_environ=environment, status=401)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_development_login_on_another_address_stops_the_start(tmp_path, host):
    """R-037."""
    installation = Installation(tmp_path, ["accounts"], {**DEVELOPMENT, "cometa.host": host})
    with pytest.raises(ConfigurationError, match=r"cometa\.host must be a loopback address"):
        installation.runtime.start(Role.WEB)
    installation.close()


def test_development_login_in_production_stops_the_start(tmp_path):
    """Rest-api A2."""
    runtime = make_runtime(
        {"cometa.data": str(tmp_path), "cometa.plugins": "accounts", "cometa.production": "true", **DEVELOPMENT},
        environment={},
    )
    with pytest.raises(ConfigurationError, match=r"cometa\.dev_login must not be set"):
        refuse_unsafe_development_login(runtime)
