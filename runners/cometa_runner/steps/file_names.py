"""Reads parameters of kind ``file``: files of the department in ``uploads/`` and of the run in ``downloads/``.

Contract: steps section 3, runner I.2.
"""

from pathlib import Path
from typing import Final

from cometa_runner.steps.failure import StepFailure, quoted

FOLDERS: Final = ("uploads", "downloads")
"""Folders of a run that sentences may name."""

_LISTED = 20


def split_names(text: str) -> list[str]:
    """Split a semicolon list of file names.

    Raises:
        StepFailure: ``bad-value`` when there is none.
    """
    names = [part.strip() for part in text.split(";") if part.strip()]
    if not names:
        raise StepFailure("bad-value", expected='a file such as "uploads/photo.png"', found=quoted(text))
    return names


def file_place(workdir: Path, name: str) -> Path:
    """Give the place of a file, which need not exist.

    Args:
        workdir: private folder of the run.
        name: ``uploads/<name>`` or ``downloads/<name>``, the first letter in either case.

    Raises:
        StepFailure: ``file`` when the name leaves its folder or goes through a link.  Contract: X-130.
    """
    first, _slash, rest = name.strip().partition("/")
    folder = first[:1].lower() + first[1:]
    if folder not in FOLDERS or not rest:
        raise StepFailure(
            "file", expected='a file name that begins with "uploads/" or "downloads/"', found=quoted(name)
        )
    root = (workdir / folder).resolve()
    path = root / rest
    # Comparing with the resolved path refuses ".." and links; an absolute name leaves the folder without either.
    if path == root or not _is_plain(path) or root not in path.parents:
        raise StepFailure("file", expected=f"a file inside {folder}/", found=f"{quoted(name)}, which leads elsewhere")
    return path


def existing_file(workdir: Path, name: str) -> Path:
    """Give the place of a file that exists.

    Raises:
        StepFailure: ``file`` when the name leaves its folder, is a link or does not exist.  Contract: X-130.
    """
    path = file_place(workdir, name)
    if not path.is_file():
        folder = name.strip().partition("/")[0].lower()
        raise StepFailure("file", expected=f"the file {quoted(name)}", found=_listing(workdir / folder, folder))
    return path


def _is_plain(path: Path) -> bool:
    if not path.name.isprintable():
        # Line breaks separate the files of one input, and no browser saves such a name.
        return False
    try:
        # Names that no file can have, too long ones for instance, are found out here.
        path.lstat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError):
        return False
    return path.resolve() == path


def _listing(root: Path, folder: str) -> str:
    present = sorted(path.name for path in root.iterdir() if path.is_file()) if root.is_dir() else []
    return f"in {folder}/: {', '.join(present[:_LISTED])}" if present else f"nothing in {folder}/"
