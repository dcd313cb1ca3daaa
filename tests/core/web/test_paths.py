"""Prefix, slashes and unreadable paths.  Contract: rest-api A1.1."""

import pytest
from webtest import TestRequest

from cometa_core.security.permission import PUBLIC
from cometa_core.web.dialect import Created, Page
from cometa_core.web.paging import Paging
from cometa_core.web.service import Service
from cometa_core.web.validation import LenientBody

VARIANTS = ("/backend/api/things/", "/backend/api/things", "/api/things/", "/api/things")
FUNCTIONS = ("/backend/execute", "/backend/execute/", "/execute", "/execute/")


class Anything(LenientBody):
    """Any object."""

    text: str = ""


def things():
    """Two routes below /api/, and a function route."""
    listed = Service("things", "/api/things/")
    listed.get(permission=PUBLIC, query=Paging)(lambda request: Page([request.GET.get("a"), "second"], 2))
    listed.post(permission=PUBLIC, body=Anything)(lambda request: Created(request.body_model))
    one = Service("thing", r"/api/things/{thing_id:\d{1,18}}/")
    one.get(permission=PUBLIC)(lambda request: {"id": request.matchdict["thing_id"]})
    named = Service("named", "/api/named/{name}/")
    named.get(permission=PUBLIC)(lambda request: {"name": request.matchdict["name"]})
    execute = Service("execute", "/execute/")
    execute.post(permission=PUBLIC, body=Anything)(lambda request: request.body_model)
    return listed, one, named, execute


@pytest.fixture
def app(serve):
    return serve(*things())


@pytest.mark.parametrize("path", VARIANTS)
def test_prefix_and_slash_change_no_answer_to_get(app, path):
    """R-001."""
    answer = app.get(f"{path}?a=%C3%A9", status=200)
    assert answer.json == ["é", "second"]


@pytest.mark.parametrize("path", VARIANTS)
def test_prefix_and_slash_change_no_answer_to_post(app, path):
    """R-002: no redirect, which would lose the body."""
    assert app.post_json(path, {"text": "kept"}, status=201).json == {"text": "kept"}


@pytest.mark.parametrize("path", FUNCTIONS)
def test_function_routes_take_prefix_and_slash_too(app, path):
    """R-002."""
    assert app.post_json(path, {"text": "kept"}, status=200).json == {"text": "kept"}


@pytest.mark.parametrize(
    "path",
    ["/api/unknown/", "/unknown", "/api/", "/api", "/backend/backend/api/things/", "/backendapi/things/",
     "/api/things//", "//api/things/", "/API/things/", "/api/things/1/more"],
)  # fmt: skip
def test_an_unknown_route_answers_json(app, path):
    """R-003: one prefix and one slash are dropped, and paths are case-sensitive over their full length."""
    answer = app.request(TestRequest.blank(path, base_url="http://localhost"), status=404)
    assert (answer.content_type, answer.json["code"]) == ("application/json", "route_not_found")


def test_an_unknown_route_ignores_what_the_caller_accepts(app):
    """R-003."""
    answer = app.get("/nothing", headers={"Accept": "text/html"}, status=404)
    assert answer.json["code"] == "route_not_found"


@pytest.mark.parametrize("written", ["0", "7", "007", "9" * 18])
def test_an_id_has_1_to_18_digits(app, written):
    """R-005."""
    assert app.get(f"/api/things/{written}/", status=200).json == {"id": written}


@pytest.mark.parametrize("written", ["x", "-1", "1.5", "1x", "9" * 19, "%D9%A3", "%EF%BC%97", "1%0A", "%201", "1%00"])
def test_any_other_id_is_an_unknown_route(app, written):
    """R-005: digits of other scripts are none."""
    assert app.get(f"/api/things/{written}/", status=404).json["code"] == "route_not_found"


@pytest.mark.parametrize(
    ("written", "read"),
    [("caf%C3%A9", "café"), ("a%20b", "a b"), ("a+b", "a+b"), ("100%25", "100%"), ("%F0%9F%8E%BB", "🎻"),
     ("a;b=c", "a;b=c")],
)  # fmt: skip
def test_path_values_are_percent_encoded_utf8(app, written, read):
    assert app.get(f"/backend/api/named/{written}", status=200).json == {"name": read}


@pytest.mark.parametrize("path", ["/api/named/%FF/", "/backend/%C3", "/%E9t%E9", "/api/named/%ED%A0%80/"])
def test_an_undecodable_path_is_refused(app, path):
    answer = app.get(path, status=400)
    assert (answer.content_type, answer.json["code"]) == ("application/json", "malformed_path")
    assert answer.headers["X-Request-Id"] == answer.json["request_id"]


def test_a_name_with_nul_addresses_nothing(app):
    """R-011: no database is asked for it."""
    assert app.get("/api/named/a%00b/", status=404).json["code"] == "not_found"


def test_a_path_below_a_mount_point_keeps_it_in_links(app):
    answer = app.get("/backend/api/things?size=1", extra_environ={"SCRIPT_NAME": "/cometa"})
    assert answer.headers["Link"] == '</cometa/backend/api/things?page=2&size=1>; rel="next"'
