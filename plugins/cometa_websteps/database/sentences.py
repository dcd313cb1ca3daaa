"""The sentences of the library.

Contract: steps.json, library database; runner B.1.
"""

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Code, Text, Url, Variable
from cometa_runner.steps.values import variable_name
from cometa_websteps.database.connections import connections
from cometa_websteps.database.rows import records
from cometa_websteps.meanings import RESULT

_CATEGORY = "database"
_CONNECTION = "name given when opening"


@step(
    'Open database "{url}" under the name "{connection}"',
    category=_CATEGORY,
    step_type="DATABASE",
    example='Open database "postgresql+psycopg://qa:$db_pw@db.test/shop" under the name "shop"',
    url="SQLAlchemy URL; the host must be allowed by the egress policy",
    connection="name used by later steps",
)
def open_connection(context: StepContext, url: Url, connection: Text) -> None:
    """Opens and tests a connection; all connections are closed at the end of the run.

    Contract: X-054.
    """
    name = connection.strip()
    if not name:
        raise StepFailure("bad-value", expected="a name for the connection", found=quoted(connection))
    connections(context).open(context, url, name)


@step(
    'Ask database "{connection}" for "{sql}" and remember rows as "{variable}"',
    category=_CATEGORY,
    step_type="DATABASE",
    example='Ask database "shop" for "select id, state from orders" and remember rows as "orders"',
    connection=_CONNECTION,
    sql="one query",
    variable=RESULT,
)
def ask(context: StepContext, connection: Text, sql: Code, variable: Variable) -> None:
    """Runs a query in a read-only transaction where the database offers one and keeps the rows as a list of objects.

    More rows than the setting allows are left out with a warning.
    """
    name, statement = variable_name(variable), _statement(sql)
    limit = context.settings.sql_rows
    columns, rows = connections(context).known(connection.strip()).ask(statement, limit + 1, context.deadline)
    if len(rows) > limit:
        context.warn(f"The query gives more than {limit:,} rows; the others are left out (cometa.step.sql_rows).")
    kept = records(columns, rows[:limit])
    context.store_variable(name, kept, "run")
    context.detail(f"Rows: {len(kept):,}")


@step(
    'Change database "{connection}" with "{sql}"',
    category=_CATEGORY,
    step_type="DATABASE",
    example='Change database "shop" with "delete from orders where test = 1"',
    connection=_CONNECTION,
    sql="one statement",
)
def change(context: StepContext, connection: Text, sql: Code) -> None:
    """Runs one statement, commits it and records the number of rows touched."""
    touched = connections(context).known(connection.strip()).change(_statement(sql), context.deadline)
    told = f"Rows touched: {touched:,}" if touched >= 0 else "Done; such a statement touches no rows."
    context.detail(told)
    context.note("Change of a database", f"{sql.strip()}\n\n{told}")


def _statement(sql: str) -> str:
    statement = sql.strip()
    if not statement:
        raise StepFailure("bad-value", expected="one SQL statement", found=quoted(sql))
    return statement
