"""Plugins are found without import, ordered by list and requirement, and checked before anything runs."""

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from cometa_core import PluginInfo, hookimpl
from cometa_core.contracts.permissions import Permission
from cometa_core.errors import PluginError
from cometa_core.plugin.discovery import Candidate, Loaded, in_call_order, installed_plugins, load, wanted_names
from cometa_core.plugin.registry import Plugins


def plugin(name, requires=(), api_version="1.0", **hooks):
    module = ModuleType(f"made_up_{name}")
    module.PLUGIN = PluginInfo(name, f"The plugin {name}", tuple(requires), api_version)
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    candidate = Candidate(name, EntryPoint(name, f"made_up_{name}", "cometa.plugins"))
    return Loaded(candidate, module, module.PLUGIN)


def nothing():
    return []


def names(loaded):
    return [found.name for found in loaded]


def test_built_in_plugins_are_found_like_everyone_elses_without_being_imported():
    sys.modules.pop("cometa_demo.plugin", None)
    found = installed_plugins()
    assert {"accounts", "catalog", "features", "executions", "screenshots", "websteps"} <= set(found)
    assert "cometa_demo.plugin" not in sys.modules


def test_listed_order_is_call_order_with_requirements_pulled_in_front():
    listed = [plugin("c", requires=["a"]), plugin("b"), plugin("a")]
    assert names(in_call_order(listed)) == ["a", "c", "b"]


def test_a_missing_requirement_names_the_line_to_change():
    with pytest.raises(PluginError, match=r"c requires a, which is not active\. Add a to cometa\.plugins"):
        in_call_order([plugin("c", requires=["a"])])


def test_a_circle_of_requirements_is_shown():
    with pytest.raises(PluginError, match="a > b > a"):
        in_call_order([plugin("a", requires=["b"]), plugin("b", requires=["a"])])


def test_a_listed_name_that_is_not_installed_is_refused():
    with pytest.raises(PluginError, match=r"nothing is named in cometa\.plugins but not installed"):
        wanted_names({"a": plugin("a").candidate}, ["nothing"], [])


def test_disabled_names_are_left_out():
    installed = {name: plugin(name).candidate for name in "abc"}
    assert wanted_names(installed, [], ["b"]) == ["a", "c"]


def test_a_plugin_that_cannot_be_imported_is_named_with_the_remedy():
    broken = Candidate("broken", EntryPoint("broken", "there_is_no_such_module", "cometa.plugins"))
    with pytest.raises(PluginError, match=r"broken .* cannot be imported.*cometa\.plugins\.disabled"):
        load(broken)


def test_two_distributions_with_one_plugin_are_refused(monkeypatch):
    found = [EntryPoint("shop", "one.plugin", "cometa.plugins"), EntryPoint("shop", "two.plugin", "cometa.plugins")]
    monkeypatch.setattr("cometa_core.plugin.discovery.entry_points", lambda group: found)
    with pytest.raises(PluginError, match="Two distributions offer a plugin named shop"):
        installed_plugins()


def test_a_module_that_does_not_say_what_it_is_is_refused():
    silent = Candidate("json", EntryPoint("json", "json", "cometa.plugins"))
    with pytest.raises(PluginError, match=r"must define PLUGIN = PluginInfo\(name='json'"):
        load(silent)


def test_a_misspelt_hook_stops_the_start():
    with pytest.raises(PluginError, match="a implements a hook that does not exist"):
        Plugins({}, [plugin("a", cometa_setings=nothing)])


def test_a_wrong_argument_stops_the_start():
    with pytest.raises(PluginError, match=r"a .* has a hook with wrong arguments"):
        Plugins({}, [plugin("a", cometa_settings=lambda nonsense: [])])


def test_a_plugin_of_another_api_is_refused():
    with pytest.raises(PluginError, match=r"written for API 2\.0"):
        Plugins({}, [plugin("a", api_version="2.0")])


def test_hooks_are_called_first_listed_first():
    called = []
    loaded = [plugin(name, cometa_startup=lambda name=name: called.append(name)) for name in "bac"]
    Plugins({}, loaded).dispatch.inline("cometa_startup", runtime=None, role=None)
    assert called == ["b", "a", "c"]


def test_two_plugins_that_define_one_name_are_both_named():
    def both():
        return [Permission("fly", "Fly.", ())]

    plugins = Plugins({}, [plugin("a", cometa_permissions=both), plugin("b", cometa_permissions=both)])
    with pytest.raises(PluginError, match="plugins a and b both define fly"):
        plugins.dispatch.collect("cometa_permissions")


def test_an_exception_of_a_listener_is_logged_with_its_name_and_changes_nothing(caplog):
    told = []

    def fail(run, event):
        raise RuntimeError("listener is broken")

    def listen(event):
        told.append(event)

    loaded = [plugin("a", cometa_run_event=fail), plugin("b", cometa_run_event=listen)]
    Plugins({}, loaded).dispatch.notify("cometa_run_event", run=None, event="x")
    assert told == ["x"]
    assert "Plugin a failed in cometa_run_event" in caplog.text


def test_an_implementation_may_leave_arguments_out():
    seen = []
    loaded = [plugin("a", cometa_startup=lambda role: seen.append(role) or None)]
    Plugins({}, loaded).dispatch.inline("cometa_startup", runtime="r", role="web")
    assert seen == ["web"]


def test_two_sets_of_plugins_in_one_process_share_nothing():
    first, second = Plugins({}, [plugin("a")]), Plugins({}, [plugin("b")])
    assert names(first.active) == ["a"]
    assert names(second.active) == ["b"]
    assert not second.is_active("a")
