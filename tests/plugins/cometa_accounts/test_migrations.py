"""The migrated tables are those of the models."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from cometa_core.db.base import Model


@pytest.mark.parametrize("prefix", ["accounts_", "catalog_"])
def test_models_and_migrations_agree(runtime, prefix):
    """On the database of the module: SQLite and PostgreSQL."""

    def mine(found, name, kind, _reflected, _other):
        return kind != "table" or name.startswith(prefix)

    options = {"include_object": mine, "compare_type": True}
    with runtime.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata) == []
