"""Requests of sessions that another site may have made a browser send."""

import re

import pytest

from cometa_core.testing.installation import Installation

FRONTEND = "https://frontend.example.org"


def code(response):
    return response.status_int, response.json["code"]


@pytest.fixture
def boss(browser):
    """The browser of a SUPERUSER; a request with effect needs nothing but a proof of its origin."""
    browser.enter("boss")
    return browser


def add(browser, name, *, status=201, **headers):
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return browser.app.post_json("/api/applications/", {"app_name": name}, headers=sent, status=status)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:81", "http://localhost.evil", ""])
def test_a_foreign_origin_is_refused_and_nothing_is_stored(boss, origin):
    """R-041."""
    refused = add(boss, "Forged", status=403, Origin=origin, X_Requested_With="XMLHttpRequest")
    assert code(refused) == (403, "csrf_failed")
    assert "Forged" not in boss.app.get("/api/applications/").text


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE"])
def test_without_any_proof_of_origin_no_verb_with_effect_passes(boss, verb):
    """R-041: before the body and the addressed object are looked at."""
    path = {"POST": "/api/applications/", "PUT": "/api/applications/"}.get(verb, "/api/applications/999/")
    refused = boss.app.request(path, method=verb, status="*")
    assert code(refused) == ((405, "method_not_allowed") if verb == "PUT" else (403, "csrf_failed"))


def test_own_and_listed_origins_pass(boss, signing_in):
    """Rest-api A2.3; behind a proxy that ends TLS the scheme of the origin is another one than ours."""
    pages = [
        ("http://localhost", "localhost"),
        ("http://localhost", "localhost:80"),
        ("https://localhost", "localhost"),
        ("http://localhost:8001", "localhost:8001"),
        (FRONTEND, "localhost"),
    ]
    for number, (origin, host) in enumerate(pages):
        name = f"{signing_in.runtime.engine.dialect.name} {number}"
        made = add(boss, name, Origin=origin, Host=host).json["app_id"]
        boss.app.delete(f"/api/applications/{made}/", headers={"Origin": origin, "Host": host})


@pytest.mark.parametrize("host", ["localhost:8001", "else"])
def test_another_port_or_name_is_foreign(boss, host):
    """R-041."""
    cookie = f"cometa_session={boss.cookies['cometa_session'].value}"
    refused = add(boss, "Forged", status=403, Origin="http://localhost", Host=host, Cookie=cookie)
    assert code(refused) == (403, "csrf_failed")


@pytest.mark.parametrize("header", ["X-CSRF-Token", "X-XSRF-TOKEN"])
def test_without_origin_the_value_of_the_readable_cookie_passes(boss, header):
    """Rest-api A2.3."""
    token = boss.cookies["XSRF-TOKEN"].value
    assert (
        code(boss.app.post_json("/api/applications/", {}, headers={header: "x" * 64}, status=403))[1] == "csrf_failed"
    )
    assert code(boss.app.post_json("/api/applications/", {}, headers={header: token}, status=422))[0] == 422
    assert code(boss.app.post_json("/api/applications/", {}, headers={"X-Requested-With": "x"}, status=422))[0] == 422


def test_a_cookie_that_another_site_planted_proves_nothing(boss):
    """Rest-api A2.3: the value belongs to the session."""
    boss.app.set_cookie("XSRF-TOKEN", "planted")
    refused = boss.app.post_json("/api/applications/", {}, headers={"X-XSRF-TOKEN": "planted"}, status=403)
    assert code(refused) == (403, "csrf_failed")


def test_session_protection_comes_before_flags(browser):
    """Rest-api A1.5: identity 401, session protection 403, flag 403."""
    browser.enter("powerless")
    assert code(add(browser, "Mine", status=403)) == (403, "csrf_failed")
    assert code(add(browser, "Mine", status=403, X_Requested_With="x")) == (403, "permission_missing")


def test_keys_and_proxies_are_not_concerned(signing_in, by_proxy):
    """Rest-api A2.3: only a cookie is sent by a browser on its own."""
    headers = {"Origin": "https://evil.example"}
    assert code(signing_in.client().post("/api/applications/", {}, status=422, **headers))[0] == 422
    by_proxy("poster@example.org")
    refused = by_proxy("poster@example.org", "/api/applications/", method="POST", status=403, **headers)
    assert code(refused) == (403, "permission_missing")


def test_a_preflight_of_a_listed_origin_is_answered_before_identity(browser):
    """Rest-api A1.3: CORS one by one, with credentials."""
    asked = {"Access-Control-Request-Method": "POST"}
    answer = browser.app.options("/api/applications/", headers={"Origin": FRONTEND, **asked})
    assert answer.headers["Access-Control-Allow-Origin"] == FRONTEND
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in answer.headers["Vary"]
    foreign = browser.app.options("/api/applications/", headers={"Origin": "https://evil.example", **asked}, status="*")
    assert "Access-Control-Allow-Origin" not in foreign.headers


@pytest.fixture(scope="module")
def executing(tmp_path_factory, provider):
    """An installation with routes whose GETs change something."""
    settings = {
        "cometa.browser.local": "false",
        "cometa.oidc.mock.issuer": provider.issuer,
        "cometa.oidc.mock.client_id": "cometa",
        "cometa.oidc.mock.client_secret": "any",
        "cometa.bootstrap_superuser": "boss@example.org",
    }
    plugins = ("accounts", "catalog", "features", "executions", "websteps")
    made = Installation(tmp_path_factory.mktemp("executing"), plugins, settings)
    yield made
    made.close()


def gets_with_effect(installation):
    """Return a path of each GET that changes something."""
    services = installation.app.app.registry.cornice_services.values()
    found = [service.path for service in services if getattr(service.operations.get("GET"), "effect", False)]
    return [re.sub(r"\{[^:}]+(:[^{}]*(\{[^{}]*\})?[^{}]*)?\}", "1", path) + "?schedule=1" for path in found]


def test_gets_that_change_something_are_refused_with_only_a_cookie(executing, browser_of):
    """R-025, R-026."""
    browser = browser_of(executing)
    browser.enter("boss")
    paths = gets_with_effect(executing)
    assert len(paths) >= 5
    token = browser.cookies["XSRF-TOKEN"].value
    for path in paths:
        assert code(browser.app.get(path, status=403)) == (403, "unsafe_get"), path
        assert code(browser.app.get(path, headers={"X-XSRF-TOKEN": "wrong"}, status=403)) == (403, "unsafe_get"), path
        assert code(browser.app.get(path, headers={"Origin": "http://localhost"}, status=403))[1] == "unsafe_get", path
        for headers in ({"X-Requested-With": "XMLHttpRequest"}, {"X-CSRF-Token": token}, {"X-XSRF-TOKEN": token}):
            assert b"unsafe_get" not in browser.app.get(path, headers=headers, status="*").body, path
        assert b"unsafe_get" not in executing.client().get(path, status="*").body, path
