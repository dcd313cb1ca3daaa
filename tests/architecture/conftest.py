"""What the rules are checked on: the product's Python sources and all texts of the repository."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE_FOLDERS = ("cometa_core", "plugins", "runners", "alembic", "examples")


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def sources():
    """Python files of the product, by path relative to the repository."""
    found = [path for folder in SOURCE_FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in [*found, ROOT / "setup.py"]}


@pytest.fixture(scope="session")
def texts():
    """All text files of the repository, by path relative to it; what Git ignores is left out."""
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()} | {".git"}
    contents = {}
    for name_of_folder, folders, files in os.walk(ROOT):
        folder = Path(name_of_folder)
        folders[:] = [name for name in folders if name not in ignored and not name.endswith(".egg-info")]
        for name in files:
            try:
                contents[(folder / name).relative_to(ROOT)] = (folder / name).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
    return contents
