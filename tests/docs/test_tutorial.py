"""docs/plugins/tutorial.md shows the code of the example as it is, and the example keeps to what is public."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/cometa-scoreboard"
PAGE = (ROOT / "docs/plugins/tutorial.md").read_text(encoding="utf-8")
BLOCKS = [
    pytest.param(found["path"], found["code"], id=f"{found['path']}-{number}")
    for number, found in enumerate(re.finditer(r"```\w+\n# (?P<path>\S+)\n(?P<code>.*?)```", PAGE, re.DOTALL))
]
PUBLIC = re.findall(r"^\| `(cometa_[\w.]+)` \|", PAGE, re.MULTILINE)
OWN = "cometa_scoreboard"


def imported_modules(source):
    """Modules that a source imports, with the names that it takes from the top of a package."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def is_public(module):
    return module == "cometa_core" or any(
        module == name or module.startswith(f"{name}.") for name in PUBLIC if name != "cometa_core"
    )


@pytest.mark.parametrize(("path", "code"), BLOCKS)
def test_every_block_stands_in_the_file_that_it_names(path, code):
    assert code in (EXAMPLE / path).read_text(encoding="utf-8")


def test_the_tutorial_shows_every_room_of_the_example():
    rooms = {f"src/{OWN}/{path.name}" for path in (EXAMPLE / "src" / OWN).glob("*.py")} - {f"src/{OWN}/__init__.py"}
    assert {parameter.values[0] for parameter in BLOCKS} >= rooms


def test_every_code_block_names_its_file():
    assert PAGE.count("```") == 2 * len(BLOCKS)


@pytest.mark.parametrize("path", sorted((EXAMPLE / "src").rglob("*.py")), ids=lambda path: path.name)
def test_the_example_imports_only_what_is_public(path):
    modules = set(imported_modules(path.read_text(encoding="utf-8")))
    product = {name for name in modules if name.startswith("cometa_") and name.partition(".")[0] != OWN}
    assert {name for name in product if not is_public(name)} == set()


def test_its_step_module_imports_only_what_the_runner_has():
    modules = set(imported_modules((EXAMPLE / "src" / OWN / "steps.py").read_text(encoding="utf-8")))
    assert {name for name in modules if not name.startswith("cometa_runner.steps")} == set()


def test_links_of_the_pages_lead_somewhere():
    pages = sorted((ROOT / "docs/plugins").glob("*.md"))
    targets = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\((?!#|https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    ]
    assert len(targets) >= 3
    assert [str(target) for page, target in targets if not (page.parent / target).exists()] == []
