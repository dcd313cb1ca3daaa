"""What the commands of the core answer, for people and in JSON."""

import sqlite3
import sys
from contextlib import closing

import click
import pytest

from cometa_core.cli.context import CommandContext
from cometa_core.cli.group import CommandGroup
from cometa_core.cli.inspection import CORE_CHECKS, examine
from cometa_core.cli.main import all_commands, run
from cometa_core.contracts.health import Finding, HealthCheck
from cometa_core.errors import PluginError

EVERY_COMMAND = {
    "api-key", "backup", "browsers", "clouds", "config", "db", "demo", "doctor", "export", "import", "init", "invite",
    "live", "plugins", "prune", "report", "restore", "run", "serve", "token", "up", "watch", "worker",
}  # fmt: skip


def leaves(command, words=()):
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from leaves(child, (*words, name))
    else:
        yield words, command


def test_core_and_plugins_bring_every_command():
    assert set(all_commands(None)) == EVERY_COMMAND


def test_every_command_has_help_and_the_option_json(cometa):
    for name, (_owner, command) in all_commands(None).items():
        for words, leaf in leaves(command, (name,)):
            status, out, _err = cometa(*words, "--help")
            assert status == 0, words
            assert "Usage: cometa " + " ".join(words) in out
            assert "--json" in out
            assert leaf.get_short_help_str(), words


def test_the_help_lists_every_command(cometa):
    status, out, _err = cometa("--help")
    assert status == 0
    assert {line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line.strip()} >= EVERY_COMMAND


def test_the_version_is_told(cometa):
    assert cometa("--version")[:2] == (0, "Cometa Core, version 0.1.0\n")


def test_init_can_be_repeated(cometa):
    first = cometa.answer("init")
    assert first["migrated"][:2] == ["core", "accounts"]
    assert cometa.answer("init")["migrated"] == []
    status, out, err = cometa("init")
    assert (status, err) == (0, "")
    assert out == f"The database sqlite+pysqlite:///{cometa.data / 'cometa.sqlite3'} is ready.\n"


def test_db_upgrade_is_init_by_another_name(cometa):
    assert "core" in cometa.answer("db", "upgrade")["migrated"]
    assert cometa("db", "upgrade")[1] == "Migrated: -\n"


def test_db_state_shows_every_history(initialised):
    rows = initialised.answer("db", "state")
    assert rows[0] == {"plugin": "core", "current": "core_0002", "head": "core_0002", "state": "current"}
    assert {row["state"] for row in rows} == {"current"}
    assert "core_0002" in initialised("db", "state")[1]


def test_db_state_tells_behind_from_newer(initialised):
    with closing(sqlite3.connect(initialised.data / "cometa.sqlite3")) as database, database:
        database.execute("update cometa_version_features set version_num = 'features_9999'")
        database.execute("delete from cometa_version_executions")
    states = {row["plugin"]: row["state"] for row in initialised.answer("db", "state")}
    assert (states["features"], states["executions"], states["core"]) == ("newer", "behind", "current")


def test_plugins_are_listed_with_version_origin_state_and_hooks(cometa):
    ini = cometa.ini("cometa.plugins = features", "    accounts", "    catalog", "    websteps")
    rows = cometa.answer("-c", ini, "plugins")
    active = [row["name"] for row in rows if row["state"] == "active"]
    assert active.index("accounts") < active.index("features")
    assert {row["name"] for row in rows if row["state"] == "not active"} >= {"executions", "screenshots"}
    (accounts,) = [row for row in rows if row["name"] == "accounts"]
    assert accounts["distribution"] == "cometa-core 0.1.0"
    assert "cometa_migrations" in accounts["hooks"]
    assert "cometa_migrations" not in cometa("-c", ini, "plugins")[1]
    assert "cometa_migrations" in cometa("-c", ini, "plugins", "--hooks")[1]


def test_the_settings_say_where_each_value_comes_from(cometa, monkeypatch):
    monkeypatch.setenv("COMETA_PORT", "8123")
    ini = cometa.ini("cometa.web.threads = 3", "cometa.port = 1")
    rows = {row["key"]: row for row in cometa.answer("-c", ini, "config", "show")}
    assert (rows["cometa.port"]["value"], rows["cometa.port"]["origin"]) == ("8123", "environment")
    assert (rows["cometa.web.threads"]["value"], rows["cometa.web.threads"]["origin"]) == ("3", "ini")
    assert (rows["cometa.host"]["value"], rows["cometa.host"]["origin"]) == ("127.0.0.1", "default")
    assert rows["cometa.data"]["origin"] == "command line"
    assert all(row["help"] and row["variable"].startswith("COMETA_") for row in rows.values())


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_secrets_are_never_shown(cometa, options, monkeypatch):
    monkeypatch.setenv("COMETA_SQLALCHEMY_URL", "postgresql://ada:hunter2@host/x")
    ini = cometa.ini("huey.secret = hunter3-hunter3", "cometa.encryption_key = k1:hunter4-hunter4-hunter4")
    status, out, _err = cometa("-c", ini, "config", "show", *options)
    assert status == 0
    assert "hunter" not in out
    assert "(secret, set)" in out


