"""The examples of the API document: there for every body and answer, and as the schemas say."""

import pytest
from jsonschema import Draft202012Validator

JSON = "application/json"
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document(shared_world):
    return shared_world.root.get("/docs/openapi.json").json


@pytest.fixture(scope="module")
def operations(document):
    """All operations with their JSON contents: name -> (content of the request or None, contents of success)."""
    found = {}
    for path, entry in document["paths"].items():
        for method in entry.keys() & METHODS:
            request = entry[method].get("requestBody", {}).get("content", {}).get(JSON)
            answers = [
                answer["content"][JSON]
                for status, answer in entry[method]["responses"].items()
                if status.startswith("2") and JSON in answer.get("content", {})
            ]
            found[f"{method} {path}"] = (request, answers)
    return found


def test_every_body_and_every_answer_has_an_example(operations):
    """R-191: of several kinds of success one is shown."""
    without = {
        name
        for name, (request, answers) in operations.items()
        if (request is not None and "example" not in request)
        or (answers and not any("example" in answer for answer in answers))
    }
    assert without == {"get /docs/openapi.json/"}, "run tools/write_examples.py"
    assert len(operations) > 100


def test_every_example_fits_its_schema(document, operations):
    for name, (request, answers) in operations.items():
        for content in [request, *answers]:
            if content is not None and "example" in content:
                schema = {**content["schema"], "components": document["components"]}
                errors = [error.message for error in Draft202012Validator(schema).iter_errors(content["example"])]
                assert errors == [], name
