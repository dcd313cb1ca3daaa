"""Errors as answers.  Contract: rest-api A1.5."""

import logging

import pytest
from pyramid import httpexceptions
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cometa_core import errors
from cometa_core.security.permission import PUBLIC
from cometa_core.web.service import Service


class Driver(Exception):
    """An exception of a database driver."""


SECRET = "S3CRET"
LEAKY = Driver(f'duplicate key violates "uq_thing"\nDETAIL: Key (value)=({SECRET}) already exists.')


@pytest.fixture
def raised(serve):
    """Serve a view that raises an exception and give back the answer."""

    def ask(error, method="GET"):
        service = Service("failing", "/failing/")

        @service.get(permission=PUBLIC)
        @service.post(permission=PUBLIC)
        def view(_request):
            raise error

        return serve(service).request("/backend/failing", method=method, status="*")

    return ask


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.BadRequest("a"), 400, "invalid_query"),
        (errors.Unauthenticated("a", code="expired_credentials"), 401, "expired_credentials"),
        (errors.Forbidden("a"), 403, "permission_missing"),
        (errors.NotFound(), 404, "not_found"),
        (errors.Conflict("a", code="in_use"), 409, "in_use"),
        (errors.TooLarge("a"), 413, "body_too_large"),
        (errors.UnsupportedMediaType("a"), 415, "unsupported_media_type"),
        (errors.Invalid("a"), 422, "validation_failed"),
        (errors.TooManyRequests("a"), 429, "rate_limited"),
        (errors.CometaError("a", code="schedule_not_saved"), 500, "schedule_not_saved"),
        (errors.Unavailable("a"), 503, "not_ready"),
    ],
)
def test_refusals_have_status_code_sentence_and_request_id(raised, error, status, code):
    """R-012, R-018."""
    answer = raised(error)
    assert answer.status_int == status
    assert answer.json == {
        "success": False, "error": str(error), "code": code, "request_id": answer.headers["X-Request-Id"],
    }  # fmt: skip
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("kind", [errors.BadRequest, errors.Invalid])
def test_400_and_422_name_fields(raised, kind):
    """R-018."""
    assert raised(kind("a", fields={"a[0].b": ["is wrong"]})).json["fields"] == {"a[0].b": ["is wrong"]}


@pytest.mark.parametrize("kind", [errors.Conflict, errors.Forbidden, errors.Unavailable, errors.CometaError])
def test_no_other_status_names_fields(raised, kind):
    """R-018."""
    assert "fields" not in raised(kind("a", fields={"a": ["is wrong"]})).json


def test_the_key_error_in_capitals_is_for_another_route(raised):
    """R-018."""
    assert "Error" not in raised(errors.BadRequest("a"), "POST").json


def test_further_keys_of_a_refusal_are_told_and_hide_none_of_the_common_ones(raised):
    answer = raised(errors.Unavailable("a", extra={"checks": {"database": "failed"}, "success": True, "code": "x"}))
    assert answer.json["checks"] == {"database": "failed"}
    assert (answer.json["success"], answer.json["code"]) == (False, "not_ready")


def test_401_names_the_way_in(raised):
    assert raised(errors.Unauthenticated("a")).headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("extra", "seconds"), [({"retry_after": 7}, "7"), ({}, "60")])
def test_429_says_when_to_come_back(raised, extra, seconds):
    assert raised(errors.TooManyRequests("a", extra=extra)).headers["Retry-After"] == seconds


@pytest.mark.parametrize(
    "error",
    [ValueError(SECRET), KeyError(SECRET), AssertionError(SECRET), RecursionError(SECRET), MemoryError(SECRET),
     UnicodeDecodeError("utf-8", b"\xff", 0, 1, SECRET), ProgrammingError("select", {}, Driver(SECRET)),
     OSError(SECRET), DataError("select", {}, Driver(SECRET)), httpexceptions.HTTPInternalServerError(SECRET)],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unforeseen_exception_tells_the_caller_nothing(raised, error, method):
    """R-019."""
    answer = raised(error, method)
    assert (answer.status_int, answer.json["code"]) == (500, "internal_error")
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text


def test_the_log_has_the_traceback_once_under_the_request_id(raised, caplog):
    """R-019."""
    with caplog.at_level(logging.INFO):
        answer = raised(ZeroDivisionError("by zero"))
    assert len(caplog.records) == 1
    assert answer.json["request_id"] in caplog.text
    assert "Traceback" in caplog.text
    assert "ZeroDivisionError: by zero" in caplog.text


def test_refusals_that_are_no_fault_of_the_server_are_not_logged(raised, caplog):
    with caplog.at_level(logging.INFO):
        raised(errors.Invalid("a"))
    assert not caplog.records


@pytest.mark.parametrize(
    "error",
    [OperationalError("select 1", {}, Driver("connection refused")), InterfaceError("select 1", {}, Driver("closed")),
     PoolTimeoutError("QueuePool limit reached")],
)  # fmt: skip
def test_a_database_that_is_away_is_503(raised, error, caplog):
    """R-062: also when every connection is taken."""
    answer = raised(error)
    assert (answer.status_int, answer.json["code"]) == (503, "database_unavailable")
    assert answer.json["request_id"] in caplog.text


def test_a_violated_constraint_is_409_and_its_values_stay_out_of_answer_and_log(raised, caplog):
    answer = raised(IntegrityError("insert", {"value": SECRET}, LEAKY), "POST")
    assert (answer.status_int, answer.json["code"]) == (409, "duplicate_row")
    assert SECRET not in answer.text + caplog.text
    assert "uq_thing" in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (httpexceptions.HTTPBadRequest("x"), 400, "invalid_query"),
        (httpexceptions.HTTPUnauthorized("x"), 401, "no_identity"),
        (httpexceptions.HTTPForbidden("x"), 403, "permission_missing"),
        (httpexceptions.HTTPNotFound("x"), 404, "route_not_found"),
        (httpexceptions.HTTPMethodNotAllowed("x"), 405, "method_not_allowed"),
        (httpexceptions.HTTPRequestEntityTooLarge("x"), 413, "body_too_large"),
        (httpexceptions.HTTPUnsupportedMediaType("x"), 415, "unsupported_media_type"),
        (httpexceptions.HTTPServiceUnavailable("x"), 503, "not_ready"),
    ],
)
def test_errors_of_pyramid_have_our_shape_and_codes(raised, error, status, code):
    answer = raised(error)
    assert (answer.status_int, answer.json["code"], answer.content_type) == (status, code, "application/json")
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
