"""Bad input: one sentence with the remedy, status 2, nothing half done."""

import os
import socket
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

NEED_A_DATABASE = [
    ("serve",),
    ("worker",),
    ("api-key", "create", "--email", "ada@example.org"),
    ("api-key", "list"),
    ("api-key", "revoke", "nothing"),
]
NEED_NO_BROWSER = [*NEED_A_DATABASE, ("init",), ("up",)]


def named(words):
    return " ".join(words)


def test_an_unknown_key_names_the_nearest_valid_one(cometa):
    sentence = cometa.refusal("-c", cometa.ini("cometa.prot = 1"), "init")
    assert sentence.startswith("The setting cometa.prot is unknown. Did you mean cometa.port?")
    assert not cometa.data.exists()


@pytest.mark.parametrize("key", ["sqlalchemy.pool", "huey.nonsense", "cometa.worker.slot"])
def test_keys_of_every_namespace_of_ours_are_checked(cometa, key):
    assert f"The setting {key} is unknown. Did you mean" in cometa.refusal("-c", cometa.ini(f"{key} = 1"), "doctor")


def test_an_ini_that_is_missing_is_named(cometa):
    assert cometa.refusal("-c", "nothing.ini", "init") == (
        "There is no ini file nothing.ini. Name one with -c or COMETA_INI."
    )


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "",
        "[server:main]\nport = 1",
        "[app:main]\nuse = egg:there-is-no-such-thing",
        "[app:main]\nuse = egg:cometa-core\ncometa.data = %(nothing)s",
        "[app:main]\nuse = egg:cometa-core\ncometa.port = 1\ncometa.port = 2",
    ],
)
def test_an_ini_that_cannot_be_read_is_named_in_one_line(cometa, text):
    (cometa.folder / "broken.ini").write_text(text)
    assert cometa.refusal("-c", "broken.ini", "init").startswith("The ini file broken.ini cannot be used: ")
    assert not cometa.data.exists()


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        ("COMETA_PORT", "soon", "COMETA_PORT (environment) cannot be 'soon': expected a whole number from 0."),
        (
            "COMETA_PRODUCTION",
            "perhaps",
            "COMETA_PRODUCTION (environment) cannot be 'perhaps': expected true or false.",
        ),
        ("COMETA_PLUGINS", "nothing", "The plugin nothing is named in cometa.plugins but not installed."),
        ("COMETA_SQLALCHEMY_URL", "nonsense", "sqlalchemy.url is not a database URL"),
        ("COMETA_SQLALCHEMY_URL", "mysql://x", "sqlalchemy.url names mysql"),
    ],
)
def test_values_that_cannot_be_used_are_named_with_what_was_expected(cometa, monkeypatch, variable, text, words):
    monkeypatch.setenv(variable, text)
    assert words in cometa.refusal("init")
    assert not cometa.data.exists()


@pytest.mark.parametrize("command", NEED_A_DATABASE, ids=named)
def test_a_database_that_was_not_migrated_is_named_with_the_remedy(cometa, command, monkeypatch):
    monkeypatch.setenv("COMETA_PORT", "0")
    sentence = cometa.refusal(*command)
    assert "Run `cometa init`" in sentence
    assert not cometa.data.exists()


@pytest.mark.parametrize("command", NEED_A_DATABASE, ids=named)
def test_an_empty_database_is_named_with_the_remedy(cometa, command, monkeypatch):
    monkeypatch.setenv("COMETA_PORT", "0")
    cometa.data.mkdir()
    (cometa.data / "cometa.sqlite3").touch()
    assert cometa.refusal(*command).startswith("The database is empty. Run `cometa init`")


@pytest.mark.parametrize("command", [*NEED_NO_BROWSER[:3], *NEED_NO_BROWSER[-2:]], ids=named)
def test_a_database_that_is_newer_is_refused_and_left_alone(initialised, command, monkeypatch):
    monkeypatch.setenv("COMETA_PORT", "0")
    with closing(sqlite3.connect(initialised.data / "cometa.sqlite3")) as database, database:
        database.execute("update cometa_version_catalog set version_num = 'catalog_9999'")
        before = "\n".join(database.iterdump())
    sentence = initialised.refusal(*command)
    assert "catalog_9999 of catalog is unknown here. Install the newer version" in sentence
    with closing(sqlite3.connect(initialised.data / "cometa.sqlite3")) as database:
        assert "\n".join(database.iterdump()) == before


@pytest.mark.parametrize("command", NEED_NO_BROWSER, ids=named)
def test_a_database_server_that_is_away_is_named_without_its_password(cometa, command, monkeypatch):
    monkeypatch.setenv("COMETA_PORT", "0")
    monkeypatch.setenv("COMETA_SQLALCHEMY_URL", "postgresql://ada:hunter2@127.0.0.1:1/x")
    sentence = cometa.refusal(*command)
    assert "postgresql+psycopg://ada:***@127.0.0.1:1/x cannot be used" in sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize("command", NEED_NO_BROWSER, ids=named)
def test_a_file_that_is_no_database_is_named(cometa, command, monkeypatch):
    monkeypatch.setenv("COMETA_PORT", "0")
    cometa.data.mkdir()
    (cometa.data / "cometa.sqlite3").write_text("something else\n" * 100)
    assert "cometa.sqlite3 cannot be used: file is not a database." in cometa.refusal(*command)