def test_the_doctor_is_content_with_a_good_installation(initialised):
    rows = {row["check"]: row for row in initialised.answer("doctor", status=initialised("doctor")[0])}
    assert all(rows[name]["ok"] for name in ("versions", "database", "queue", "disk"))
    assert {row["remedy"] for row in rows.values() if row["ok"]} == {""}


def test_the_doctor_says_how_to_mend_what_is_missing(cometa, monkeypatch):
    """Exit status 1; also where square brackets of a finding could be taken for markup."""
    monkeypatch.setenv("COMETA_BROWSER_LOCAL", "true")
    monkeypatch.setenv("COMETA_BROWSER_CHROMIUM", "/nonexistent")
    rows = {row["check"]: row for row in cometa.answer("doctor", status=1)}
    assert not rows["browser"]["ok"]
    assert "cometa.browser.chromium" in rows["browser"]["remedy"]
    assert not rows["database"]["ok"]
    assert "cometa init" in rows["database"]["remedy"]
    status, out, _err = cometa("doctor")
    assert status == 1
    assert "cometa init" in out


def test_what_breaks_a_check_is_its_finding(cometa):
    def fail(_runtime):
        raise OSError("disk [/dev/sda] is on fire [/bold]")

    finding = examine(HealthCheck("disk", fail), None)
    assert finding == Finding(False, "OSError: disk [/dev/sda] is on fire [/bold]", "Mend the disk.")


def test_findings_may_hold_anything(cometa, monkeypatch):
    finding = Finding(False, "found [/dev/sda] [bold", "Mend [/x].")
    monkeypatch.setattr(
        "cometa_core.cli.inspection.CORE_CHECKS", (*CORE_CHECKS, HealthCheck("odd", lambda _runtime: finding))
    )
    _status, out, _err = cometa("doctor")
    assert "found [/dev/sda] [bold" in out
    assert "Mend [/x]." in out


def test_two_plugins_with_one_command_are_named():
    commands = {}
    CommandGroup("one", commands).add(click.Command("fly"))
    with pytest.raises(PluginError, match="plugins one and two both add the command fly"):
        CommandGroup("two", commands).add(click.Command("fly"))


def test_commands_of_groups_get_the_option_json_too():
    group, child = click.Group("birds"), click.Command("fly")
    group.add_command(child)
    CommandGroup("one", {}).add(group)
    assert [parameter.name for parameter in child.params] == ["json_output"]


def test_a_reader_that_goes_away_is_no_error(cometa, monkeypatch):
    class Closed:
        def write(self, _text):
            raise BrokenPipeError

        flush = write

        def fileno(self):
            return 1

    replaced = []
    monkeypatch.setattr("cometa_core.cli.main.os.dup2", lambda source, target: replaced.append(target))
    monkeypatch.setattr(sys, "stdout", Closed())
    assert run(["config", "show", "--json"]) == 1
    assert replaced == [1]


def test_progress_is_shown_on_a_terminal_only(capfd):
    with CommandContext().progress() as progress:
        progress.add_task("Migrating", total=2)
    with CommandContext(json=True).progress() as progress:
        progress.add_task("Migrating", total=2)
    assert capfd.readouterr() == ("", "")


def test_the_ini_of_the_present_folder_is_the_default(cometa, monkeypatch):
    monkeypatch.delenv("COMETA_DATA")
    (cometa.folder / "development.ini").write_text(
        "[app:main]\nuse = egg:cometa-core\ncometa.data = %(here)s/elsewhere\n"
    )
    assert "/elsewhere/cometa.sqlite3" in cometa.answer("init")["database"]


def test_the_ini_may_come_from_the_environment(cometa, monkeypatch):
    monkeypatch.setenv("COMETA_INI", cometa.ini("cometa.port = 77"))
    rows = {row["key"]: row["value"] for row in cometa.answer("config", "show")}
    assert rows["cometa.port"] == "77"


def test_a_data_folder_of_the_command_line_beats_the_others(cometa):
    ini = cometa.ini("cometa.data = /nowhere")
    assert f"{cometa.folder}/mine/" in cometa.answer("-c", ini, "--data", "mine", "init")["database"]
