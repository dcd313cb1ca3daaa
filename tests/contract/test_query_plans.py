"""How the database finds what routes read: by indexes, whatever the size of its tables."""

import pytest
from sqlalchemy import event

LARGE = ("executions_step_result", "executions_result", "executions_run", "features_step", "core_event")
"""Tables that grow with every run or step."""

ROUTES = [
    "/api/features/{feature}/",
    "/steps/{feature}/",
    "/api/feature_results/{feature}/",
    "/feature_results/{result}/",
    "/feature_runs/{run}/",
    "/api/feature_results/{result}/step_results/",
    "/api/step_results/{step_result}/",
    "/screenshots/{step_result}/",
    "/events/?run_id={run}",
]


def statements_of(world, path):
    """The statements that a request executes, with their parameters."""
    seen = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        seen.append((statement, parameters))

    event.listen(world.runtime.engine, "before_cursor_execute", note)
    try:
        world.callers["DEVOPS"].get(path)
    finally:
        event.remove(world.runtime.engine, "before_cursor_execute", note)
    return [(statement, parameters) for statement, parameters in seen if statement.startswith("SELECT")]


@pytest.mark.parametrize("route", ROUTES)
def test_no_query_reads_a_whole_table(world, route):
    """DESIGN, budgets: the cost follows the page, not the table."""
    found = statements_of(world, route.format_map(world.objects["own"]))
    assert found
    with world.runtime.engine.connect() as connection:
        for statement, parameters in found:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            copied = [line for line in plan if line.startswith("MATERIALIZE (join")]
            scanned = [line for line in plan if line.startswith("SCAN") and any(name in line for name in LARGE)]
            assert (copied, scanned) == ([], []), statement
