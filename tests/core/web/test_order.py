"""Which of several reasons to refuse answers.  Contract: rest-api A1.5, R-020, R-021."""

import pytest

from cometa_core.errors import Conflict, NotFound
from cometa_core.web.service import Service
from cometa_core.web.validation import Body, Query

JSON = {"Content-Type": "application/json"}
ADA = {"X-Caller": "ada"}
BOB = {"X-Caller": "bob"}


class Wanted(Body):
    """A number."""

    thing_id: int
    number: int


class Mood(Query):
    """A number in the query."""

    mood: int = 0


def addressed(request):
    if request.matchdict["name"] != "known":
        raise NotFound
    return "the row"


def named_in_the_body(request):
    if request.raw_body_object.get("thing_id") != 1:
        raise NotFound
    return "the row of the body"


@pytest.fixture
def app(serve):
    one = Service("thing", "/things/{name}/")

    @one.patch(permission="work", body=Wanted, query=Mood, load=addressed)
    def change(request):
        if request.body_model.number == 0:
            raise Conflict("Not now.")
        return {"row": request.resource, "number": request.body_model.number}

    listed = Service("things", "/things/")
    listed.patch(permission="work", body=Wanted, load=named_in_the_body)(lambda request: {"row": request.resource})
    return serve(one, listed, max_body_bytes=100)


GOOD = b'{"thing_id": 1, "number": 7}'
WRONG_FIELD = b'{"thing_id": 1, "number": "x"}'
LONG = b'{"thing_id": 1, "number": 7' + b" " * 100 + b"}"


@pytest.mark.parametrize(
    ("path", "headers", "body", "status", "code"),
    [
        ("/nothing/unknown", {}, LONG, 404, "route_not_found"),
        ("/things/unknown", {}, LONG, 401, "no_identity"),
        ("/things/unknown", BOB, LONG, 403, "permission_missing"),
        ("/things/unknown?mood=x", ADA, LONG, 413, "body_too_large"),
        ("/things/unknown?mood=x", ADA, b"{", 415, "unsupported_media_type"),
        ("/things/unknown?mood=x", {**ADA, **JSON}, b"{", 400, "malformed_json"),
        ("/things/unknown?mood=x", {**ADA, **JSON}, WRONG_FIELD, 400, "invalid_query"),
        ("/things/unknown", {**ADA, **JSON}, WRONG_FIELD, 404, "not_found"),
        ("/things/known", {**ADA, **JSON}, WRONG_FIELD, 422, "validation_failed"),
        ("/things/known", {**ADA, **JSON}, b'{"thing_id": 1, "number": 0}', 409, "duplicate_row"),
    ],
)
def test_the_first_failing_check_answers(app, path, headers, body, status, code):
    """R-020, R-021: a missing flag is told before an unknown row."""
    answer = app.request(path, method="PATCH", headers=headers, body=body, status=status)
    assert answer.json["code"] == code


def test_a_request_that_passes_every_check_reaches_the_view(app):
    answer = app.request("/things/known", method="PATCH", headers={**ADA, **JSON}, body=GOOD)
    assert answer.json == {"row": "the row", "number": 7}


def test_a_row_named_in_the_body_is_looked_for_before_the_fields_are_checked(app):
    headers = {**ADA, **JSON}
    unknown, known = b'{"thing_id": 2, "number": "x"}', WRONG_FIELD
    assert app.request("/things", method="PATCH", headers=headers, body=unknown, status=404).json["code"] == "not_found"
    assert app.request("/things", method="PATCH", headers=headers, body=known, status=422).json["fields"].keys() == {
        "number"
    }
    assert app.request("/things", method="PATCH", headers=headers, body=GOOD).json == {"row": "the row of the body"}


def test_who_may_not_is_told_so_before_the_row_is_looked_for(app):
    """R-021."""
    for name in ("known", "unknown"):
        answer = app.request(f"/things/{name}", method="PATCH", headers={**BOB, **JSON}, body=GOOD, status=403)
        assert "work" in answer.json["error"]


def test_without_identity_every_private_route_is_401_and_names_the_way_in(app):
    """R-029."""
    answer = app.request("/things/known", method="PATCH", headers=JSON, body=GOOD, status=401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
