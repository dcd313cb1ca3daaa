"""The rule that of a plugin others import its api alone can fail."""

import importlib.util
from pathlib import Path

import pytest
from grimp import ImportGraph

ROOT = Path(__file__).parents[2]


def loaded():
    spec = importlib.util.spec_from_file_location("plugin_api_contract", ROOT / "tools/plugin_api_contract.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PluginApiContract = loaded().PluginApiContract

OPTIONS = {"root_packages": ["cometa_core", "cometa_one", "cometa_two"]}


def checked(*imports):
    graph = ImportGraph()
    for package in OPTIONS["root_packages"]:
        graph.add_module(package)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    contract = PluginApiContract(
        name="api", session_options=OPTIONS, contract_options={"public_packages": ["cometa_core"]}
    )
    return contract.check(graph, verbose=False)


@pytest.mark.parametrize("imported", ["cometa_two.models", "cometa_two"])
def test_an_import_past_the_api_of_another_plugin_breaks_the_rule(imported):
    found = checked(("cometa_one.services", imported))
    assert not found.kept
    assert found.metadata["imports"] == [("cometa_one.services", imported)]


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("cometa_one.services", "cometa_two.api"),
        ("cometa_one.services", "cometa_one.models"),
        ("cometa_one.services", "cometa_core.errors"),
    ],
)
def test_the_api_of_another_plugin_its_own_modules_and_the_core_may_be_imported(importer, imported):
    assert checked((importer, imported)).kept
