"""Files that steps write about what they found."""

from itertools import count
from pathlib import Path

from cometa_runner.steps import StepContext


def new_report(context: StepContext, stem: str, ending: str) -> Path:
    """Give a name that no other report of the run has: ``cells.csv``, ``cells-2.csv`` and so on.

    Args:
        context: the run.
        stem: what the report is about, in a word.
        ending: with its point.
    """
    folder = context.workdir / "artifacts"
    folder.mkdir(mode=0o700, exist_ok=True)
    names = (folder / f"{stem}{'' if number == 1 else f'-{number}'}{ending}" for number in count(1))
    return next(path for path in names if not path.exists())
