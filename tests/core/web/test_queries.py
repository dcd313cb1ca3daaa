"""Query parameters.  Contract: rest-api A1.3."""

import pytest

from cometa_core.security.permission import PUBLIC
from cometa_core.web.service import Service
from cometa_core.web.validation import Query


class Search(Query):
    """A text, a number and a choice."""

    text: str
    number: int = 0


@pytest.fixture
def app(serve):
    found = Service("found", "/found/")
    found.get(permission=PUBLIC, query=Search)(lambda request: request.query_model)
    return serve(found)


def test_of_repeated_parameters_the_last_counts(app):
    assert app.get("/found?text=a&number=1&text=b&number=2").json == {"text": "b", "number": 2}


@pytest.mark.parametrize(
    ("query", "name"),
    [("number=1", "text"), ("text=a&number=x", "number"), ("text=a&number=9223372036854775808", "number")],
)
def test_a_wrong_or_missing_parameter_is_named(app, query, name):
    answer = app.get(f"/found?{query}", status=400)
    assert (answer.json["code"], list(answer.json["fields"])) == ("invalid_query", [name])
    assert answer.json["error"].startswith(f"Query parameter {name}: ")


@pytest.mark.parametrize("query", ["text=%FF%C3", "text=a&%FF=1"])
def test_a_query_that_is_not_utf8_is_refused(app, query):
    answer = app.get(f"/found?{query}", status=400)
    assert (answer.json["code"], "UTF-8" in answer.json["error"]) == ("invalid_query", True)


def test_a_text_with_nul_is_refused(app):
    """R-011: U+0000 is 422 wherever it stands."""
    answer = app.get("/found?text=a%00b", status=422)
    assert (answer.json["code"], list(answer.json["fields"])) == ("validation_failed", ["text"])


def test_an_unknown_parameter_with_nul_is_ignored(app):
    app.get("/found?text=a&other=%00&%00=1", status=200)
