"""The downloads of a run, wherever its browser runs.

A browser of this machine writes into the folder of the run.  What a browser behind a Selenium Grid downloads lies on
its node and is fetched through the session.  Contract: runner I.2.
"""

import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from cometa_runner.steps.failure import StepFailure, quoted
from cometa_runner.steps.kept import Thing

if TYPE_CHECKING:
    # Only for the type checker: the web process loads step libraries without a browser.
    from selenium.webdriver.remote.webdriver import WebDriver

UNFINISHED: Final = (".crdownload", ".part", ".tmp")
"""Endings of files that a browser is still writing."""

FETCH_SECONDS: Final = 20.0
"""Longest time to fetch what no step asked for, before the session ends."""

_KEPT: Final = "files.downloads"
_MANAGED: Final = "se:downloadsEnabled"

logger = logging.getLogger(__name__)


class _Keeper(Protocol):
    """What keeps things until the end of a run."""

    def keep(self, name: str, make: Callable[[], Thing], close: Callable[[Thing], None]) -> Thing:
        """Give what is kept under a name."""


@dataclass(frozen=True)
class Listing:
    """What there is of downloads.

    Attributes:
        finished: complete file in the folder of the run -> when it was changed, ns.
        unfinished: names of what is still being written.
    """

    finished: dict[Path, int] = field(default_factory=dict)
    unfinished: tuple[str, ...] = ()


class Downloads:
    """The folder ``downloads/`` of a run.

    Args:
        folder: the folder.
        driver_of: gives the open browser; raises StepFailure when there is none.

    Attributes:
        copies: files in the folder that are edited copies of files of the department.
        secret: files in the folder into which a step wrote a secret; they are never attached.  Contract: runner G.5.
    """

    def __init__(self, folder: Path, driver_of: "Callable[[], WebDriver]") -> None:
        self.copies: set[Path] = set()
        self.secret: set[Path] = set()
        self._folder = folder
        self._driver_of = driver_of
        self._fetched: set[tuple[str, str]] = set()

    def look(self) -> Listing:
        """Fetch what is new on a remote machine and list everything."""
        remote = self._fetch_new()
        paths = [path for path in sorted(self._folder.iterdir()) if path.is_file() and not path.is_symlink()]
        unfinished = [path for path in paths if _is_unfinished(path.name)]
        # Firefox reserves the name of a file that it has just begun with an empty one.
        finished = {
            path: path.stat().st_mtime_ns
            for path in paths
            if not _is_unfinished(path.name) and not (unfinished and path.stat().st_size == 0)
        }
        return Listing(finished, (*(path.name for path in unfinished), *remote))

    def newest(self, listing: Listing, ending: str) -> Path | None:
        """Give the file of a type that was downloaded last.

        Args:
            listing: what there is.
            ending: with its point, as in ``.xlsx``; case does not matter.
        """
        fitting = {
            path: changed
            for path, changed in listing.finished.items()
            if path.suffix.lower() == ending.lower() and path not in self.copies
        }
        return max(fitting, key=fitting.__getitem__, default=None)

    def delete(self, paths: list[Path]) -> None:
        """Delete files of the run; their names are free again on a remote machine too, once all its files are here."""
        driver = self._remote()
        if driver is not None and self._has_all_of(driver):
            driver.delete_downloadable_files()
            self._fetched.clear()
        for path in paths:
            path.unlink(missing_ok=True)
            self.copies.discard(path)
            self.secret.discard(path)

    def fetch_rest(self) -> None:
        """Fetch what no step asked for, before the session ends; what cannot be fetched goes to the log."""
        try:
            self._fetch_new()
        except Exception:  # a browser that is lost already must not change the result
            logger.warning("Downloads of the remote browser could not be fetched", exc_info=True)

    def are_out_of_reach(self) -> bool:
        """Tell whether the browser runs elsewhere and gives no access to its downloads."""
        driver = self._driver_of()
        return bool(getattr(driver, "is_remote", False)) and not driver.capabilities.get(_MANAGED)

    def _remote(self) -> "WebDriver | None":
        try:
            driver = self._driver_of()
        except StepFailure:
            return None
        return driver if driver.capabilities.get(_MANAGED) else None

    def _fetch_new(self) -> list[str]:
        """Fetch complete files that are not here yet, and name the others."""
        driver = self._remote()
        if driver is None:
            return []
        names = driver.get_downloadable_files()
        unfinished = [name for name in names if _is_unfinished(name)]
        if unfinished:
            return unfinished
        for name in names:
            key = (str(driver.session_id), name)
            if key not in self._fetched:
                self._fetch(driver, name)
                self._fetched.add(key)
        return []

    def _has_all_of(self, driver: "WebDriver") -> bool:
        return all((str(driver.session_id), name) in self._fetched for name in driver.get_downloadable_files())

    def _fetch(self, driver: "WebDriver", name: str) -> None:
        if Path(name).name != name or "\\" in name:
            raise StepFailure("file", expected="a download with a plain file name", found=quoted(name))
        with tempfile.TemporaryDirectory(dir=self._folder.parent, prefix="fetched") as folder:
            driver.download_file(name, folder)
            source = Path(folder) / name
            if source.is_symlink() or not source.is_file():
                raise StepFailure("file", expected=f"the download {quoted(name)} of the remote browser", found="none")
            shutil.move(source, self._free(name))

    def _free(self, name: str) -> Path:
        """Give a name that no other file of the run has, as browsers do."""
        path, number = self._folder / name, 0
        while path.exists():
            number += 1
            path = self._folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        return path


def downloads_of(keeper: _Keeper, workdir: Path, driver_of: "Callable[[], WebDriver]") -> Downloads:
    """Give the downloads of a run; what is left on a remote machine is fetched before its session ends.

    Args:
        keeper: keeps them: the run, or the context of a step.
        workdir: private folder of the run.
        driver_of: gives the open browser; raises StepFailure when there is none.
    """
    return keeper.keep(_KEPT, lambda: Downloads((workdir / "downloads").resolve(), driver_of), lambda _: None)


def _is_unfinished(name: str) -> bool:
    return name.endswith(UNFINISHED) or name.startswith(".")
