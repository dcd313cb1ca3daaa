"""GETs that change something: declared, refused where they are switched off, and checked like writes."""

from typing import Annotated, Any

import pytest
from pydantic import Field
from small_installation import make_caller, runtime_in
from webtest import TestApp

from cometa_core.app import build_app
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_core.web.validation import Body

PARSE = "/parseActions/"


class Order(Body):
    """Parameters of several types."""

    feature_id: Annotated[int, Field(strict=True)]
    wait: Annotated[bool, Field(strict=True)] = False
    name: str = ""
    browsers: list[dict[str, Any]] = Field(default_factory=list)


@pytest.fixture
def ordering(serve):
    """An application whose GET takes the parameters of its POST."""
    orders = Service("orders", "/orders/")

    @orders.get(permission="work", effect=True, body=Order)
    @orders.post(permission="work", body=Order)
    def order(request: Request) -> dict[str, Any]:
        """Give back what was understood."""
        return request.body_model.model_dump()

    return serve(orders)


def get(app, query="", **options):
    return app.get(f"/orders/{query}", headers={"X-Caller": "ada"}, **options)


def test_parameters_come_from_the_query_in_the_types_of_the_body(ordering):
    """R-028.  Contract: rest-api A1.7."""
    query = "?feature_id=7&wait=true&name=12&browsers=[{%22browser%22:%22chrome%22}]"
    assert get(ordering, query).json == {
        "feature_id": 7, "wait": True, "name": "12", "browsers": [{"browser": "chrome"}],
    }  # fmt: skip


def test_they_come_from_a_json_body_too_and_the_query_wins(ordering):
    """R-028.  Contract: rest-api A1.7."""
    answer = ordering.request(
        "/orders/?feature_id=8", method="GET", body=b'{"feature_id": 7, "name": "x"}',
        headers={"X-Caller": "ada", "Content-Type": "application/json"},
    )  # fmt: skip
    assert (answer.json["feature_id"], answer.json["name"]) == (8, "x")


@pytest.mark.parametrize(("query", "field"), [("?feature_id=x", "feature_id"), ("", "feature_id")])
def test_wrong_and_missing_ones_are_named(ordering, query, field):
    answer = get(ordering, query, status=422)
    assert field in answer.json["fields"]


def test_unknown_query_parameters_are_ignored(ordering):
    """Contract: rest-api A1.3."""
    assert get(ordering, "?feature_id=7&_=123").json["feature_id"] == 7


def test_the_permission_is_that_of_the_change(ordering):
    refused = ordering.get("/orders/?feature_id=7", headers={"X-Caller": "bob"}, status=403)
    assert refused.json["code"] == "permission_missing"


def test_a_key_that_may_only_read_may_not_use_them(installation, whole):
    """Contract: rest-api A2.4: `read` is for GETs without effect."""
    reader = make_caller(installation, whole, "reader@example.org", role="SUPERUSER", scopes=("read",))
    assert reader.get(PARSE, status=403).json["code"] == "scope_missing"


def test_they_have_no_head(root):
    answer = root.call("HEAD", PARSE, status=405)
    assert answer.headers["Allow"] == "OPTIONS, POST"


@pytest.fixture
def strict_app(installation):
    """The same installation with the documented GETs switched off."""
    plugins = [plugin.name for plugin in installation.plugins.active]
    runtime = runtime_in(installation.locations.data, plugins, **{"cometa.legacy_get_writes": "false"})
    yield TestApp(build_app(runtime))
    runtime.close()


def test_they_can_be_switched_off(installation, strict_app):
    """R-028.  Contract: rest-api A1.7."""
    strict = make_caller(installation, strict_app, "strict@example.org", role="SUPERUSER")
    refused = strict.get(PARSE, status=405)
    assert refused.json["code"] == "legacy_get_disabled"
    assert refused.headers["Allow"] == "OPTIONS, POST"
    assert strict.call("POST", PARSE).json["success"]
    assert strict.get("/api/actions/").json


def test_the_switch_is_checked_before_identity(strict_app, whole):
    """R-004."""
    assert strict_app.get(PARSE, status=405).json["code"] == "legacy_get_disabled"
    assert whole.get(PARSE, status=401).json["code"] == "no_identity"
