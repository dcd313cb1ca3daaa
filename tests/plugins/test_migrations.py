"""The migrated tables of core and plugins are those of their models."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from small_installation import runtime_in
from whole_world import PLUGINS

from cometa_core.db.base import Model
from cometa_core.db.migrations import upgrade

OWNERS = (
    "core", "accounts", "catalog", "features", "executions", "screenshots", "variables", "schedules",
    "notifications",
)  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request, tmp_path_factory):
    """A database that was migrated from nothing."""
    url = {}
    if request.param == "postgresql":
        url["sqlalchemy.url"] = request.getfixturevalue("postgres_server").create_database()
    runtime = runtime_in(tmp_path_factory.mktemp("migrated"), PLUGINS, **url)
    list(upgrade(runtime.engine, runtime.histories))
    yield runtime.engine
    runtime.close()


@pytest.mark.parametrize("owner", OWNERS)
def test_models_and_migrations_agree(engine, owner):
    def in_database(name, kind, _parents):
        return kind != "table" or name.startswith(f"{owner}_")

    def in_code(_found, name, kind, _reflected, _other):
        return kind != "table" or name.startswith(f"{owner}_")

    options = {"include_name": in_database, "include_object": in_code, "compare_type": True}
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata) == []
