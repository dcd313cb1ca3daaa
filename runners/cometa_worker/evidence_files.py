"""Console and network of an attempt as files of the result.  Contract: runner I.1.

Both are written entry by entry to nameless files, so that a talkative page does not make the worker grow.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, Final, cast

from cometa_core import __version__

CONSOLE_ENTRIES: Final = 1000
"""Most console entries of one step; further ones are counted.  Contract: runner I.1."""

IN_MEMORY: Final = 1 << 20

ERROR_LEVELS: Final = frozenset({"error", "severe"})
WARNING_LEVELS: Final = frozenset({"warn", "warning"})


class _Lines:
    """JSON documents, one a line, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._file = cast("BinaryIO", tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - closed by its owner
        self._size = 0
        self.count = 0
        self.left_out = 0

    def add(self, document: Mapping[str, Any]) -> bool:
        line = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
        if self._size + len(line) > self._limit:
            self.left_out += 1
            return False
        self._file.write(line)
        self._size += len(line)
        self.count += 1
        return True

    def whole(self) -> BinaryIO:
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        self._file.close()


class ConsoleFile:
    """The console of an attempt: ``{seq, level, text, url, line, at}`` a line.

    Args:
        limit: bytes that are kept at most.
    """

    def __init__(self, limit: int) -> None:
        self._lines = _Lines(limit)
        self._counts: dict[int | None, Counter[str]] = {}

    def add(self, seq: int | None, entries: Iterable[Mapping[str, Any]], left_out: int = 0) -> None:
        """Add entries of a step.

        Args:
            seq: the step; None for what came outside of one.
            entries: ``{level, text, url, line, at}``, redacted.
            left_out: entries that the runner counted without sending them.
        """
        counts = self._counts.setdefault(seq, Counter())
        for entry in entries:
            level = str(entry.get("level") or "").lower()
            counts["entries"] += 1
            counts["errors"] += level in ERROR_LEVELS
            counts["warnings"] += level in WARNING_LEVELS
            if counts["entries"] > CONSOLE_ENTRIES or not self._lines.add({"seq": seq, **entry}):
                counts["left_out"] += 1
        counts["entries"] += left_out
        counts["left_out"] += left_out

    def counts(self, seq: int | None) -> dict[str, int]:
        """Return ``{entries, errors, warnings, left_out}`` of a step as far as they are not 0."""
        return {name: count for name, count in self._counts.get(seq, Counter()).items() if count}

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was kept."""
        return not self._lines.count

    def stream(self) -> BinaryIO:
        """Return the file, at its begin."""
        return self._lines.whole()

    def close(self) -> None:
        """Give up the file."""
        self._lines.close()


class NetworkFile:
    """The exchanges of an attempt, to be written as HAR 1.2.

    Args:
        limit: bytes that are kept at most.
    """

    def __init__(self, limit: int) -> None:
        self._lines = _Lines(limit)
        self._counts: dict[int | None, Counter[str]] = {}

    def add(self, seq: int | None, entries: Iterable[Mapping[str, Any]], left_out: int = 0) -> None:
        """Add HAR entries of a step, redacted; ``left_out`` more were counted without being sent."""
        counts = self._counts.setdefault(seq, Counter())
        for entry in entries:
            status = (entry.get("response") or {}).get("status")
            counts["exchanges"] += 1
            counts["failed"] += not isinstance(status, int) or status == 0 or status >= 400
            if not self._lines.add(entry):
                counts["left_out"] += 1
        counts["exchanges"] += left_out
        counts["left_out"] += left_out

    def counts(self, seq: int | None) -> dict[str, int]:
        """Return ``{exchanges, failed, left_out}`` of a step as far as they are not 0."""
        return {name: count for name, count in self._counts.get(seq, Counter()).items() if count}

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was kept."""
        return not self._lines.count

    def write_to(self, target: BinaryIO, browser: Mapping[str, Any]) -> None:
        """Write the HAR 1.2 document.

        Args:
            target: where to.
            browser: ``family`` and ``version`` of the browser.
        """
        creator = {"name": "Cometa Core", "version": __version__}
        shown = {"name": str(browser.get("family") or ""), "version": str(browser.get("version") or "")}
        head = {"version": "1.2", "creator": creator, "browser": shown, "pages": []}
        if self._lines.left_out:
            head["comment"] = f"{self._lines.left_out} exchanges are left out: the file has reached its limit."
        target.write(b'{"log":' + json.dumps(head).encode()[:-1] + b', "entries": [\n')
        for number, line in enumerate(self._lines.whole()):
            target.writelines((b",\n" if number else b"", line.rstrip(b"\n")))
        target.write(b"\n]}}\n")

    def close(self) -> None:
        """Give up the file."""
        self._lines.close()
