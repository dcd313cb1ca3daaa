"""Migrations: one history and one version table a plugin, each step whole or not at all."""

from collections.abc import Callable

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from cometa_core.cli.database import seed
from cometa_core.contracts.migration import MigrationSource
from cometa_core.db.base import Model
from cometa_core.db.migrations import (
    CORE_SOURCE,
    alembic_config,
    check_current,
    make_folder,
    state_of,
    upgrade,
    version_table,
)
from cometa_core.db.tables import Event
from cometa_core.errors import ConfigurationError
from cometa_core.runtime import make_runtime

REVISION = '''"""A revision."""
import sqlalchemy as sa
from alembic import op

KEY = sa.ForeignKey("shop_author.id", ondelete="CASCADE")
revision, down_revision, branch_labels, depends_on = {name!r}, {before!r}, None, None


def upgrade() -> None:
    {body}


def downgrade() -> None:
    op.drop_table("shop_author")
'''
TABLES = """op.create_table("shop_author", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("shop_book", sa.Column("author_id", sa.Integer, KEY))"""
WIDEN = """anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("shop_author", recreate=anew) as table:
        table.add_column(sa.Column("name", sa.String(10)))"""
FAIL = """op.create_table("shop_half", sa.Column("id", sa.Integer))
    op.execute("insert into there_is_no_such_table values (1)")"""


@pytest.fixture
def runtime(database_url, tmp_path):
    """A runtime with every installed plugin on an empty database."""
    keys = {"cometa.data": str(tmp_path / "data"), "sqlalchemy.url": database_url, "cometa.browser.local": "false"}
    opened = make_runtime(keys, environment={})
    yield opened
    opened.close()


@pytest.fixture
def history(tmp_path, monkeypatch) -> Callable[..., MigrationSource]:
    """Write the history of a made-up plugin; each body becomes a revision."""
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "made_up_shop" / "migrations"
    folder.mkdir(parents=True)

    def write(*bodies):
        before = None
        for place, body in enumerate(bodies, 1):
            name = f"shop_{place}"
            (folder / f"{name}.py").write_text(REVISION.format(name=name, before=before, body=body))
            before = name
        return MigrationSource("shop", "made_up_shop:migrations", ("shop_",))

    return write


def tables(engine):
    return set(inspect(engine).get_table_names())


def differences(engine, source):
    def mine(name, kind):
        return kind != "table" or (name or "").startswith(source.prefixes)

    options = {
        "include_name": lambda name, kind, _parents: mine(name, kind),
        "include_object": lambda _found, name, kind, _reflected, _other: mine(name, kind),
        "compare_type": True,
    }
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata)


def test_every_history_makes_the_tables_of_its_models(runtime):
    walked = [(state.source.plugin, changed) for state, changed in upgrade(runtime.engine, runtime.histories)]
    assert walked == [(source.plugin, True) for source in runtime.histories]
    assert {source.plugin: differences(runtime.engine, source) for source in runtime.histories} == {
        source.plugin: [] for source in runtime.histories
    }
    assert Event.__tablename__ in tables(runtime.engine)
    assert {version_table(source) for source in runtime.histories} <= tables(runtime.engine)
    check_current(runtime.engine, runtime.histories)


def test_a_second_upgrade_changes_nothing(runtime):
    list(upgrade(runtime.engine, runtime.histories))
    assert not any(changed for _, changed in upgrade(runtime.engine, runtime.histories))


def test_every_history_can_be_taken_back(runtime):
    list(upgrade(runtime.engine, runtime.histories))
    for source in reversed(runtime.histories):
        with runtime.engine.begin() as connection:
            command.downgrade(alembic_config(source, connection), "base")
    assert tables(runtime.engine) == {version_table(source) for source in runtime.histories}
    assert all(changed for _, changed in upgrade(runtime.engine, runtime.histories))


def test_every_table_carries_a_prefix_of_its_history(runtime):
    list(upgrade(runtime.engine, runtime.histories))
    prefixes = tuple(prefix for source in runtime.histories for prefix in (*source.prefixes, version_table(source)))
    assert [name for name in tables(runtime.engine) if not name.startswith(prefixes)] == []


def test_seeding_twice_is_seeding_once(runtime):
    def rows():
        with runtime.engine.connect() as connection:
            return {
                name: connection.execute(text(f'select count(*) from "{name}"')).scalar_one()
                for name in tables(runtime.engine)
            }

    list(upgrade(runtime.engine, runtime.histories))
    seed(runtime, {source.plugin for source in runtime.histories})
    first = rows()
    seed(runtime, set())
    assert rows() == first
    assert first["accounts_department"] == 1


def test_a_failing_migration_leaves_nothing_behind(engine, history):
    source = history(TABLES, FAIL)
    with pytest.raises(Exception, match="there_is_no_such_table"):
        list(upgrade(engine, [CORE_SOURCE, source]))
    assert not [name for name in tables(engine) if name.startswith("shop_")]
    with engine.connect() as connection:
        assert state_of(connection, source).current is None
        assert state_of(connection, CORE_SOURCE).is_current


def test_a_table_that_is_written_anew_keeps_the_rows_that_refer_to_it(engine, history):
    source = history(TABLES)
    list(upgrade(engine, [source]))
    with engine.begin() as connection:
        connection.execute(text("insert into shop_author (id) values (1)"))
        connection.execute(text("insert into shop_book (author_id) values (1)"))
    history(TABLES, WIDEN)
    list(upgrade(engine, [source]))
    with engine.begin() as connection:
        assert connection.execute(text("select count(*) from shop_book")).scalar_one() == 1
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            connection.execute(text("insert into shop_book (author_id) values (99)"))


def test_a_database_that_is_newer_than_the_code_is_refused_and_left_alone(engine, history):
    source = history(TABLES)
    list(upgrade(engine, [source]))
    with engine.begin() as connection:
        connection.execute(text("update cometa_version_shop set version_num = 'shop_99'"))
    for refused in (lambda: list(upgrade(engine, [source])), lambda: check_current(engine, [source])):
        with pytest.raises(ConfigurationError, match=r"newer than this version.*shop_99 of shop.*Install the newer"):
            refused()
    with engine.connect() as connection:
        assert not state_of(connection, source).known


def test_a_database_that_was_not_migrated_is_named_with_the_remedy(engine, history):
    core_only = [CORE_SOURCE]
    with pytest.raises(ConfigurationError, match="Run `cometa init`"):
        check_current(engine, core_only)
    list(upgrade(engine, core_only))
    with pytest.raises(ConfigurationError, match="not migrated for shop"):
        check_current(engine, [CORE_SOURCE, history(TABLES)])


def test_a_plugin_that_was_disabled_disturbs_nobody(engine, history):
    """One version table a plugin: revisions that cannot be found any more are nobody's business."""
    list(upgrade(engine, [CORE_SOURCE, history(TABLES)]))
    assert [changed for _, changed in upgrade(engine, [CORE_SOURCE])] == [False]
    check_current(engine, [CORE_SOURCE])
    assert "shop_author" in tables(engine)


def test_looking_for_a_database_makes_none(tmp_path, open_engine):
    file = tmp_path / "folder" / "database.sqlite3"
    with pytest.raises(ConfigurationError, match=r"There is no database .*database\.sqlite3. Run `cometa init`"):
        check_current(open_engine(f"sqlite:///{file}"), [CORE_SOURCE])
    assert not file.parent.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path, open_engine):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"file/sub.*cannot be created"):
        make_folder(open_engine(f"sqlite:///{tmp_path / 'file' / 'sub' / 'database.sqlite3'}"))
