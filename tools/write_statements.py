"""Write the pages that say which tests prove which statement: of the API's contract and of the execution side.

A test cites statements in its docstring or in comments of its body, as ``R-001``, ``X-018`` or ``R-084 to R-087``.
Run it after tests were added: ``.venv/bin/python tools/write_statements.py``.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
STATEMENT = re.compile(r"(?P<number>[RX]-\d{3}) (?P<area>[A-Z-]+): (?P<text>.+)")
CITATION = re.compile(r"([RX])-(\d{3})(?:\s*(?:to|\.\.)\s*\1-(\d{3}))?")

HEAD = """# {title}, statement by statement

<!-- Written by tools/write_statements.py: cite statements in tests, then run it again. -->

What {subject} promises, as numbered statements, and the tests that prove each of them. {tested} of {all} statements
have a test; `make test` runs all but those of long tests, which `make chaos` and `make corpus` run.
"""


@dataclass(frozen=True)
class Page:
    """A list of statements and the page that is written for it.

    Attributes:
        source: file with a statement a line.
        target: the page.
        title: heading of the page.
        subject: what makes the promises.
        later: numbers, and words for whole areas, that are not part of this release.
    """

    source: Path
    target: Path
    title: str
    subject: str
    later: frozenset[str]


PAGES = (
    # Nothing of this release is for the areas left out: the dialect of one frontend.
    Page(ROOT / "tests/contract/statements.txt", ROOT / "docs/api/statements.md", "The contract", "the REST API",
         frozenset({"ANG"})),
    Page(ROOT / "tests/contract/runner_statements.txt", ROOT / "docs/operator/statements.md", "The life of a run",
         "the execution of features",
         # Another queue for the whole suite, ready sessions, figures of pick-up, and the dialect of one frontend.
         frozenset({"X-022", "X-023", "X-051", "X-052", "X-147"})),
)  # fmt: skip


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


def statements(page: Page) -> list[Statement]:
    """Read all statements of a page in order."""
    lines = page.source.read_text(encoding="utf-8").splitlines()
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
    for letter, first, last in CITATION.findall(text):
        numbers |= {f"{letter}-{number:03}" for number in range(int(first), int(last or first) + 1)}
    return numbers


def _tests_of(module: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def text_of(page: Page) -> str:
    """Write a page."""
    known, cited = statements(page), citations()
    tested = sum(statement.number in cited for statement in known)
    lines = [HEAD.format(title=page.title, subject=page.subject, tested=tested, all=len(known))]
    area = ""
    for statement in known:
        if statement.area != area:
            area = statement.area
            lines += [f"\n## {area}\n", "| statement | promises | state | tests |", "|---|---|---|---|"]
        lines.append(row_of(statement, cited.get(statement.number, []), later=is_later(page, statement)))
    return "\n".join(lines) + "\n"


def is_later(page: Page, statement: Statement) -> bool:
    """Tell whether a statement is not part of this release."""
    return not page.later.isdisjoint({statement.number, statement.area})


def row_of(statement: Statement, tests: list[str], *, later: bool = False) -> str:
    """Write one row; a statement without a test says so."""
    state = "tested" if tests else "not part of this release" if later else "no test"
    text = statement.text.replace("|", "\\|")
    return f"| {statement.number} | {text} | {state} | {'<br>'.join(f'`{test}`' for test in tests)} |"


def main() -> None:
    """Write the pages that changed."""
    for page in PAGES:
        text = text_of(page)
        if not page.target.exists() or page.target.read_text(encoding="utf-8") != text:
            page.target.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{page.target.relative_to(ROOT)} changed\n")


if __name__ == "__main__":
    main()
