"""Wrong verbs, OPTIONS and HEAD.  Contract: rest-api A1.1."""

import pytest

from cometa_core.security.permission import AUTHENTICATED, PUBLIC
from cometa_core.web.service import Service
from cometa_core.web.validation import Body


class Anything(Body):
    """No field at all."""


@pytest.fixture
def app(serve):
    things = Service("things", "/api/things/")
    things.get(permission=PUBLIC)(lambda _request: ["first", "second"])
    things.post(permission=AUTHENTICATED, body=Anything)(lambda _request: {})
    private = Service("private", "/private/")
    private.get(permission=AUTHENTICATED)(lambda _request: {"secret": True})
    return serve(things, private)


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_a_wrong_verb_is_refused_before_identity_is_checked(app, verb):
    """R-004."""
    answer = app.request("/backend/private", method=verb, status=405)
    assert answer.json["code"] == "method_not_allowed"
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_wrong_verb_is_refused_before_body_and_type(app):
    """R-004."""
    answer = app.request("/api/things/", method="PUT", body=b"<xml/>", headers={"Content-Type": "text/xml"}, status=405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(("path", "verbs"), [("/api/things", ["GET", "HEAD", "OPTIONS", "POST"]),
                                             ("/backend/private/", ["GET", "HEAD", "OPTIONS"])])  # fmt: skip
def test_options_lists_the_verbs_to_everybody(app, path, verbs):
    answer = app.options(path, status=200)
    assert (answer.json["allow"], answer.headers["Allow"]) == (verbs, ", ".join(verbs))


def test_options_of_an_unknown_route_is_404(app):
    assert app.options("/nothing/", status=404).json["code"] == "route_not_found"


def test_head_has_the_headers_of_get_and_no_body(app):
    got, head = app.get("/api/things"), app.head("/backend/api/things/", status=200)
    assert head.body == b""
    assert {**head.headers, "X-Request-Id": ""} == {**got.headers, "X-Request-Id": ""}


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/private", 401)])
def test_head_of_a_refusal_has_no_body(app, path, status):
    answer = app.head(path, status=status)
    assert (answer.body, answer.content_type) == (b"", "application/json")
    assert int(answer.headers["Content-Length"]) > 0


def test_a_verb_of_the_whole_application_is_refused_before_identity(whole):
    """R-004."""
    answer = whole.request("/backend/api/features", method="DELETE", status=405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, PATCH, POST"
