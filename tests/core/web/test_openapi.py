"""The OpenAPI document.  Contract: rest-api A6.18, R-191."""

import re
from enum import StrEnum

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel, create_model
from webtest import TestApp

from cometa_core.security.permission import AUTHENTICATED, PUBLIC
from cometa_core.web.dialect import Done, Page, Updated
from cometa_core.web.fields import DecimalText
from cometa_core.web.paging import Paging
from cometa_core.web.service import Service
from cometa_core.web.validation import Body, Query

VERBS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
REFERENCE = re.compile(r"#/components/(\w+)/([\w.-]+)")


def references_in(part):
    """Yield every reference in a part of the document."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for value in part.values():
            yield from references_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from references_in(value)


def check(document):
    """Check what holds for every document."""
    OpenAPIV31SpecValidator(document).validate()
    operations = [entry for path in document["paths"].values() for entry in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for reference in references_in(document):
        chapter, name = REFERENCE.fullmatch(reference).groups()
        assert name in document["components"][chapter], reference
    for path, entry in document["paths"].items():
        for operation in entry.values():
            declared = {found["name"] for found in operation["parameters"] if found["in"] == "path"}
            assert declared == set(re.findall(r"\{(\w+)\}", path)), path


@pytest.fixture(scope="module")
def whole_document(whole):
    return whole.get("/docs/openapi.json", status=200).json


def test_the_document_of_the_whole_application_is_valid(whole_document):
    """R-191: operations have names of their own, path parameters are declared, references lead somewhere."""
    assert whole_document["openapi"] == "3.1.0"
    check(whole_document)


def test_the_document_has_every_route_and_verb(whole, whole_document):
    """R-191."""
    served = {
        (re.sub(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}", r"{\1}", service.path), verb)
        for service in whole.app.registry.cornice_services.values()
        for verb in VERBS & set(service.defined_methods)
    }
    described = {(path, verb.upper()) for path, entry in whole_document["paths"].items() for verb in entry}
    assert described == served
    assert ("/api/features/{feature_id}/", "PATCH") in described


def test_every_operation_says_what_it_does_and_answers(whole_document):
    for path, entry in whole_document["paths"].items():
        for verb, operation in entry.items():
            assert operation["summary"].endswith("."), (path, verb)
            assert operation["tags"], (path, verb)
            assert any(status[0] in "23" for status in operation["responses"]), (path, verb)


def resolved(document, schema):
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def test_no_success_body_has_a_key_error(whole_document):
    """R-014, R-204."""
    for path, entry in whole_document["paths"].items():
        for operation in entry.values():
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
                    assert "error" not in resolved(whole_document, schema).get("properties", {}), path
                assert status != "204", path


def test_every_moment_in_an_answer_has_six_digits(whole_document):
    """R-010."""
    answers = [
        resolved(whole_document, {"$ref": reference})
        for entry in whole_document["paths"].values()
        for operation in entry.values()
        for reference in references_in(operation["responses"])
        if "/schemas/" in reference
    ]
    moments = [part for answer in answers for part in answer.get("properties", {}).values() if "date-time" in str(part)]
    assert moments
    assert all("pattern" in str(moment) for moment in moments)


def test_only_public_routes_need_no_key(whole_document):
    """R-029."""
    public = {path for path, entry in whole_document["paths"].items() if any(not x["security"] for x in entry.values())}
    documentation = {"/docs/", "/docs/files/{name}/", "/docs/openapi.json/"}
    # The metrics ask for an identity by themselves, unless they are asked from this machine.
    signing_in = {"/auth/login/", "/auth/callback/", "/auth/logout/"}
    assert public == documentation | signing_in | {"/health/", "/ready/", "/metrics/"}


class Colour(StrEnum):
    """A choice."""

    RED = "red"


class Part(BaseModel):
    """A part of an answer."""

    colour: Colour


class Search(Query):
    """A query with a choice of its own."""

    colour: Colour
    text: str | None = None


@pytest.fixture
def document(serve):
    """Serve services and give back their document."""

    def make(*services, **options):
        return serve(*services).get("/docs/openapi.json", **options).json

    return make


def test_models_of_one_name_are_told_apart(document):
    """R-191: plugins choose names without knowing each other."""
    services = []
    for number, kind in enumerate((int, str)):
        body = create_model("Same", __base__=Body, __module__=f"plugin_{number}", value=(kind, ...))
        answer = create_model("Same", __base__=BaseModel, __module__=f"plugin_{number}.answers", part=(kind, ...))
        service = Service(f"same_{number}", f"/same/{number}/")
        service.post(permission=PUBLIC, body=body, answer=list[answer])(lambda _request: [])
        services.append(service)
    found = document(*services)
    check(found)
    kinds = []
    for number in range(2):
        operation = found["paths"][f"/same/{number}/"]["post"]
        sent = resolved(found, operation["requestBody"]["content"]["application/json"]["schema"])
        got = operation["responses"]["200"]["content"]["application/json"]["schema"]["items"]
        kinds.append((sent["properties"]["value"]["type"], resolved(found, got)["properties"]["part"]["type"]))
    assert kinds == [("integer", "integer"), ("string", "string")]


def test_a_model_read_and_written_may_differ(document):
    class Both(Body):
        """Sent and answered."""

        price: DecimalText

    service = Service("both", "/both/")
    service.put(permission=PUBLIC, body=Both, answer=Both)(lambda request: request.body_model)
    found = document(service)
    check(found)
    operation = found["paths"]["/both/"]["put"]
    sent = resolved(found, operation["requestBody"]["content"]["application/json"]["schema"])
    got = resolved(found, operation["responses"]["200"]["content"]["application/json"]["schema"])
    assert (len(sent["properties"]["price"]["anyOf"]), got["properties"]["price"]["type"]) == (2, "string")


def test_query_and_path_parameters_are_described(document):
    service = Service("part", r"/parts/{part_id:\d{1,18}}/{name}/{kind:[a-z]+}/")
    service.get(permission=PUBLIC, query=Search, answer=Part)(lambda _request: None)
    found = document(service)
    check(found)
    parameters = found["paths"]["/parts/{part_id}/{name}/{kind}/"]["get"]["parameters"]
    described = {(entry["name"], entry["in"], entry["required"], entry["schema"].get("type")) for entry in parameters}
    assert described == {
        ("part_id", "path", True, "integer"),
        ("name", "path", True, "string"),
        ("kind", "path", True, "string"),
        ("colour", "query", True, None),
        ("text", "query", False, None),
    }


def test_refusals_are_described(document):
    service = Service("part", r"/parts/{part_id:\d{1,18}}/")

    @service.patch(permission="edit_part", body=Part, answer=Part, status=201, errors=("in_use",), load=lambda _: None)
    def change_part(_request):
        """Change a part.

        More about it.
        """

    service.get(permission=PUBLIC, query=Paging, media_type="image/png")(lambda _request: None)
    found = document(service)
    check(found)
    change, read = found["paths"]["/parts/{part_id}/"]["patch"], found["paths"]["/parts/{part_id}/"]["get"]
    assert (change["summary"], change["operationId"]) == ("Change a part.", "part_patch")
    assert "More about it." in change["description"]
    assert "`edit_part`" in change["description"]
    assert set(change["responses"]) == {"201", "400", "401", "403", "404", "413", "415", "422", "default"}
    assert "`in_use`" in change["responses"]["default"]["description"]
    assert set(read["responses"]) == {"200", "400", "404", "422", "default"}
    assert set(read["responses"]["200"]["content"]) == {"image/png"}
    assert (read["security"], change["security"]) == ([], [{"key": []}])


@pytest.fixture
def answering():
    """A service whose verbs answer with different shapes."""
    service = Service("part", "/part/")

    @service.get(permission=PUBLIC, query=Paging, answer=list[Part])
    def read(_request) -> Page:
        return Page([Part(colour="red")], 1)

    @service.patch(permission=PUBLIC, answer=Part)
    def change(_request) -> Updated:
        return Updated(Part(colour="red"))

    @service.delete(permission=PUBLIC)
    def remove(_request) -> Done:
        return Done()

    @service.post(permission=PUBLIC, answer=Part)
    def act(_request) -> Done:
        return Done({"colour": "red"})

    return service


@pytest.mark.parametrize("verb", ["get", "patch", "delete", "post"])
def test_answers_are_described_as_they_are_sent(serve, answering, verb):
    """R-191: with what is around the row."""
    app = serve(answering)
    found = app.get("/docs/openapi.json").json
    check(found)
    schema = found["paths"]["/part/"][verb]["responses"]["200"]["content"]["application/json"]["schema"]
    sent = app.request("/part", method=verb.upper()).json
    Draft202012Validator({**schema, "components": found["components"]}).validate(sent)
    assert ("success" in schema.get("required", ())) == (verb in {"patch", "delete"})


def test_headers_of_lists_are_described(document, answering):
    """R-015, R-016, R-191."""
    answers = {verb: entry["responses"]["200"] for verb, entry in document(answering)["paths"]["/part/"].items()}
    assert set(answers["get"]["headers"]) == {"X-Total-Count", "Link"}
    assert "headers" not in answers["patch"]


def test_updates_of_the_whole_application_are_described_as_they_are_sent(root, whole_document):
    """R-191."""
    sent = root.patch("/api/applications/1/", {"app_name": "Renamed"}).json
    answer = whole_document["paths"]["/api/applications/{app_id}/"]["patch"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": whole_document["components"]}).validate(sent)


def test_routes_below_a_prefix_are_described_where_they_are(configured):
    service = Service("things", "/things/")
    service.get(permission=AUTHENTICATED)(lambda _request: [])
    config = configured()
    config.include(lambda inner: inner.add_cornice_service(service), route_prefix="v1")
    app = TestApp(config.make_wsgi_app())
    found = app.get("/docs/openapi.json").json
    check(found)
    assert "/v1/things/" in found["paths"]
    assert app.get("/backend/v1/things", headers={"X-Caller": "ada"}).json == []


@pytest.mark.parametrize(("path", "base"), [("/docs/openapi.json", "/"), ("/backend/docs/openapi.json/", "/backend")])
def test_the_document_names_the_base_that_the_caller_used(serve, path, base):
    app = serve()
    for _ in range(2):
        assert app.get(path).json["servers"] == [{"url": base}]


def test_further_kinds_of_success_are_described(document):
    service = Service("part", "/parts/")

    @service.post(permission="edit_part", body=Part, answer=Part, status=201, other_answers={200: Part, 202: Search})
    def make_part(_request):
        """Make a part, or say that it is there."""

    found = document(service)
    check(found)
    answers = found["paths"]["/parts/"]["post"]["responses"]
    assert {"200", "201", "202"} <= set(answers)
    assert answers["200"]["content"] == answers["201"]["content"] != answers["202"]["content"]
