"""What bodies are taken.  Contract: rest-api A1.3."""

import io
import json

import pytest
from pydantic import BaseModel, ConfigDict, Field
from webtest import TestRequest

from cometa_core.errors import BadRequest, Invalid
from cometa_core.security.permission import PUBLIC
from cometa_core.web.dialect import Created
from cometa_core.web.service import Service
from cometa_core.web.validation import MOST_FINDINGS, Body, LenientBody, parse_object, validate_body

JSON = {"Content-Type": "application/json"}
LIMIT = 1000


class Step(BaseModel):
    """A part of a body."""

    model_config = ConfigDict(extra="forbid")
    text: str
    timeout: int | str = 60


class Plan(Body):
    """A body with parts."""

    name: str = ""
    number: float = 0
    steps: list[Step] = Field([])
    free: dict[str, object] = Field({})


class Lenient(LenientBody):
    """A body whose unknown keys are ignored."""

    name: str


@pytest.fixture
def stored():
    """What reached the view."""
    return []


@pytest.fixture
def app(serve, stored):
    strict, lenient = Service("plans", "/plans/"), Service("lenient", "/lenient/")

    @strict.post(permission=PUBLIC, body=Plan)
    @lenient.post(permission=PUBLIC, body=Lenient)
    def store(request):
        stored.append(request.body_model)
        return Created(request.body_model)

    return serve(strict, lenient, max_body_bytes=LIMIT)


@pytest.fixture
def refused(app, stored):
    """Send bytes that must not reach the view and give back the answer's body."""

    def send(raw, status, *, path="/plans/", content_type="application/json"):
        answer = app.post(path, raw, headers={"Content-Type": content_type}, status=status)
        assert stored == []
        assert answer.content_type == "application/json"
        return answer.json

    return send


@pytest.mark.parametrize(
    "raw",
    [b"", b" ", b"{", b"{'a': 1}", b'{"a": 1,}', b"[]", b'[{"name": "a"}]', b'"text"', b"1", b"null", b"true",
     b'{"number": NaN}', b'{"number": Infinity}', b'{"number": -Infinity}', b'{"number": 1e999}',
     b'{"free": {"deep": [-1e999]}}', b'{"name": "\xff"}', b'{"name": "\xed\xa0\x80"}', b'\xef\xbb\xbf{"name": "a"}',
     '{"name": "a"}'.encode("utf-16"), b'{"name": "a"} {}', b'{"name": "a"}\0', b'{"name": "a", "name": "b"}',
     b'{"free": {"a": 1, "b": 2, "a": 3}}', b'{"number": ' + b"1" * 900 + b"e9}", b'{"name": "a\nb"}'],
)  # fmt: skip
def test_what_is_no_json_object_is_malformed(refused, raw):
    """R-006: also NaN, infinities, numbers beyond them and keys that stand twice."""
    assert refused(raw, 400)["code"] == "malformed_json"


@pytest.mark.parametrize("depth", [101, 300, 400])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_a_body_nested_too_deeply_is_malformed(refused, depth, opening, closing):
    """Deeper ones would end in a RecursionError of whoever walks through them."""
    raw = f'{{"free": {{"x": {opening * depth}1{closing * depth}}}}}'
    answer = refused_by_parsing(raw.encode()) if len(raw) > LIMIT else refused(raw.encode(), 400)["code"]
    assert answer == "malformed_json"


def refused_by_parsing(raw):
    with pytest.raises(BadRequest) as error:
        parse_object(raw)
    return error.value.code


@pytest.mark.parametrize("depth", [5_000, 200_000])
def test_absurd_nesting_is_malformed_too(depth):
    for opening in ("[", '{"a":'):
        assert refused_by_parsing(f'{{"free": {opening * depth}'.encode()) == "malformed_json"


def test_an_integer_of_absurd_length_is_malformed():
    assert refused_by_parsing(b'{"free": ' + b"1" * 10_000 + b"}") == "malformed_json"


def test_nesting_that_people_use_passes(app):
    deep = {"x": 1}
    for _ in range(90):
        deep = {"x": deep}
    assert app.post_json("/plans", {"free": deep}, status=201).json["free"] == deep


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "text/json",
     "application/jsonlines", "xapplication/json", "application/json+xml", "image/png", ""],
)  # fmt: skip
def test_a_body_of_another_type_is_refused(refused, content_type):
    """R-006."""
    assert refused(b'{"name": "a"}', 415, content_type=content_type)["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON",
     "application/merge-patch+json", "application/vnd.api+json; charset=utf-8", 'application/json; profile="a;b"'],
)  # fmt: skip
def test_json_is_known_by_its_type_whatever_its_parameters(app, content_type):
    raw = '{"name": "Schlüssel 🎻"}'.encode()
    answer = app.post("/plans", raw, headers={"Content-Type": content_type}, status=201)
    assert answer.json["name"] == "Schlüssel 🎻"


def test_no_body_at_all_is_refused(app, stored):
    answer = app.request("/plans/", method="POST", status=415)
    assert (answer.json["code"], stored) == ("unsupported_media_type", [])


def test_a_body_over_the_limit_is_too_large(refused):
    """R-007: nothing is stored."""
    raw = json.dumps({"name": "x" * LIMIT}).encode()
    assert refused(raw, 413)["code"] == "body_too_large"


def test_a_body_of_just_the_limit_passes(app):
    raw = json.dumps({"name": ""}).encode()
    raw = json.dumps({"name": "x" * (LIMIT - len(raw))}).encode()
    assert len(raw) == LIMIT
    app.post("/plans/", raw, headers=JSON, status=201)


