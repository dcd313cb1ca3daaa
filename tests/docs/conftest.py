"""Pages of the documentation and what the product declares, for comparing both."""

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from cometa_runner.steps import load_vocabulary

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Page:
    """A page of the documentation."""

    path: Path
    text: str

    @property
    def name(self):
        return str(self.path.relative_to(ROOT))

    @property
    def prose(self):
        """The text without its blocks of code."""
        return BLOCK.sub("", self.text)

    @property
    def inline_code(self):
        return INLINE.findall(self.prose)

    def blocks(self, *kinds):
        """The blocks of code of some kinds."""
        return [found["text"] for found in BLOCK.finditer(self.text) if found["kind"] in kinds]

    def commands(self):
        """Command lines of consoles, continued lines joined and texts for standard input left out."""
        for block in self.blocks("console"):
            joined = block.replace("\\\n", " ")
            yield from (line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ "))


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def pages():
    """All pages that people read, the README of the repository included."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").glob("*/*.md"))]
    return [Page(path, path.read_text(encoding="utf-8")) for path in found]


@pytest.fixture(scope="session")
def page(pages):
    """Find a page by its path below docs/."""
    by_name = {page.name: page for page in pages}
    return lambda name: by_name[f"docs/{name}"]


@pytest.fixture(scope="session")
def reference():
    """The program that writes the pages which repeat what the code declares."""
    spec = importlib.util.spec_from_file_location("write_reference", ROOT / "tools/write_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def plugins(reference):
    return reference.built_in_plugins()


@pytest.fixture(scope="session")
def vocabulary(plugins):
    libraries = plugins.dispatch.collect("cometa_step_libraries").values()
    return load_vocabulary([library for _, library in libraries])


@pytest.fixture(scope="session")
def settings(plugins, reference):
    """Every declared setting by its key."""
    declared = [setting for _, setting in plugins.dispatch.collect("cometa_settings").values()]
    return {setting.key: setting for setting in [*reference.CORE_SETTINGS, *declared]}


def first_cells(text):
    """The words in code style of the first column of all tables of a text, in order."""
    rows = re.findall(r"^\| ([^|]*`[^|]*) \|", text, re.MULTILINE)
    return [word for cell in rows for word in INLINE.findall(cell)]


@pytest.fixture(scope="session")
def listed():
    """Words that the tables below a heading of a page list in their first column."""

    def words(page, heading):
        section = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", page.text, re.MULTILINE | re.DOTALL)
        return first_cells(section[1])

    return words
