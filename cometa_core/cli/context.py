"""What every command gets: which installation is meant and how to answer."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import DatabaseError, OperationalError

from cometa_core.db.engine import unusable
from cometa_core.runtime import Runtime, open_runtime

DEFAULT_INI = "development.ini"
WIDTH_OF_FILES = 10_000


def output_console() -> Console:
    """Make the console of standard output; in files and pipes no cell of a table is wrapped or cut off."""
    console = Console(highlight=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, soft_wrap=True, width=WIDTH_OF_FILES)


@dataclass
class CommandContext:
    """Options of the command line and the way to a runtime.

    Attributes:
        ini: ini file; None = built-in defaults.
        data: data folder that replaces the one of the ini.
        json: whether to answer in JSON.
        console: writes to standard output for people.
    """

    ini: Path | None = None
    data: Path | None = None
    json: bool = False
    console: Console = field(default_factory=output_console)

    def overrides(self) -> dict[str, str]:
        """Return the settings that the command line replaces."""
        return {} if self.data is None else {"cometa.data": str(self.data.absolute())}

    @contextmanager
    def runtime(self, **overrides: str) -> Iterator[Runtime]:
        """Open the runtime of the installation and close it afterwards.

        Args:
            overrides: settings by key with ``__`` for ``.``, for instance ``cometa__port``.

        Raises:
            ConfigurationError: the database cannot be used, whenever that turns out.
        """
        extra = {key.replace("__", "."): value for key, value in overrides.items()}
        runtime = open_runtime(self.ini, {**self.overrides(), **extra})
        try:
            yield runtime
        except DatabaseError as error:
            raise_as_sentence(runtime, error)
        finally:
            runtime.close()

    def answer(self, document: object, show: Callable[[Console], object]) -> None:
        """Print the result of a command: the document with ``--json``, else what ``show`` prints."""
        if self.json:
            sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")
            sys.stdout.flush()
        else:
            show(self.console)

    def progress(self) -> Progress:
        """Return a progress bar on standard error; silent with ``--json`` and where nobody watches a terminal."""
        terminal = Console(stderr=True)
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=terminal,
            disable=self.json or not terminal.is_terminal,
            transient=True,
        )


def raise_as_sentence(runtime: Runtime, error: DatabaseError) -> NoReturn:
    """Raise what an error of the database means to an operator, or the error itself when it is a fault of the code.

    Raises:
        ConfigurationError: the database is not migrated, is newer than the code or cannot be used.
        DatabaseError: anything else.
    """
    runtime.check_database()
    # The two kinds that do not speak of a statement: the server or the file is at fault.
    if type(error) in {OperationalError, DatabaseError}:
        raise unusable(runtime.engine, error) from error
    raise error


def chosen_ini(named: Path | None) -> Path | None:
    """Return the named ini file, else ``development.ini`` of the present folder, else None."""
    if named is not None:
        return named
    default = Path(DEFAULT_INI)
    return default if default.is_file() else None
