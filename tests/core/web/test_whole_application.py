"""The rules of the HTTP layer, asked of the whole application.  Contract: rest-api A1, R-001 to R-029."""

import json
import re

import pytest
from small_installation import initialise, make_caller, runtime_in
from webtest import TestApp

from cometa_core.app import build_app

PLUGINS = ("accounts", "catalog", "features", "websteps", "executions", "screenshots")
JSON = {"Content-Type": "application/json"}
PUBLIC_PATHS = {"/docs/", "/docs/openapi.json/", "/docs/files/{name}/", "/health/", "/ready/", "/metrics/"}
SIGN_IN_PATHS = {"/auth/login/", "/auth/callback/", "/auth/logout/"}
PLACEHOLDER = re.compile(r"\{\w+(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def installation(request, tmp_path_factory):
    """Databases differ in what they refuse to store or to look for."""
    others = {}
    if request.param == "postgresql":
        others["sqlalchemy.url"] = request.getfixturevalue("postgres_server").create_database()
    runtime = runtime_in(tmp_path_factory.mktemp("whole"), PLUGINS, **others)
    initialise(runtime)
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def member(installation, whole):
    """A member of ``Default`` without the rights of administrators."""
    return make_caller(installation, whole, "member@example.org")


@pytest.fixture(scope="module")
def operations(whole):
    """All operations: (verb, path with 1 for every placeholder, path as declared, declaration)."""
    return [
        (verb, PLACEHOLDER.sub("1", service.path), re.sub(r"\{(\w+)[^/]*\}", r"{\1}", service.path), operation)
        for service in whole.app.registry.cornice_services.values()
        for verb, operation in service.operations.items()
    ]


def send(whole, verb, path, headers=None, body=b"{}"):
    has_body = verb not in {"GET", "HEAD", "DELETE"}
    return whole.request(
        path, method=verb, headers={**(JSON if has_body else {}), **(headers or {})},
        body=body if has_body else b"", status="*",
    )  # fmt: skip


def common_checks(answer):
    """R-012, R-204: what holds for every answer."""
    assert answer.status_int < 500, (answer.request.method, answer.request.path, answer.text)
    assert answer.status_int != 204
    assert answer.headers["Content-Type"]
    assert answer.headers["X-Request-Id"]
    if answer.status_int >= 400:
        assert answer.json["request_id"] == answer.headers["X-Request-Id"]
        assert (answer.json["success"], type(answer.json["error"]), type(answer.json["code"])) == (False, str, str)
        assert ("fields" in answer.json) <= (answer.status_int in {400, 422})


def test_without_identity_every_route_but_the_public_ones_is_401(whole, operations):
    """R-029: whatever body is sent."""
    assert len(operations) > 40
    for verb, path, declared, _ in operations:
        answer = send(whole, verb, path, body=b"[")
        common_checks(answer)
        if declared in SIGN_IN_PATHS:
            assert answer.status_int in {302, 404} or answer.json["code"] == "invalid_credentials", path
        elif declared in PUBLIC_PATHS:
            assert answer.status_int in {200, 404}, path
        else:
            assert (answer.status_int, answer.json["code"]) == (401, "no_identity"), (verb, path)


def test_every_route_takes_prefix_and_slash(whole, operations):
    """R-001, R-002: none redirects."""
    for verb, path, _, _ in operations:
        found = set()
        for variant in (path, path.rstrip("/"), f"/backend{path}", f"/backend{path}".rstrip("/")):
            answer = send(whole, verb, variant)
            found.add((answer.status_int, answer.content_type, answer.headers.get("Location")))
        assert len(found) == 1, (verb, path, found)


def test_every_route_refuses_a_wrong_verb_and_lists_the_right_ones(whole, operations):
    """R-004."""
    for path in {path for _, path, _, _ in operations}:
        verbs = {verb for verb, other, _, _ in operations if other == path}
        allowed = verbs | {"OPTIONS"} | ({"HEAD"} if "GET" in verbs else set())
        answer = whole.options(path, status=200)
        assert set(answer.json["allow"]) == allowed
        for verb in {"GET", "POST", "PUT", "PATCH", "DELETE"} - verbs:
            refused = send(whole, verb, path)
            assert (refused.status_int, set(refused.headers["Allow"].split(", "))) == (405, allowed)


@pytest.mark.parametrize("written", ["x", "-1", "1.0", "9" * 19, "%D9%A1"])
def test_every_id_in_a_path_is_1_to_18_digits(root, whole, operations, written):
    """R-005."""
    paths = {
        service.path for service in whole.app.registry.cornice_services.values() if service.path.count("[0-9]") == 1
    }
    assert len(paths) > 15
    for path in paths:
        answer = root.get(PLACEHOLDER.sub(written, path), status=404)
        assert answer.json["code"] == "route_not_found"


HOSTILE = [
    b"", b"[]", b"null", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": "\\u0000"}', b'{"\\u0000": 1}', b'{"a": "\\ud800"}',
    b'{"a": 1, "a": 2}', b'{"a": ' + b"[" * 5_000, b'{"a": ' + b"[" * 300 + b"]" * 300 + b"}", b'{"a": "\xff"}',
    b"{}", b'{"name": 1}', b'{"name": null, "feature_id": {}, "app_id": [], "browsers": "x"}',
    b'{"feature_id": 99999999999999999999999999, "app_name": "x", "environment_name": {"a": 1}}',
]  # fmt: skip


def test_no_body_makes_any_route_fail(root, whole, operations):
    """R-006, R-019: hostile bodies are the caller's fault."""
    key = {"Authorization": f"Bearer {root.key}"}
    for verb, path, _, operation in operations:
        if operation.body is not None and verb != "GET":
            for body in HOSTILE:
                answer = send(whole, verb, path, key, body)
                common_checks(answer)
            for content_type in ("text/plain", "multipart/form-data; boundary=x"):
                answer = send(whole, verb, path, {**key, "Content-Type": content_type})
                assert (answer.status_int, answer.json["code"]) == (415, "unsupported_media_type"), (verb, path)


@pytest.mark.parametrize("value", ["", "x", "%00", "-1", "99999999999999999999", "%F0%9F%8E%BB", "%FF", "1&page=0"])
def test_no_query_makes_any_route_fail(root, operations, value):
    """R-019."""
    for verb, path, _, operation in operations:
        if operation.query is not None and verb == "GET":
            for name in operation.query.model_fields:
                answer = root.get(f"{path}?{name}={value}", status="*")
                common_checks(answer)


@pytest.mark.parametrize("name", ["%00", "a%00b", "%F0%9F%8E%BB", "..%2f", "%0A", "x" * 5000])
def test_no_name_in_a_path_makes_any_route_fail(root, operations, name):
    """R-011, R-019."""
    for verb, _, declared, _ in operations:
        if re.search(r"\{(?!\w*id\})", declared):
            answer = root.call(verb, re.sub(r"\{\w+\}", name, declared), status="*")
            common_checks(answer)


def test_a_body_over_the_limit_stores_nothing(tmp_path):
    """R-007, R-022: the limit is a setting."""
    runtime = runtime_in(tmp_path, ("accounts", "catalog"), **{"cometa.max_body_bytes": "1000"})
    initialise(runtime)
    app = TestApp(build_app(runtime))
    root = make_caller(runtime, app, "root@example.org", role="SUPERUSER")
    before = root.get("/api/applications").json
    answer = root.post("/api/applications/", {"app_name": "Too large", "padding": "x" * 1000}, status=413)
    assert answer.json["code"] == "body_too_large"
    assert root.get("/api/applications").json == before
    runtime.close()


def test_an_unknown_key_of_an_application_is_named(root):
    """R-008, R-022."""
    before = root.get("/api/applications").headers["X-Total-Count"]
    answer = root.post("/api/applications/", {"app_name": "Shop", "colour": "red"}, status=422)
    assert (answer.json["code"], list(answer.json["fields"])) == ("unknown_field", ["colour"])
    assert root.get("/api/applications").headers["X-Total-Count"] == before


def test_creating_answers_201_and_the_row(root):
    """R-013, R-014, R-015, R-016."""
    for name in ("First", "Second", "Third"):
        answer = root.post("/backend/api/applications", {"app_name": name}, status=201)
        assert answer.json["app_name"] == name
        assert "error" not in answer.json
    answer = root.get("/backend/api/applications?x=1&page=2&size=1")
    total = int(answer.headers["X-Total-Count"])
    assert (len(answer.json), total) == (1, len(root.get("/api/applications/").json))
    assert 'page=1&size=1>; rel="prev"' in answer.headers["Link"]
    assert '</backend/api/applications?x=1&page=3&size=1>; rel="next"' in answer.headers["Link"]


FEATURE = {"feature_name": "Buy", "app_id": 1, "environment_id": 1, "department_id": 1, "steps_content": []}


def test_unknown_keys_of_features_are_ignored(root):
    """R-009, R-010, R-013."""
    made = root.post("/api/features/", {**FEATURE, "nobody_knows": 1}, status=201).json
    changed = root.patch(f"/api/features/{made['feature_id']}", {"description": "x", "nobody_knows": 1}).json
    assert changed["success"] is True
    moments = [value for key, value in made.items() if key.endswith(("_on", "_date", "_at")) and value]
    assert moments
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", moment) for moment in moments)


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"{}", 422), (json.dumps({**FEATURE, "app_id": 10**9}).encode(), 400)]
)
def test_the_sentence_stands_twice_where_features_are_created(root, whole, body, status):
    """R-018: ``Error`` is a key of refusals of this route alone."""
    headers = {**JSON, "Authorization": f"Bearer {root.key}"}
    answer = whole.post("/backend/api/features", body, headers=headers, status=status)
    assert answer.json["Error"] == answer.json["error"]
    assert "Error" not in whole.patch("/api/features/1000000/", body, headers=headers, status="*").json


