"""docs/plugins/hooks.md describes the hooks that there are, and each specification says what an author must know."""

import ast
import importlib.util
import inspect
import re
from pathlib import Path

import pytest

from cometa_core.plugin.spec import SPECIFICATIONS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/plugins/hooks.md").read_text(encoding="utf-8")
SECTION = re.compile(
    r"^### (?P<name>\w+)\n\n```python\n(?P<signature>.*)\n```\n\n\*(?P<kind>\w+), (?P<stability>\w+)\.\*", re.MULTILINE
)
TABLE_ROW = re.compile(r"^\| \[`(?P<name>\w+)`\]\(#(?P<anchor>\w+)\) \| (?P<kind>\w+) \|", re.MULTILINE)
FACTS = re.compile(
    r"Kind: (?P<kind>\w+)\.  Stability: (?P<stability>\w+)\.  Added in API [\d.]+\.  Example: ``(?P<example>[^`]+)``\."
)


def written_signature(function):
    """The signature as it stands in the source, without the quotes of late names."""
    definition = ast.parse(inspect.getsource(function)).body[0]
    text = f"def {definition.name}({ast.unparse(definition.args)}) -> {ast.unparse(definition.returns)}"
    return text.replace("'", "")


SPECS = {
    name: function
    for module in SPECIFICATIONS
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and name.startswith("cometa_")
}
SECTIONS = {found["name"]: found for found in SECTION.finditer(PAGE)}


@pytest.mark.parametrize("name", SPECS)
def test_every_hook_has_a_section_with_its_exact_signature(name):
    assert SECTIONS[name]["signature"] == written_signature(SPECS[name])


@pytest.mark.parametrize("name", SPECS)
def test_kind_and_stability_are_those_of_the_specification(name):
    facts = FACTS.search(inspect.getdoc(SPECS[name]))
    assert (SECTIONS[name]["kind"], SECTIONS[name]["stability"]) == (facts["kind"], facts["stability"])


def test_the_page_describes_no_other_hooks():
    assert set(re.findall(r"^### (\w+)$", PAGE, re.MULTILINE)) == set(SPECS)
    assert set(re.findall(r"\bcometa_[a-z_]+(?=\()", PAGE)) <= set(SPECS)


def test_the_table_lists_every_hook_in_the_order_of_the_sections():
    rows = [(found["name"], found["anchor"], found["kind"]) for found in TABLE_ROW.finditer(PAGE)]
    assert rows == [(name, name, found["kind"]) for name, found in SECTIONS.items()]


@pytest.mark.parametrize("name", SPECS)
def test_a_specification_says_when_it_is_called_and_what_an_exception_does(name):
    text = inspect.getdoc(SPECS[name])
    assert re.search(r"^Called ", text, re.MULTILINE)
    assert re.search(r"exception|Raise |stop the start|stops the start|stop the command", text)
    for argument in inspect.signature(SPECS[name]).parameters:
        assert re.search(rf"^    {argument}: ", text, re.MULTILINE), argument


@pytest.mark.parametrize("name", SPECS)
def test_the_example_of_a_specification_implements_the_hook(name):
    example = FACTS.search(inspect.getdoc(SPECS[name]))["example"]
    if example.startswith("examples/"):
        source = next((ROOT / example).rglob("plugin.py"))
    else:
        source = Path(importlib.util.find_spec(example).origin)
    assert re.search(rf"^def {name}\(", source.read_text(encoding="utf-8"), re.MULTILINE)
