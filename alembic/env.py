"""Alembic's environment: one history of one plugin on a given connection."""

from alembic import context
from sqlalchemy import text

from cometa_core.contracts.migration import MigrationSource
from cometa_core.db.base import Model


def run() -> None:
    """Run the migrations of the history in ``config.attributes``."""
    source: MigrationSource = context.config.attributes["source"]
    connection = context.config.attributes["connection"]

    def belongs(name: str | None, kind: str) -> bool:
        """Let autogenerate see only the tables of this history."""
        return kind != "table" or (name is not None and name.startswith(source.prefixes))

    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        version_table=f"cometa_version_{source.plugin}",
        include_name=lambda name, kind, _parents: belongs(name, kind),
        include_object=lambda _found, name, kind, _reflected, _other: belongs(name, kind),
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    if connection.dialect.name == "postgresql":
        # A migration must not wait forever behind a long transaction while others queue up behind it.
        connection.execute(text("SET LOCAL lock_timeout = '30s'"))
    with context.begin_transaction():
        context.run_migrations()


run()
