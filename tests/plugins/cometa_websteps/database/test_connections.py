"""Opening databases, and what may be opened."""

import os
import signal
import sqlite3

import psycopg
import pytest
from sqlalchemy import make_url

from cometa_runner.egress import EgressPolicy


def test_a_database_in_memory_lives_as_long_as_its_connection(say, value) -> None:
    say('Open database "sqlite:///:memory:" under the name "notes"')
    say('Change database "notes" with "create table a (b)"')
    say('Change database "notes" with "insert into a values (1)"')
    say('Ask database "notes" for "select * from a" and remember rows as "rows"')
    assert value("rows") == [{"b": 1}]


def test_a_name_that_is_open_already_is_opened_anew(say, value, run) -> None:
    say('Open database "sqlite://" under the name "shop"')
    say('Open database "sqlite:///uploads/shop.db" under the name "shop"')
    assert run.details == ["Connected to sqlite:///uploads/shop.db"]
    say('Ask database "shop" for "select count(*) as n from orders" and remember rows as "rows"')
    assert value("rows") == [{"n": 3}]


@pytest.mark.parametrize(
    ("url", "code", "found"),
    [
        ("", "bad-value", "something else"),
        ("shop", "bad-value", "something else"),
        ("oracle://db.test/shop", "bad-value", '"oracle"'),
        ("postgresql+asyncpg://db.test/shop", "bad-value", '"postgresql+asyncpg"'),
        ("postgresql:///shop", "bad-value", '"postgresql:///shop"'),
        ("postgresql://db.test/shop?host=/run/postgresql", "bad-value", "host"),
        ("postgresql://db.test/shop?service=x&sslrootcert=/etc/passwd", "bad-value", "service, sslrootcert"),
        ("postgresql://db.test:port/shop", "bad-value", "something else"),
        ("sqlite:///uploads/shop.db?uri=true", "bad-value", '"sqlite:///uploads/shop.db?uri=true"'),
        ("sqlite://host/shop.db", "bad-value", '"sqlite://host/shop.db"'),
        ("sqlite:////etc/passwd", "file", '"/etc/passwd"'),
        ("sqlite:///uploads/../../shop.db", "file", '"uploads/../../shop.db", which leads elsewhere'),
        ("sqlite:///uploads/none.db", "file", "in uploads/: shop.db"),
        ("sqlite:///file:uploads/shop.db", "file", '"file:uploads/shop.db"'),
    ],
)
def test_what_may_not_be_opened_is_refused(fails, url, code, found) -> None:
    failure = fails(f'Open database "{url}" under the name "shop"')
    assert (failure.code, failure.found) == (code, found)


def test_a_connection_needs_a_name(fails) -> None:
    assert fails('Open database "sqlite://" under the name " "').code == "bad-value"


def test_a_file_that_is_no_database_is_said(fails, run) -> None:
    (run.workdir / "uploads/text.db").write_text("this is no database at all" * 50)
    failure = fails('Open database "sqlite:///uploads/text.db" under the name "x"')
    assert (failure.code, failure.found) == ("database", "file is not a database")


@pytest.mark.parametrize(
    "sql",
    ["attach database '{folder}/other.db' as other", "vacuum into '{folder}/copy.db'", "select load_extension('x')"],
)
def test_statements_do_not_leave_their_file(say, fails, tmp_path, sql) -> None:
    sqlite3.connect(tmp_path / "other.db").close()
    say('Open database "sqlite:///uploads/shop.db" under the name "shop"')
    assert fails(f'Change database "shop" with "{sql.format(folder=tmp_path)}"').code == "database"
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("host", ["169.254.169.254", "2852039166", "[::ffff:169.254.169.254]"])
def test_a_server_at_a_denied_address_is_refused(fails, host) -> None:
    """X-054."""
    failure = fails(f'Open database "postgresql://qa:pw@{host}/shop" under the name "shop"')
    assert failure.code == "egress"
    assert failure.expected == f"postgresql://qa:***@{host}/shop to lead where the egress policy allows"
    assert failure.found.endswith("port 5432, which is denied by the rule 169.254.0.0/16")


def test_an_unknown_server_and_one_that_does_not_answer_are_said(fails) -> None:
    # Nobody is asked about a name that cannot exist: its only part is too long.
    name = "x" * 64
    failure = fails(f'Open database "postgresql://qa:pw@{name}/shop" under the name "shop"')
    assert (failure.code, failure.found) == ("database", f"{name}: the name is unknown")
    failure = fails('Open database "postgresql://qa:pw@127.0.0.1:9/shop" under the name "shop"')
    assert (failure.code, failure.expected) == ("database", "a connection to postgresql://qa:***@127.0.0.1:9/shop")
    assert "refused" in failure.found