def test_steps_have_paths_with_indexes(root):
    body = {**FEATURE, "steps_content": [{"step_content": "a"}, {"step_content": 7}]}
    answer = root.post("/api/features/", body, status=422)
    assert "steps_content[1].step_content" in answer.json["fields"]


def test_a_missing_flag_is_told_before_an_unknown_row(member):
    """R-021."""
    for number in (1, 10**15):
        answer = member.delete(f"/api/departments/{number}", status=403)
        assert answer.json["code"] == "permission_missing"


def test_foreign_and_unknown_rows_are_one(root, member):
    """R-020."""
    other = root.post("/api/departments/", {"department_name": "Elsewhere"}, status=201).json["department_id"]
    feature = root.post("/api/features/", {**FEATURE, "department_id": other}, status=201).json["feature_id"]
    foreign, unknown = (member.get(f"/api/features/{number}", status=404).json for number in (feature, 10**15))
    assert {**foreign, "request_id": ""} == {**unknown, "request_id": ""}


@pytest.mark.parametrize("number", [2**31, 2**53, 10**18 - 1])
def test_ids_beyond_a_column_of_the_database_address_nothing(root, whole, operations, number):
    """R-005, R-020: all ids of 18 digits are ids, whatever the database keeps them in."""
    key = {"Authorization": f"Bearer {root.key}"}
    for verb, _, declared, operation in operations:
        if operation.load is not None and declared.count("id}") == declared.count("{") == 1:
            path = re.sub(r"\{\w+\}", str(number), declared)
            answer = send(whole, verb, path, key)
            assert (answer.status_int, answer.json["code"]) == (404, "not_found"), (verb, path, answer.text)


@pytest.mark.parametrize("number", [2**31, 2**53, 10**18 - 1])
def test_ids_beyond_a_column_in_a_body_are_the_callers_fault(root, number):
    """R-019."""
    for key in ("app_id", "environment_id", "department_id", "folder_id"):
        answer = root.post("/api/features/", {**FEATURE, key: number}, status="*")
        assert answer.status_int in {400, 422}, answer.text


def test_head_reads_what_get_reads(root, operations):
    for verb, path, _, operation in operations:
        if verb == "GET" and operation.load is None and not operation.effect:
            got, head = root.get(path, status="*"), root.call("HEAD", path, status="*")
            assert (head.status_int, head.content_type, head.body) == (got.status_int, got.content_type, b""), path


@pytest.mark.parametrize(
    ("path", "place"), [("/", "/docs/"), ("/backend", "/backend/docs/"), ("/backend/", "/backend/docs/")]
)
def test_the_address_of_the_server_leads_to_the_documentation(root, path, place):
    """R-001: with the prefix that the caller used; other verbs than reading do not exist."""
    assert root.get(path, status=302).headers["Location"] == f"http://localhost{place}"
    assert root.post(path, {}, status=405).json["code"] == "method_not_allowed"