def chunked(raw):
    """What a server that passes chunks on puts into the environment."""
    return {"wsgi.input": io.BytesIO(raw), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}


def send_chunked(app, raw):
    request = TestRequest.blank("/plans/", method="POST", environ=chunked(raw), headers=JSON)
    request.environ.pop("CONTENT_LENGTH", None)
    return request.get_response(app.app)


def test_a_body_in_chunks_is_read(app, stored):
    assert send_chunked(app, b'{"name": "in chunks"}').status_int == 201
    assert stored[0].name == "in chunks"


def test_a_body_in_chunks_over_the_limit_is_too_large(app, stored):
    """R-007: no length is announced."""
    answer = send_chunked(app, json.dumps({"name": "x" * LIMIT}).encode())
    assert (answer.status_int, answer.json["code"], stored) == (413, "body_too_large", [])


def test_a_body_whose_length_is_not_known_is_not_waited_for(app):
    """A server that neither announces the length nor ends the input would block whoever reads."""
    request = TestRequest.blank("/plans/", method="POST", headers=JSON)
    request.environ["wsgi.input"] = Endless()
    request.environ.pop("CONTENT_LENGTH", None)
    assert request.get_response(app.app).status_int == 400


class Endless(io.RawIOBase):
    """An input that must not be read."""

    def read(self, *_sizes):
        raise AssertionError("read")


def test_an_unknown_key_is_named(refused):
    """R-008."""
    answer = refused(b'{"name": "a", "nmae": "b"}', 422)
    assert answer["code"] == "unknown_field"
    assert answer["fields"].keys() == {"nmae"}
    assert "nmae" in answer["error"]


def test_an_unknown_key_is_named_before_whatever_else_is_wrong(refused):
    """R-008: a misspelt key explains why the right one is missing."""
    answer = refused(b'{"steps": [{"txet": "a"}], "number": "x"}', 422)
    assert answer["code"] == "unknown_field"
    assert answer["fields"].keys() == {"steps[0].text", "steps[0].txet", "number"}
    assert "steps[0].txet" in answer["error"]


def test_lenient_bodies_ignore_unknown_keys(app):
    """R-009."""
    assert app.post_json("/lenient", {"name": "a", "more": 1}, status=201).json == {"name": "a"}


def test_fields_have_paths_with_indexes(refused):
    steps = [{"text": "a"}, {"text": "b", "timeout": [1]}, {}, "no object"]
    answer = refused(json.dumps({"steps": steps, "free": 7}).encode(), 422)
    assert answer["code"] == "validation_failed"
    assert answer["fields"].keys() == {"steps[1].timeout", "steps[2].text", "steps[3]", "free"}
    assert all(texts for texts in answer["fields"].values())
    assert answer["error"].startswith("Field ")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": "a\0"}, "name"),
        ({"steps": [{"text": "ok"}, {"text": "\0"}]}, "steps[1].text"),
        ({"free": {"list": ["a", {"b": "x\0y"}]}}, "free.list[1].b"),
        ({"name": "lone \ud800"}, "name"),
        ({"free": {"list": ["\udfff"]}}, "free.list[0]"),
        ({"free": {"list": [1, 2**63]}}, "free.list[1]"),
        ({"number": -(10**30)}, "number"),
    ],
)
def test_what_no_database_stores_is_refused(refused, body, place):
    """R-011: U+0000, halves of surrogate pairs, which are no text, and integers beyond 64 bits."""
    answer = refused(json.dumps(body).encode(), 422)
    assert (answer["code"], list(answer["fields"])) == ("validation_failed", [place])


def test_more_wrong_fields_than_anybody_reads_are_counted_and_not_listed():
    """An answer, and the memory to make it, must not grow far beyond the body."""
    with pytest.raises(Invalid) as error:
        validate_body(Union, {"parts": [{}] * (MOST_FINDINGS + 1)})
    assert (error.value.code, error.value.fields) == ("validation_failed", {})
    assert str(2 * MOST_FINDINGS + 2) in str(error.value)


def test_not_every_one_of_many_unstorable_texts_is_listed():
    """R-011."""
    with pytest.raises(Invalid) as error:
        validate_body(Union, {"parts": ["\0"] * (2 * MOST_FINDINGS)})
    assert len(error.value.fields) == MOST_FINDINGS


@pytest.mark.parametrize("key", ["a\0b", "\ud800"])
def test_keys_that_no_database_stores_are_refused(refused, key):
    """R-011: also where keys are free, and the answer can still be written."""
    answer = refused(json.dumps({"free": {key: 1}}).encode(), 422)
    assert (answer["code"], list(answer["fields"])) == ("validation_failed", ["free"])


def test_lenient_bodies_refuse_nul_as_well(refused):
    """R-011."""
    assert refused(b'{"name": "\\u0000"}', 422, path="/lenient")["fields"].keys() == {"name"}


class Union(Body):
    """Fields of several types."""

    either: int | list[int] = 0
    part: Step | None = None
    parts: list[Step | int] = Field([])


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"either": "x"}, {"either"}),
        ({"either": [1, "x"]}, {"either", "either[1]"}),
        ({"part": {"timeout": 1}}, {"part.text"}),
        ({"parts": [{"text": "a"}, {"text": 1}]}, {"parts[1].text", "parts[1]"}),
        ({"parts": [True, "x"]}, {"parts[1]"}),
    ],
)
def test_the_types_of_a_field_are_no_part_of_its_path(body, places):
    with pytest.raises(Invalid) as error:
        validate_body(Union, body)
    assert error.value.fields.keys() == places
