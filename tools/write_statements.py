"""Write the page that says which tests prove which statement of the API's contract: ``docs/api/statements.md``.

A test cites statements in its docstring or in comments of its body, as ``R-001`` or ``R-084 to R-087``.  Run it after
tests were added: ``.venv/bin/python tools/write_statements.py``.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
STATEMENTS = ROOT / "tests/contract/statements.txt"
PAGE = ROOT / "docs/api/statements.md"
STATEMENT = re.compile(r"(?P<number>R-\d{3}) (?P<area>[A-Z-]+): (?P<text>.+)")
CITATION = re.compile(r"R-(\d{3})(?:\s*(?:to|\.\.)\s*R-(\d{3}))?")
LATER = frozenset({"ANG"})
"""Areas that no plugin of this release is for."""

HEAD = """# The contract, statement by statement

<!-- Written by tools/write_statements.py: cite statements in tests, then run it again. -->

What the REST API promises, as numbered statements, and the tests that prove each of them. {tested} of {all} statements
have a test; `make test` runs all of them.
"""


@dataclass(frozen=True)
class Statement:
    """One testable sentence of the contract.

    Attributes:
        number: its name, for instance ``R-001``.
        area: word for what it is about, for instance ``LIST``.
        text: the sentence.
    """

    number: str
    area: str
    text: str


def statements() -> list[Statement]:
    """Read all statements in order."""
    lines = STATEMENTS.read_text(encoding="utf-8").splitlines()
    return [Statement(**found.groupdict()) for line in lines if (found := STATEMENT.fullmatch(line))]


def citations() -> Mapping[str, list[str]]:
    """Find the tests that cite statements: number of the statement -> names of tests, by file."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        for test in _tests_of(ast.parse(source)):
            # From the first decorator on, so that comments of parameters count too.
            first = min([test.lineno, *(decorator.lineno for decorator in test.decorator_list)])
            text = "\n".join(source.splitlines()[first - 1 : test.end_lineno])
            for number in cited_in(text):
                found[number].append(f"{path.relative_to(ROOT)}::{test.name}")
    return found


def cited_in(text: str) -> set[str]:
    """Return the numbers that a text cites, ranges included."""
    numbers: set[str] = set()
    for first, last in CITATION.findall(text):
        numbers |= {f"R-{number:03}" for number in range(int(first), int(last or first) + 1)}
    return numbers


def _tests_of(module: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def page() -> str:
    """Write the page."""
    known, cited = statements(), citations()
    tested = sum(statement.number in cited for statement in known)
    lines = [HEAD.format(tested=tested, all=len(known))]
    area = ""
    for statement in known:
        if statement.area != area:
            area = statement.area
            lines += [f"\n## {area}\n", "| statement | promises | state | tests |", "|---|---|---|---|"]
        lines.append(row_of(statement, cited.get(statement.number, [])))
    return "\n".join(lines) + "\n"


def row_of(statement: Statement, tests: list[str]) -> str:
    """Write one row; a statement without a test says so."""
    state = "tested" if tests else "not part of this release" if statement.area in LATER else "no test"
    text = statement.text.replace("|", "\\|")
    return f"| {statement.number} | {text} | {state} | {'<br>'.join(f'`{test}`' for test in tests)} |"


def main() -> None:
    """Write the page when it changed."""
    text = page()
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        PAGE.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{PAGE.relative_to(ROOT)} changed\n")


if __name__ == "__main__":
    main()