@pytest.mark.system
@pytest.mark.parametrize("kind", ["postgresql", "postgresql+psycopg"])
def test_a_server_is_reached_by_its_name_and_tls_is_the_choice_of_the_url(say, run, value, postgres, kind) -> None:
    url = postgres.set(drivername=kind, host="localhost", query={"sslmode": "disable", "application_name": "qa"})
    say(f'Open database "{url.render_as_string(hide_password=False)}" under the name "shop"')
    assert run.details == [f"Connected to {url.render_as_string()}"]
    assert run.secrets == [postgres.password]
    say('Ask database "shop" for "show application_name" and remember rows as "rows"')
    assert value("rows") == [{"application_name": "qa"}]


@pytest.mark.system
def test_the_platforms_own_server_is_refused_by_every_name(fails, settle, postgres) -> None:
    """X-054."""
    own = [f"127.0.0.0/8:{postgres.port}", f"[::1]:{postgres.port}"]
    settle(egress=EgressPolicy.of({"own": own}))
    for host in ("127.0.0.1", "localhost", "2130706433"):
        url = postgres.set(host=host).render_as_string(hide_password=False)
        failure = fails(f'Open database "{url}" under the name "shop"')
        assert failure.code == "egress"
        assert "denied by the platform" in failure.found


@pytest.mark.system
def test_a_wrong_password_is_said_without_it(fails, postgres) -> None:
    url = postgres.set(password="wr0ng-s3cret").render_as_string(hide_password=False)
    failure = fails(f'Open database "{url}" under the name "shop"')
    assert failure.code == "database"
    assert "password authentication failed" in failure.found
    assert "wr0ng-s3cret" not in str(failure)


@pytest.mark.system
def test_all_connections_are_closed_at_the_end_of_the_run(say, run, server_url, postgres) -> None:
    url = postgres.set(query={"application_name": "left over"}).render_as_string(hide_password=False)
    for name in ("a", "b", "a"):
        say(f'Open database "{url}" under the name "{name}"')
    plain = make_url(server_url).set(drivername="postgresql").render_as_string(hide_password=False)
    count = "select count(*) from pg_stat_activity where application_name = 'left over'"
    with psycopg.connect(plain, autocommit=True) as watcher:
        assert run.deadline.poll(lambda: watcher.execute(count).fetchone() == (2,) or None)
        run.close_kept()
        assert run.deadline.poll(lambda: watcher.execute(count).fetchone() == (0,) or None)


@pytest.mark.system
def test_a_connection_that_the_server_ended_is_said_and_then_opened_anew(say, fails, server_url, postgres) -> None:
    url = postgres.set(query={"application_name": "ended"}).render_as_string(hide_password=False)
    say(f'Open database "{url}" under the name "shop"')
    plain = make_url(server_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as other:
        other.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ended'")
    failure = fails('Ask database "shop" for "select 1" and remember rows as "rows"')
    assert (failure.code, "terminat" in failure.found) == ("database", True)
    say('Ask database "shop" for "select 1" and remember rows as "rows"')


@pytest.mark.system
def test_a_server_that_hangs_does_not_hold_the_step(say, fails, value, server_url, postgres) -> None:
    """D.2: neither the time limit of the server nor a cancel ends it, so the connection is ended."""
    say(f'Open database "{postgres.render_as_string(hide_password=False)}" under the name "shop"')
    say('Ask database "shop" for "select pg_backend_pid() as pid" and remember rows as "rows"')
    server = value("rows")[0]["pid"]
    os.kill(server, signal.SIGSTOP)
    try:
        failure = fails('Ask database "shop" for "select 1" and remember rows as "rows"', timeout=0.3)
    finally:
        os.kill(server, signal.SIGCONT)
    assert failure.code == "timeout"
    assert failure.waited_ms < 3000
    say('Ask database "shop" for "select 1" and remember rows as "rows"')


@pytest.mark.system
def test_the_name_of_a_database_is_nothing_else(fails, postgres) -> None:
    """X-054: drivers read some names as whole addresses."""
    url = postgres.render_as_string(hide_password=False).rpartition("/")[0]
    failure = fails(f'Open database "{url}/host=169.254.1.1 hostaddr=169.254.1.1" under the name "shop"')
    assert (failure.code, failure.found.partition("FATAL: ")[2]) == (
        "database",
        'database "host=169.254.1.1 hostaddr=169.254.1.1" does not exist',
    )
