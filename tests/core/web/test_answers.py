"""Success bodies, headers of every answer, and the dialect seam.  Contract: rest-api A1.2, A1.3."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from pydantic import BaseModel
from pyramid.httpexceptions import HTTPFound
from pyramid.response import Response
from webtest import TestApp

from cometa_core.errors import Conflict
from cometa_core.security.permission import PUBLIC
from cometa_core.web.dialect import Accepted, Created, DefaultDialect, Done, Page, Updated, json_response
from cometa_core.web.fields import Timestamp
from cometa_core.web.service import Service

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Row(BaseModel):
    """A row with a moment."""

    name: str = "ä"
    at: Timestamp = datetime(2026, 1, 31, 9, 15, 30, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def answer_to(serve):
    """Serve a view that returns a value, or raises it, and give back the answer."""

    def ask(result, headers=None, status="*"):
        service = Service("result", "/result/")

        @service.get(permission=PUBLIC)
        def view(_request):
            if isinstance(result, Exception):
                raise result
            return result

        return serve(service).get("/result", headers=headers, status=status)

    return ask


ROW = {"name": "ä", "at": "2026-01-31T08:15:30.000000Z"}


@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        (Row(), 200, ROW),
        (Created(Row()), 201, ROW),
        (Accepted(Row()), 202, ROW),
        (Updated(Row()), 200, {"success": True, "data": ROW}),
        (Updated(Row(), {"steps": [1]}), 200, {"success": True, "data": ROW, "steps": [1]}),
        (Done(), 200, {"success": True}),
        (Done({"tasks": 2}), 200, {"success": True, "tasks": 2}),
        (Page([Row(), Row()], 9), 200, [ROW, ROW]),
        ({"a": Decimal("1.50"), "b": [Row()]}, 200, {"a": "1.50", "b": [ROW]}),
        ([], 200, []),
    ],
)
def test_results_of_views_have_the_shapes_of_the_contract(answer_to, result, status, body):
    """R-013, R-014."""
    answer = answer_to(result)
    assert (answer.status_int, answer.json) == (status, body)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_moments_are_utc_with_six_digits(answer_to):
    """R-010: also of microseconds that are zero."""
    assert MOMENT.fullmatch(answer_to(Row(at=datetime(2026, 1, 1, tzinfo=UTC))).json["at"])


def test_numbers_that_are_not_json_become_null(answer_to):
    answer = answer_to({"nan": float("nan"), "list": [float("inf")]})
    assert json.loads(answer.body, parse_constant=pytest.fail) == {"nan": None, "list": [None]}


def test_a_response_of_the_view_is_left_as_it_is(answer_to):
    answer = answer_to(Response(body=b"\x89PNG", content_type="image/png"))
    assert (answer.content_type, answer.body, answer.headers.get("Cache-Control")) == ("image/png", b"\x89PNG", None)


def test_redirects_pass(answer_to):
    answer = answer_to(HTTPFound("/elsewhere"))
    assert (answer.status_int, answer.headers["Location"]) == (302, "http://localhost/elsewhere")


@pytest.mark.parametrize("result", [Row(), Response(text="x"), HTTPFound("/"), Conflict("No."), ValueError("x")])
def test_every_answer_has_the_common_headers(answer_to, result):
    """R-012."""
    headers = answer_to(result).headers
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Content-Type"]


@pytest.mark.parametrize("result", [Row(), Conflict("No."), ValueError("x")])
def test_json_is_not_cached(answer_to, result):
    assert answer_to(result).headers["Cache-Control"] == "no-store"


def test_a_view_may_decide_about_caching(answer_to):
    kept = json_response({})
    kept.headers["Cache-Control"] = "max-age=60"
    assert answer_to(kept).headers["Cache-Control"] == "max-age=60"


@pytest.mark.parametrize("sent", ["a" * 8, "A-Z_0.9-id", "f" * 64])
@pytest.mark.parametrize("result", [Row(), Conflict("No.")])
def test_a_usable_request_id_is_kept(answer_to, sent, result):
    """R-012."""
    answer = answer_to(result, {"X-Request-Id": sent})
    assert answer.headers["X-Request-Id"] == sent
    assert answer.json.get("request_id", sent) == sent


@pytest.mark.parametrize("sent", ["a" * 7, "f" * 65, "with space", "semi;colon", "umlaut-\xe4\xe4", ""])
def test_any_other_request_id_is_replaced(answer_to, sent):
    """R-012."""
    made = answer_to(Row(), {"X-Request-Id": sent}).headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f]{16}", made)


class Envelope(DefaultDialect):
    """Another dialect: everything in an envelope."""

    def answer(self, request, result):
        return json_response({"envelope": result})

    def error(self, request, error):
        return json_response({"trouble": error.code}, 200)


@pytest.fixture
def foreign(configured):
    service = Service("result", "/result/")
    service.get(permission=PUBLIC)(lambda _request: 7)
    config = configured(service)
    config.set_dialect(Envelope())
    return TestApp(config.make_wsgi_app())


def test_a_plugin_may_replace_the_dialect_of_answers_and_refusals(foreign):
    assert foreign.get("/result").json == {"envelope": 7}
    assert foreign.get("/nothing").json == {"trouble": "route_not_found"}
    assert foreign.get("/%FF").json == {"trouble": "malformed_path"}
    assert foreign.put("/result").json == {"trouble": "method_not_allowed"}
