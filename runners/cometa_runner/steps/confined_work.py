"""The program of a confined process: one piece of work, asked on standard input, answered on standard output.

It is started by ``confined.py`` without site packages, environment and search path, and takes from the process what a
hostile filter or expression could use before it reads it.  It imports nothing of this package.

Contract: runner X-088; steps 2.4 (jq filters and regular expressions are code for somebody else).
"""

import importlib
import json
import random
import re
import resource
import sys
from collections.abc import Callable
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
"""Address space that a piece of work may use."""

UNLIMITED = 2**32 - 1
"""What the library and ``re`` call a repetition without limit."""

UNLIMITED_REPEATS = 20
"""Where a repetition without limit stops in made texts.  Contract: steps.json, ``Make text matching ...``."""

LONGEST_MADE = 100_000
"""Characters of a made text; an expression of nested repetitions must not fill the memory."""

ATTEMPTS = 50
"""How often a text is made until it fits: look-arounds and word limits are left to chance."""


class Refused(Exception):
    """What was given cannot be worked with; the text says why."""


def fits(given: dict[str, Any]) -> bool:
    """Tell whether the whole text fits an expression.

    Raises:
        Refused: the expression is invalid.
    """
    return _compiled(given["pattern"]).fullmatch(given["text"]) is not None


def finds(given: dict[str, Any]) -> bool:
    """Tell whether some part of the text fits an expression.

    Raises:
        Refused: the expression is invalid.
    """
    return _compiled(given["pattern"]).search(given["text"]) is not None


def filtered(given: dict[str, Any]) -> list[str]:
    """Apply a jq filter and return each result as JSON text; numbers keep their digits.

    Raises:
        Refused: the filter is invalid, or it fails on this source.
    """
    jq: Any = importlib.import_module("jq")
    # Numbers keep the digits that they have in the source only as long as they stay inside of jq.
    program = f"({given['query']}\n) | tojson"
    try:
        return [str(result) for result in jq.compile(program).input_text(given["source"]).all()]
    except ValueError as error:
        raise Refused(str(error)) from error


def made(given: dict[str, Any]) -> str:
    """Make a random text that fits an expression.

    Raises:
        Refused: the expression is invalid, or no text was found that fits.
    """
    expression = _compiled(given["pattern"])
    maker = _maker(random.Random(given["seed"]))  # noqa: S311 - test data, which must be repeatable
    for _attempt in range(ATTEMPTS):
        try:
            text = str(maker.xeger(given["pattern"]))
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise Refused("it uses a form for which no text can be made") from error
        if expression.fullmatch(text):
            return text
    raise Refused(f"none of {ATTEMPTS} made texts fits it")


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Refused(str(error) or "it is nested too deeply") from error


def _maker(chance: random.Random) -> Any:
    """Give a maker of texts whose repetitions without limit stop early, while those with a limit keep it."""
    rstr: Any = importlib.import_module("rstr")
    maker = rstr.Xeger(chance)
    length = 0

    def repeated(value: tuple[int, int, list[tuple[Any, Any]]]) -> str:
        nonlocal length
        least, most, states = value
        parts = []
        for _round in range(chance.randint(least, max(least, UNLIMITED_REPEATS) if most == UNLIMITED else most)):
            parts.append(maker._build_string(states))  # noqa: SLF001 - as the library itself does
            length += len(parts[-1])
            if length > LONGEST_MADE:
                raise Refused(f"the text would have more than {LONGEST_MADE:,} characters")
        return "".join(parts)

    # The library has no other place for a limit.
    maker._cases.update(max_repeat=repeated, min_repeat=repeated)  # noqa: SLF001 - see above
    return maker


WORKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "fits": fits,
    "finds": finds,
    "filtered": filtered,
    "made": made,
}
"""Name of a piece of work -> its function; never changes."""


LIBRARIES = {"filtered": "jq", "made": "rstr"}
"""Piece of work -> library that it needs; the others do without, and so start faster."""


def confine(seconds: int) -> None:
    """Give up memory, processor time and the right to open files; nothing of this can be taken back."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # A filter that includes a file cannot open it; what was imported before stays usable.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def main(work: str, seconds: str, *folders: str) -> None:
    """Do one piece of work.

    Args:
        work: a key of ``WORKS``.
        seconds: processor time in whole seconds.
        folders: where libraries are found.
    """
    sys.path.extend(folders)
    library = LIBRARIES.get(work)
    if library is not None:
        importlib.import_module(library)  # later no file can be opened
    confine(int(seconds))
    try:
        answer = {"answer": WORKS[work](json.load(sys.stdin))}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except (MemoryError, RecursionError):
        answer = {"exhausted": True}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
