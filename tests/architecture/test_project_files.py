"""The files that a developer meets first say what is true."""

import re
import subprocess
import tomllib
from importlib.metadata import requires

from packaging.requirements import Requirement

LEFT_OPEN = {"certifi"}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_make_help_lists_every_target(root):
    declared = re.search(r"^\.PHONY: (.*)$", (root / "Makefile").read_text(), re.MULTILINE)[1].split()
    shown = subprocess.run(["make", "-C", root], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^ +make (\w+) ", shown, re.MULTILINE) == declared


def test_every_direct_requirement_is_pinned_to_a_version_that_setup_allows(root):
    lines = (root / "constraints.txt").read_text().splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    versions = {normal(name): version for name, version in pinned.items()}
    wanted = {normal(need.name): need.specifier for need in map(Requirement, requires("cometa-core"))}
    wrong = [name for name, allowed in wanted.items() if name not in versions or versions[name] not in allowed]
    assert set(wrong) <= LEFT_OPEN


def test_the_measured_packages_are_those_under_contract(root):
    tools = tomllib.loads((root / "pyproject.toml").read_text())["tool"]
    assert tools["coverage"]["run"]["source_pkgs"] == tools["importlinter"]["root_packages"]