@pytest.mark.parametrize("command", ["up", "serve"])
def test_a_port_that_is_taken_is_named_and_nothing_is_made(cometa, command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = cometa.refusal(command, "--port", str(port))
    assert sentence.startswith(f"Port {port} on 127.0.0.1 is taken. Choose another with --port")
    assert not cometa.data.exists()


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        ("COMETA_PORT", "70000", "cometa.port cannot be 70000: ports are from 0 to 65535."),
        ("COMETA_HOST", "nowhere.invalid", "The address nowhere.invalid:8001 cannot be used: "),
        ("COMETA_HOST", "192.0.2.1", "The address 192.0.2.1:8001 cannot be used: "),
    ],
)
def test_an_address_that_cannot_be_used_is_named(cometa, monkeypatch, variable, text, words):
    monkeypatch.setenv(variable, text)
    assert cometa.refusal("up").startswith(words)
    assert not cometa.data.exists()


def test_development_sign_in_is_refused_where_others_reach_it(initialised, monkeypatch):
    """R-037."""
    monkeypatch.setenv("COMETA_PORT", "0")
    monkeypatch.setenv("COMETA_DEV_LOGIN", "ada@example.org")
    monkeypatch.setenv("COMETA_HOST", "0.0.0.0")
    for command in ("serve", "up"):
        sentence = initialised.refusal(command)
        assert "cometa.host must be a loopback address, not 0.0.0.0" in sentence
        assert "Remove cometa.dev_login or set cometa.host" in sentence


def test_development_sign_in_is_refused_in_production(initialised, monkeypatch):
    """R-037."""
    for name, text in {
        "PORT": "0", "DEV_LOGIN": "ada@example.org", "PRODUCTION": "true", "HUEY_SECRET": "s" * 32,
        "ENCRYPTION_KEY": "k1:" + "s" * 32,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"COMETA_{name}", text)
    assert initialised.refusal("serve") == ("cometa.production is on, so cometa.dev_login must not be set. Remove it.")


@pytest.mark.parametrize(
    ("present", "missing"),
    [({}, "huey.secret"), ({"HUEY_SECRET": "s" * 32}, "cometa.encryption_key")],
)
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_production_refuses_secrets_that_are_made_up(initialised, monkeypatch, present, missing, command):
    (initialised.data / "secrets.json").unlink(missing_ok=True)
    for name, text in {"PORT": "0", "PRODUCTION": "true", **present}.items():
        monkeypatch.setenv(f"COMETA_{name}", text)
    sentence = initialised.refusal(command)
    assert sentence.startswith("cometa.production is on, so ")
    assert missing in sentence or command == "worker"
    assert not (initialised.data / "secrets.json").exists()


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        ("COMETA_ENCRYPTION_KEY", "short", "cometa.encryption_key must be id:secret"),
        ("COMETA_ARTIFACTS", "s3://bucket", "cometa.artifacts is 's3://bucket'; use file:///FOLDER."),
        ("COMETA_HUEY_URL", "ftp://x", "huey.url starts with 'ftp'"),
        ("COMETA_HUEY_URL", "postgresql://ada:hunter2@127.0.0.1:1/x", "The queue 127.0.0.1:1/x cannot be used"),
    ],
)
def test_keys_store_and_queue_are_checked_at_the_start(initialised, monkeypatch, variable, text, words):
    monkeypatch.setenv("COMETA_PORT", "0")
    monkeypatch.setenv(variable, text)
    assert words in initialised.refusal("serve")


def test_a_run_without_a_browser_is_refused_with_the_remedy(cometa, monkeypatch):
    monkeypatch.setenv("COMETA_BROWSER_LOCAL", "true")
    monkeypatch.setenv("COMETA_BROWSER_CHROMIUM", "/nonexistent")
    monkeypatch.setenv("COMETA_BROWSER_FIREFOX", "/nonexistent")
    (cometa.folder / "a.feature").write_text('Feature: A\n  Scenario: A\n    Given I sleep "1" seconds\n')
    status, out, err = cometa("run", "a.feature")
    assert (status, out) == (2, "")
    assert "No local browser was found. `cometa doctor` says what to install." in err


def test_a_command_that_does_not_exist_is_named(cometa):
    status, out, err = cometa("config", "shwo")
    assert (status, out) == (2, "")
    assert "No such command 'shwo'" in err


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere; tests/system asks as another account")
def test_a_folder_that_cannot_be_written_is_named(cometa):
    cometa.data.mkdir(mode=0o500)
    assert "cannot be written" in cometa.refusal("init")


def test_a_permission_that_is_missing_anywhere_is_one_sentence(cometa, monkeypatch):
    def refuse(*_arguments):
        raise PermissionError(13, "Permission denied", "/etc/shadow")

    monkeypatch.setattr("cometa_core.cli.database.initialise", refuse)
    assert cometa.refusal("init").startswith("/etc/shadow cannot be used: permission denied.")


def test_a_database_that_goes_away_later_is_one_sentence(initialised, monkeypatch):
    """A fault of the code stays an exception."""
    for error in (OperationalError, DatabaseError):
        monkeypatch.setattr("cometa_core.cli.database.initialise", raising(error("", {}, OSError("disk is gone"))))
        assert "cometa.sqlite3 cannot be used: disk is gone." in initialised.refusal("init")
    monkeypatch.setattr("cometa_core.cli.database.initialise", raising(ProgrammingError("", {}, OSError("a fault"))))
    with pytest.raises(ProgrammingError):
        initialised("init")


def raising(error):
    def refuse(*_arguments):
        raise error

    return refuse


def test_ctrl_c_ends_a_command_quietly(cometa, monkeypatch):
    monkeypatch.setattr("cometa_core.cli.database.initialise", raising(KeyboardInterrupt()))
    assert cometa("init")[0] == 130


def test_fields_of_a_refusal_are_listed(initialised):
    status, _out, err = initialised("api-key", "create", "--email", "nonsense")
    assert status == 2
    assert "  email: " in err
