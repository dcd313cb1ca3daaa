"""Browsers on other origins.  Contract: rest-api A1.3."""

import pytest

from cometa_core.errors import Conflict
from cometa_core.security.permission import AUTHENTICATED, PUBLIC
from cometa_core.web.service import Service

LISTED = "https://app.example.org"
OTHER = "http://localhost:4200"
FOREIGN = ["https://evil.example.org", "https://app.example.org.evil.net", "http://app.example.org", "null", "*", ""]


@pytest.fixture
def services():
    things = Service("things", "/things/")
    things.get(permission=AUTHENTICATED)(lambda _request: [])

    @things.post(permission=PUBLIC)
    def refuse(_request):
        raise Conflict("No.")

    return (things,)


@pytest.fixture
def app(serve, services):
    return serve(*services, cors_origins=(LISTED, OTHER))


def granted(answer):
    return {name for name in answer.headers if name.startswith("Access-Control-")}


@pytest.mark.parametrize("origin", [LISTED, OTHER])
@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 409), ("DELETE", 405)])
def test_a_listed_origin_may_read_answers_and_refusals(app, origin, method, status):
    answer = app.request("/things", method=method, headers={"Origin": origin, "X-Caller": "ada"}, status=status)
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert {"ETag", "Link", "X-Request-Id", "X-Total-Count"} <= set(
        answer.headers["Access-Control-Expose-Headers"].split(", ")
    )
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_an_unlisted_origin_is_served_but_may_not_read(app, origin, method):
    asked = {"Origin": origin, "X-Caller": "ada", "Access-Control-Request-Method": "POST"}
    answer = app.request("/things", method=method, headers=asked, status=200)
    assert granted(answer) == set()
    assert "Origin" in answer.headers["Vary"]


def test_without_listed_origins_nothing_is_granted_to_anybody(serve, services):
    answer = serve(*services).get("/things", headers={"Origin": LISTED, "X-Caller": "ada"})
    assert granted(answer) == set()
    assert "Vary" not in answer.headers


def test_a_preflight_needs_no_identity(app):
    asked = {
        "Origin": LISTED,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = app.options("/backend/things", headers=asked, status=200)
    assert answer.headers["Access-Control-Allow-Origin"] == LISTED
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Authorization", "Content-Type", "If-Match", "X-Requested-With", "X-CSRF-Token"} <= set(allowed)
    assert answer.headers["X-Request-Id"]


def test_an_unreadable_path_is_told_to_listed_origins_too(app):
    answer = app.get("/%FF", headers={"Origin": LISTED}, status=400)
    assert answer.headers["Access-Control-Allow-Origin"] == LISTED
