"""A variable tells which features name it; the lists read an index, which every save renews."""

import pytest
from sqlalchemy import event, select

from cometa_variables.models import NamedVariable
from cometa_variables.services.naming import index_all, names_in


def in_use(api):
    return {row["variable_name"]: row["in_use"] for row in api.get("/api/variables/").json}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('Goto URL "$shop/cart"', ["shop"]),
        ('Goto URL "${shop}cart"', ["shop"]),
        ('Goto URL "$shop.url"', ["shop.url", "shop"]),
        ("costs $5 and %index", []),
        (r"\$shop is a text", []),
        ("$a$b", ["a", "b"]),
    ],
)
def test_names_are_read_as_runners_read_them(text, names):
    """runner G.1."""
    assert list(names_in(text)) == names


def test_a_variable_knows_the_features_whose_steps_name_it(api, entry):
    """rest-api A4.8."""
    api.set(entry("shop", "1"), entry("order", "2"), entry("nobody", "3"))
    one = api.feature('Goto URL "$shop"', 'Save selector "#no" value to environment variable "order"')
    two = api.feature('Goto URL "${shop}/cart"', name="Cart")
    assert in_use(api) == {"shop": [one, two], "order": [one], "nobody": []}
    api.patch(f"/api/features/{one}/", {"steps_content": [{"step_content": 'Goto URL "$nobody"'}]})
    assert in_use(api) == {"shop": [two], "order": [], "nobody": [one]}
    api.delete(f"/api/features/{two}/")
    assert in_use(api)["shop"] == []


def test_features_of_other_departments_do_not_count(api, root, entry, other_department):
    """rest-api A3.3."""
    api.set(entry("shop", "1"))
    root.feature('Goto URL "$shop"', department_id=other_department)
    assert in_use(api) == {"shop": []}


def test_a_list_takes_the_same_number_of_queries_however_long_it_is(runtime, api, entry):
    """No query per row."""
    seen = []
    event.listen(runtime.engine, "before_cursor_execute", lambda _c, _u, statement, *_r: seen.append(statement))
    counts = []
    for number in range(1, 30, 14):
        api.set(*(entry(f"name_{place}", "x") for place in range(number)))
        seen.clear()
        api.get("/api/variables/")
        counts.append(len(seen))
    assert len(set(counts)) == 1
    assert not any("features_step" in statement for statement in seen)


def test_features_that_were_there_before_are_read_once(runtime, api):
    number = api.feature('Goto URL "$shop"')
    with runtime.unit_of_work() as scope:
        scope.session.query(NamedVariable).delete()
        index_all(scope.session, runtime)
        assert scope.session.execute(select(NamedVariable.feature_id, NamedVariable.name)).all() == [(number, "shop")]


def test_variables_of_a_feature_follow_it_to_another_department_and_go_with_it(root, entry, other_department):
    """rest-api A5."""
    number = root.feature()
    root.set(entry("own", "1", based="feature", feature_id=number))
    root.patch(f"/api/features/{number}/", {"department_id": other_department})
    (row,) = root.get("/api/variables/").json
    assert (row["department"], row["feature_name"]) == (other_department, "Buy")
    root.delete(f"/api/features/{number}/")
    assert root.get("/api/variables/").json == []


def test_an_environment_with_variables_is_not_deleted(root, entry):
    """R-086."""
    (row,) = root.set(entry("a", "1"))
    assert root.delete("/api/environments/2/", status=409).json["code"] == "in_use"
    root.delete(f"/api/variables/{row['id']}/")
    root.delete("/api/environments/2/")


def test_a_department_takes_its_variables_along(root, entry, other_department):
    """rest-api A5."""
    root.set(entry("a", "1"), department_id=other_department)
    root.delete(f"/api/departments/{other_department}/")
    assert root.get("/api/variables/").json == []
