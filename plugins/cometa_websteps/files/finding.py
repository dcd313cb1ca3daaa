"""From the name that a tester writes to a file of the run.

Contract: steps section 3, runner I.2.
"""

import fnmatch
from pathlib import Path, PurePosixPath
from typing import Final

from cometa_runner.steps import StepContext, StepFailure
from cometa_runner.steps.downloads import Downloads, downloads_of
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.file_names import existing_file, file_place, split_names

SPREADSHEET: Final = (
    "xlsx or csv in `uploads/` or `downloads/`; `downloads/last_downloaded_file.xlsx` means the newest of that type"
)
"""Meaning of the parameter of all sentences that open a spreadsheet."""

NEWEST: Final = "last_downloaded_file"
"""Name that stands for the newest download with the ending that follows."""


def downloads(context: StepContext) -> Downloads:
    """Give the downloads of the run."""
    return downloads_of(context, context.workdir, lambda: context.driver)


def find_all(context: StepContext, text: str) -> list[Path]:
    """Find the files of a semicolon list.

    Raises:
        StepFailure: ``file`` when one of them leaves its folder, is a link or does not exist; ``bad-value`` for none.
    """
    return [find(context, name) for name in split_names(text)]


def find(context: StepContext, text: str) -> Path:
    """Find one file; one of the downloads is waited for as long as the browser is writing something.

    Raises:
        StepFailure: ``file`` when the name leaves its folder, is a link or does not exist.  Contract: X-130.
    """
    name = text.strip()
    place = file_place(context.workdir, name)
    if place.parent != (context.workdir / "downloads").resolve():
        return existing_file(context.workdir, name)
    of_run = downloads(context)
    is_newest = place.stem.lower() == NEWEST

    def question() -> Path | None:
        listing = of_run.look()
        if is_newest:
            # Which one is the newest is known when the browser writes none any more.
            return None if listing.unfinished else of_run.newest(listing, place.suffix) or place
        return place if place in listing.finished or not listing.unfinished else None

    path = context.deadline.poll(question) or place
    if is_newest and not path.is_file():
        raise StepFailure("file", expected=f"a download that ends with {place.suffix}", found=_present(context))
    return path if path.is_file() else existing_file(context.workdir, name)


def matching(context: StepContext, pattern: str) -> list[Path]:
    """Find complete downloads whose names fit a pattern, the newest one first.

    Args:
        context: the run.
        pattern: file name with ``*`` and ``?``; case does not matter.

    Raises:
        StepFailure: ``bad-value`` when the pattern is empty or names a folder.
    """
    wanted = pattern.strip()
    if not wanted or PurePosixPath(wanted).name != wanted or "\\" in wanted:
        raise StepFailure("bad-value", expected="a file name with * and ?, without folders", found=quoted(pattern))
    # Square brackets stand in names of files; here they mean nothing else.
    expression = wanted.casefold().replace("[", "[[]")
    finished = downloads(context).look().finished
    fitting = [path for path in finished if fnmatch.fnmatchcase(path.name.casefold(), expression)]
    return sorted(fitting, key=finished.__getitem__, reverse=True)


def _present(context: StepContext) -> str:
    names = sorted(path.name for path in downloads(context).look().finished)
    return f"in downloads/: {', '.join(names[:20])}" if names else "nothing in downloads/"
