"""The migrated tables are those of the models."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from cometa_core.db.base import Model
from cometa_core.db.engine import make_engine
from cometa_core.db.migrations import upgrade


def differences(engine):
    """Compare only the tables of features; those of others have tests of their own."""

    def mine(found, _name, kind, _reflected, _other):
        return (found if kind == "table" else found.table).name.startswith("features_")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": mine, "compare_type": True})
        return compare_metadata(context, Model.metadata)


def test_models_and_migrations_agree_on_sqlite(runtime):
    assert differences(runtime.engine) == []


@pytest.mark.system
def test_models_and_migrations_agree_on_postgresql(runtime, postgres_server):
    engine = make_engine(postgres_server.create_database())
    list(upgrade(engine, runtime.histories))
    assert differences(engine) == []
    engine.dispose()
