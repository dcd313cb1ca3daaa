"""Who may do what: every route, each role, own and foreign departments, and nobody.  Contract: rest-api A3.2."""

import json
from urllib.parse import quote

import pytest
from permission_table import ANYBODY, PUBLIC, TABLE
from whole_world import ROLES, filled, png, served_by

from cometa_core.security import permission

ROUTES = sorted(TABLE, key=lambda route: (route[1], route[0]))


def send(world, caller, method, path, body, words):
    """Send a request; without a caller it has no credentials."""
    headers = {} if caller is None else {"Authorization": f"Bearer {caller.key}"}
    content = b""
    if method == "PUT":
        headers["Content-Type"], content = "image/png", png()
    elif body is not None:
        headers["Content-Type"], content = "application/json", json.dumps(filled(body, words)).encode()
    url = quote(path.format_map({**words, "feature_name": quote(str(words["feature_name"]))}), safe="/?=&%")
    return world.app.request(url, method=method, headers=headers, body=content, status="*")


def code_of(response):
    is_refusal = response.status_int >= 400 and response.content_type == "application/json"
    return response.json["code"] if is_refusal else ""


def has_flag(world, role, flag):
    """Whether the shipped role has a flag, as the API tells it."""
    if flag in {ANYBODY, PUBLIC}:
        return True
    roles = {row["permission_name"]: row for row in world.root.get("/api/permissions/").json}
    return roles[role][flag]


def check(response, wanted, route):
    assert response.status_int < 500, (route, response.text)
    if wanted == "allowed":
        assert response.status_int not in {401, 403, 404, 405}, (route, response.text)
        assert code_of(response) not in {"unknown_field", "malformed_json"}, (route, response.text)
    else:
        assert (response.status_int, code_of(response)) in wanted, (route, response.text)


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_nobody_reaches_only_what_is_public(world, route):
    """R-029."""
    rule = TABLE[route]
    response = send(world, None, *route, rule.body, world.objects["own"])
    if rule.flag == PUBLIC:
        assert code_of(response) != "no_identity"
        assert response.status_int < 500
    else:
        assert (response.status_int, code_of(response)) == (401, "no_identity"), response.text


@pytest.mark.parametrize("route", [route for route in ROUTES if TABLE[route].flag != PUBLIC], ids=" ".join)
def test_each_role_in_its_own_department(shared_world, route):
    """R-048: the flag of the table decides."""
    rule = TABLE[route]
    for role in ROLES:
        shared_world.restore()
        response = send(shared_world, shared_world.callers[role], *route, rule.body, shared_world.objects["own"])
        if has_flag(shared_world, role, rule.flag):
            check(response, "allowed", (role, route))
        else:
            check(response, {(404, "not_found") if rule.hidden else (403, "permission_missing")}, (role, route))


@pytest.mark.parametrize("route", [route for route in ROUTES if TABLE[route].foreign], ids=" ".join)
def test_each_role_and_what_belongs_to_a_foreign_department(shared_world, route):
    """R-020, R-021, R-052: it does not exist, except for SUPERUSER."""
    rule = TABLE[route]
    for role in ROLES:
        shared_world.restore()
        response = send(shared_world, shared_world.callers[role], *route, rule.body, shared_world.objects["foreign"])
        if role == "SUPERUSER":
            check(response, "allowed", (role, route))
        elif has_flag(shared_world, role, rule.flag) or rule.own:
            assert response.status_int == rule.foreign, (role, route, response.text)
        else:
            check(response, {(403, "permission_missing")}, (role, route))


def test_the_table_has_a_line_for_every_route(shared_world):
    """A route that nobody decided about must not be served."""
    app = shared_world.app
    decided = {(method, served_by(app, method, path)) for method, path in TABLE}
    served = {
        (method, service) for service in app.app.registry.cornice_services.values() for method in service.operations
    }
    assert {(method, service.path) for method, service in served - decided} == set()
    assert len(served) > 80


def test_every_line_of_the_table_has_a_route(shared_world):
    unknown = {(method, path) for method, path in TABLE if served_by(shared_world.app, method, path) is None}
    assert unknown == {("GET", "/")}, "the address of the server is no route of the API"


def test_the_flags_of_the_table_are_declared(shared_world):
    known = set(shared_world.runtime.permissions.permissions) | {ANYBODY, PUBLIC}
    assert {rule.flag for rule in TABLE.values()} <= known
    assert permission.PUBLIC == PUBLIC
