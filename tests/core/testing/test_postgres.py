"""The private PostgreSQL server keeps test databases apart and can be restarted."""

import psycopg
import pytest
from sqlalchemy import create_engine, text

from cometa_core.testing.postgres import PostgresServer, find_programs
from cometa_core.testing.server_process import ServerMissingError


def query(url, statement):
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        engine.dispose()


def test_each_database_is_empty_and_apart_from_the_others(postgres_server):
    first, second = postgres_server.create_database(), postgres_server.create_database()
    query(first, "CREATE TABLE kept (id integer)")
    assert first.startswith("postgresql+psycopg://")
    assert query(second, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == 0


def test_a_template_is_prepared_once_and_copied(postgres_server):
    prepared = []

    def prepare(url):
        prepared.append(url)
        query(url, "CREATE TABLE book AS SELECT 'Momo' AS title")

    postgres_server.add_template("library", prepare)
    postgres_server.add_template("library", prepare)
    copies = [postgres_server.create_database("library") for _ in range(2)]
    query(copies[0], "UPDATE book SET title = 'Krabat'")
    assert len(prepared) == 1
    assert query(copies[1], "SELECT title FROM book") == "Momo"


def test_a_template_is_copied_although_its_preparation_left_a_connection_open(postgres_server):
    kept = []

    def prepare(url):
        kept.append(psycopg.connect(url.replace("+psycopg", "")))

    postgres_server.add_template("left_open", prepare)
    with kept[0]:
        assert query(postgres_server.create_database("left_open"), "SELECT 1") == 1


def test_a_dropped_database_is_gone_even_while_somebody_is_connected(postgres_server):
    url = postgres_server.create_database()
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        postgres_server.drop_database(url)
        connection.invalidate()
    engine.dispose()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.replace("+psycopg", ""))


def test_names_sort_and_change_case_as_unicode(postgres_server):
    assert query(postgres_server.create_database(), "SELECT lower('ÉCOLE')") == "école"


def test_a_restart_keeps_what_was_committed_and_the_address():
    with PostgresServer() as server:
        url = server.create_database()
        query(url, "CREATE TABLE kept AS SELECT 7 AS number")
        server.restart()
        assert query(url, "SELECT number FROM kept") == 7
        folder = server._folder
    assert not folder.exists()


def test_only_who_knows_the_password_gets_in(postgres_server):
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host="127.0.0.1", port=postgres_server.port, user="cometa", dbname="postgres")


def test_the_newest_installed_version_is_taken(tmp_path):
    for version in ("9.6", "15", "8"):
        program = tmp_path / version / "bin" / "initdb"
        program.parent.mkdir(parents=True)
        program.touch()
    assert find_programs(tmp_path) == tmp_path / "15" / "bin"


def test_a_missing_postgresql_is_named_as_the_package_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerMissingError, match="Debian package postgresql"):
        find_programs(tmp_path)


def test_another_installation_is_found_on_the_path(tmp_path, monkeypatch):
    program = tmp_path / "initdb"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_programs(tmp_path / "none") == tmp_path.resolve()
