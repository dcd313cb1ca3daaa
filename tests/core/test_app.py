"""The application factory: a fresh application every call, and only a serving process starts others."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from pyramid.paster import bootstrap, get_app
from webtest import TestApp

from cometa_core import PluginInfo, hookimpl
from cometa_core.app import LOOKING, build_app, served_host
from cometa_core.app import main as factory
from cometa_core.cli.database import seed
from cometa_core.db.migrations import upgrade
from cometa_core.errors import NotFound, PluginError
from cometa_core.plugin.discovery import Candidate, Loaded
from cometa_core.plugin.registry import Plugins
from cometa_core.runtime import Role, Runtime, make_runtime

INI = """
[app:main]
use = egg:cometa-core
cometa.data = %(here)s/data
cometa.plugins.disabled = demo
cometa.browser.local = false
cometa.dev_login = developer@localhost
"""


class Made:
    """A plugin made of one hook implementation."""

    def __init__(self, name, includeme=None, startup=None):
        self.PLUGIN = PluginInfo(name, f"The plugin {name}")
        self._includeme, self._startup = includeme, startup

    @hookimpl
    def cometa_includeme(self, config):
        if self._includeme is not None:
            self._includeme(config)

    @hookimpl
    def cometa_startup(self, runtime, role):
        if self._startup is not None:
            self._startup(runtime, role)


@contextmanager
def runtime_of(folder, *plugins):
    settings = make_runtime({"cometa.data": str(folder), "cometa.plugins": "accounts"}, environment={}).settings
    loaded = [Loaded(Candidate(plugin.PLUGIN.name, None), plugin, plugin.PLUGIN) for plugin in plugins]
    runtime = Runtime(settings, Plugins({}, loaded))
    yield runtime
    runtime.close()


def greeting(text):
    def includeme(config):
        config.add_route("greeting", "/greeting/")
        config.add_view(lambda _request: text, route_name="greeting", renderer="string", permission="public")

    return includeme


def companions():
    """Children of this process that execute a command of ours; tests share servers that are children, too."""
    return [child for child in psutil.Process().children() if "cometa_core.cli" in child.cmdline()]


@pytest.fixture
def ini(tmp_path):
    path = tmp_path / "test.ini"
    path.write_text(INI)
    return path


@pytest.fixture
def migrated(ini):
    """An ini whose database is migrated and seeded."""
    runtime = make_runtime({"cometa.data": str(ini.parent / "data"), "cometa.plugins.disabled": "demo"}, environment={})
    list(upgrade(runtime.engine, runtime.histories))
    seed(runtime, set())
    runtime.close()
    return ini


def test_two_applications_in_one_process_share_nothing(tmp_path):
    with (
        runtime_of(tmp_path / "a", Made("one", greeting("first"))) as first,
        runtime_of(tmp_path / "b", Made("two", greeting("second"))) as second,
    ):
        apps = [TestApp(build_app(first)), TestApp(build_app(second)), TestApp(build_app(first))]
        assert [app.get("/greeting/").text for app in apps] == ["first", "second", "first"]
        registries = [app.app.registry for app in apps]
        assert registries[0]["cometa.runtime"] is not registries[1]["cometa.runtime"]
        assert registries[0] is not registries[2]
        assert first.engine is not second.engine
        assert first.tasks is not second.tasks


def test_building_an_application_starts_nothing(tmp_path):
    begun = []
    with runtime_of(tmp_path, Made("one", startup=lambda _runtime, role: begun.append(role))) as runtime:
        build_app(runtime)
        assert begun == []
        list(upgrade(runtime.engine, runtime.histories))
        runtime.start(Role.WEB)
        assert begun == [Role.WEB]


def test_a_plugin_that_fails_to_add_its_routes_is_named_with_the_remedy(tmp_path):
    def fail(_config):
        raise KeyError("colour")

    with runtime_of(tmp_path, Made("painter", fail)) as runtime:
        words = r"painter cannot add its routes: KeyError: 'colour'.*painter to cometa\.plugins\.disabled"
        with pytest.raises(PluginError, match=words):
            build_app(runtime)


def test_an_error_of_ours_from_a_plugin_is_left_as_it_is(tmp_path):
    def fail(_config):
        raise NotFound("There is no colour.")

    with runtime_of(tmp_path, Made("painter", fail)) as runtime, pytest.raises(NotFound, match="no colour"):
        build_app(runtime)


def test_two_plugins_with_one_route_are_refused(tmp_path):
    with (
        runtime_of(tmp_path, Made("one", greeting("first")), Made("two", greeting("second"))) as runtime,
        pytest.raises(PluginError, match="two takes the route greeting away"),
    ):
        build_app(runtime)


def test_what_was_begun_is_ended_in_reverse_even_when_one_part_fails(tmp_path, caplog):
    ended = []
    with runtime_of(tmp_path) as runtime:
        runtime.at_exit(lambda: ended.append("first"))
        runtime.at_exit(lambda: 1 / 0)
        runtime.at_exit(lambda: ended.append("last"))
        runtime.close()
        runtime.close()
    assert ended == ["last", "first"]
    assert "A part of the runtime could not be closed" in caplog.text


def test_a_part_is_made_once(tmp_path):
    made = []
    with runtime_of(tmp_path) as runtime:
        assert runtime.once("part", lambda: made.append(1) or "part") == "part"
        assert runtime.once("part", lambda: made.append(2) or "other") == "part"
    assert made == [1]


@pytest.mark.parametrize("script", sorted(LOOKING))
def test_programs_that_look_start_nothing_and_need_no_database(ini, script):
    """What `proutes` and `pshell` do; they name themselves in `__script__`."""
    app = factory({"__file__": str(ini), "__script__": script}, **{"cometa.data": str(ini.parent / "data")})
    runtime = app.registry["cometa.runtime"]
    assert runtime.settings.ini_path == ini
    assert not (ini.parent / "data" / "cometa.sqlite3").exists()
    assert companions() == []
    runtime.close()


def test_a_shell_gets_the_application_and_its_sessions(migrated):
    with bootstrap(str(migrated)) as environment:
        runtime = environment["registry"]["cometa.runtime"]
        with runtime.reading() as session:
            assert session.connection().exec_driver_sql("select count(*) from accounts_department").scalar_one() == 1
        assert companions() == []
        runtime.close()


def test_other_servers_get_the_background_work_and_no_companions(migrated):
    """As a WSGI server does that knows nothing of Pyramid."""
    app = get_app(str(migrated))
    assert TestApp(app).get("/api/accounts/", extra_environ={"REMOTE_ADDR": "127.0.0.1"}).status_int == 200
    assert companions() == []
    app.registry["cometa.runtime"].close()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({}, "Run `cometa init`"),
        ({"cometa.prot": "1"}, "Did you mean cometa.port?"),
        ({"sqlalchemy.url": "nonsense"}, "is not a database URL"),
    ],
)
def test_a_configuration_that_cannot_work_ends_the_process_with_one_sentence(tmp_path, capsys, keys, words):
    with pytest.raises(SystemExit) as ended:
        factory({}, **{"cometa.data": str(tmp_path / "data"), "cometa.browser.local": "false", **keys})
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("server", "host"),
    [
        (["listen = 127.0.0.1:8001"], "127.0.0.1"),
        (["listen = 127.0.0.1:%(port)s [::1]:%(port)s"], "127.0.0.1"),
        (["listen = localhost:8001 [::]:8001"], "::"),
        (["host = 192.0.2.1", "port = 80"], "192.0.2.1"),
        (["port = 80"], "0.0.0.0"),
    ],
)
def test_the_address_of_pserve_is_the_one_that_is_checked(ini, server, host):
    """R-037."""
    ini.write_text("\n".join([INI, "[server:main]", "use = egg:waitress#main", *server]))
    assert served_host({"__file__": str(ini), "port": "8001"}) == {"cometa.host": host}


@pytest.mark.parametrize("server", [[], ["[server:main]", "use = egg:waitress#main", "unix_socket = /run/cometa"]])
def test_without_an_address_there_is_none_to_check(ini, server):
    ini.write_text("\n".join([INI, *server]))
    assert served_host({"__file__": str(ini)}) == {}


def test_pserve_refuses_development_sign_in_where_others_reach_it(migrated, capsys):
    """R-037."""
    migrated.write_text(INI + "\n[server:main]\nuse = egg:waitress#main\nlisten = *:8001\n")
    keys = {"cometa.data": str(migrated.parent / "data"), "cometa.dev_login": "ada@example.org"}
    with pytest.raises(SystemExit) as ended:
        factory({"__file__": str(migrated), "__script__": "pserve"}, **keys, **{"cometa.browser.local": "false"})
    assert ended.value.code == 2
    assert "must be a loopback address, not *" in capsys.readouterr().err


def test_the_listing_of_routes_works_without_a_database(ini):
    program = Path(sys.executable).with_name("proutes")
    done = subprocess.run([program, ini], capture_output=True, text=True, check=False, timeout=60, cwd=ini.parent)
    assert done.returncode == 0, done.stderr
    assert "/health" in done.stdout
