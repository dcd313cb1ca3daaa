"""Who imports whom: the contracts of import-linter, and plugins only use plugins that they require."""

import graphlib
import importlib
import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest


@pytest.fixture(scope="module")
def packages(root):
    return tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]


@pytest.fixture(scope="module")
def imported_packages(packages):
    """Package -> the other packages that its modules import, also inside functions."""
    graph = grimp.build_graph(*packages, cache_dir=None)
    return {
        package: {
            imported.partition(".")[0]
            for module in {package} | graph.find_descendants(package)
            for imported in graph.find_modules_directly_imported_by(module)
        }
        - {package}
        for package in packages
    }


@pytest.fixture(scope="module")
def requirements(packages):
    """Plugin package -> packages of the plugins that it requires, directly or through another."""
    plugins = set(packages) - {"cometa_core"}
    modules = [name for name in sorted(plugins) if importlib.util.find_spec(f"{name}.plugin")]
    direct = {name: importlib.import_module(f"{name}.plugin").PLUGIN.requires for name in modules}
    everything = {}
    for name in graphlib.TopologicalSorter({k: {f"cometa_{r}" for r in v} for k, v in direct.items()}).static_order():
        needed = {f"cometa_{required}" for required in direct.get(name, ())}
        everything[name] = needed.union(*(everything[required] for required in needed))
    return everything


def test_every_contract_of_the_import_linter_is_kept(root):
    program = Path(sys.executable).parent / "lint-imports"
    checked = subprocess.run(
        [program, "--no-cache", "--no-logo"], cwd=root, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_package_of_the_source_roots_is_under_contract(root, packages):
    folders = {path.name for source in ("plugins", "runners") for path in (root / source).glob("cometa_*")}
    assert folders | {"cometa_core", "cometa_demo"} == set(packages)


def test_packages_import_each_other_in_no_circle(imported_packages):
    graphlib.TopologicalSorter(imported_packages).prepare()


def test_a_plugin_imports_only_plugins_that_it_requires(imported_packages, requirements):
    undeclared = {
        package: imported_packages[package] - needed - {"cometa_core", "cometa_runner"}
        for package, needed in requirements.items()
    }
    own = set(imported_packages)
    assert {package: names & own for package, names in undeclared.items() if names & own} == {}
