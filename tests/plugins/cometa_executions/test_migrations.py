"""The migrated tables are those of the models, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from cometa_core.db.base import Model

PREFIX = "executions_"


def test_models_and_migrations_agree(bench):
    """Tables of other plugins are left out: they have tests of their own."""

    def mine(name, kind, _parents):
        return kind != "table" or name.startswith(PREFIX)

    def mine_in_code(_found, name, kind, _reflected, _other):
        return kind != "table" or name.startswith(PREFIX)

    options = {"include_name": mine, "include_object": mine_in_code, "compare_type": True}
    with bench.runtime.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Model.metadata) == []
