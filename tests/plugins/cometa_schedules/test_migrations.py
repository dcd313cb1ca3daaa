"""The migrated tables are those of the models."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from cometa_core.db.base import Model
from cometa_core.db.engine import make_engine
from cometa_core.db.migrations import upgrade


def differences(engine):
    """Compare only the tables of schedules; those of others have tests of their own."""

    def mine(name, kind, _parents):
        return kind != "table" or name.startswith("schedules_")

    def mine_in_code(found, name, kind, _reflected, _other):
        return kind != "table" or name.startswith("schedules_")

    options = {"include_name": mine, "include_object": mine_in_code, "compare_type": True}
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata)


def test_models_and_migrations_agree_on_sqlite(planner):
    assert differences(planner.runtime.engine) == []


@pytest.mark.system
def test_models_and_migrations_agree_on_postgresql(planner, postgres_server):
    engine = make_engine(postgres_server.create_database())
    list(upgrade(engine, planner.runtime.histories))
    assert differences(engine) == []
    engine.dispose()
