"""What is kept of an attempt besides its rows and pictures: log, console, network, files.  Contract: runner I.1."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from cometa_executions.api import ArtifactReport
from cometa_worker.evidence_files import ConsoleFile, NetworkFile
from cometa_worker.masked_files import StoreFile, store_masked
from cometa_worker.redaction import EventRedactor
from cometa_worker.result_log import ResultLog

TAIL_BYTES: Final = 64 * 1024
"""Bytes at the end of the log that are kept in the row of the result."""

StoreStream = Callable[[BinaryIO], tuple[str, int]]
"""Puts what is read from a stream into the artifact store; returns its SHA-256 and size."""


class AttemptEvidence:
    """Collects the evidence of one attempt, masked, within limits of memory and disk.

    Args:
        limit: bytes that are kept of log, console and network each.
        now: present time, for the lines of the log.

    Attributes:
        redactor: knows the secrets of the attempt.
    """

    def __init__(self, limit: int, now: Callable[[], datetime]) -> None:
        self.redactor = EventRedactor()
        self._now = now
        self._log = ResultLog(limit)
        self._console = ConsoleFile(limit)
        self._network = NetworkFile(limit)
        self._network_asked = False
        self._step: int | None = None
        self._browser: dict[str, Any] = {}
        self._tail = ""

    def know(self, secrets: tuple[str, ...]) -> None:
        """Mask these secrets from now on; of short ones it is said that they are not masked everywhere."""
        self.redactor.add(*secrets)
        if self.redactor.has_short:
            self.log("WARNING A secret has fewer than 4 characters: it is masked only where it is a whole value.")

    def log(self, lines: str) -> None:
        """Add one or more lines to the log, each with time and number of the step."""
        moment = self._now().strftime("%H:%M:%S.%f")[:-3]
        head = f"{moment} [{self._step or '-'}] "
        text = self._masked(lines.rstrip("\n")).replace("\0", "\ufffd")
        self._log.add(head + text.replace("\n", f"\n{head}"))

    def begin_step(self, seq: int) -> None:
        """Note the step that lines of the log belong to from now on."""
        self._step = seq

    def know_browser(self, started: Mapping[str, Any]) -> None:
        """Take family and version of the browser from the event ``started``."""
        self._browser = {key: started.get(key) for key in ("family", "version")}
        self._network_asked = bool((started.get("features") or {}).get("network"))

    def add_console(self, event: Mapping[str, Any]) -> None:
        """Take an event ``console``; its entries are masked already."""
        self._console.add(event.get("seq"), event.get("entries") or (), int(event.get("left_out") or 0))
        for entry in event.get("entries") or ():
            self.log(f"CONSOLE {entry.get('level', '')} {entry.get('text', '')} {entry.get('url') or ''}".rstrip())

    def add_network(self, event: Mapping[str, Any]) -> None:
        """Take an event ``network``; its entries are masked already."""
        self._network_asked = True
        self._network.add(event.get("seq"), event.get("entries") or (), int(event.get("left_out") or 0))

    def counts(self, seq: int | None) -> dict[str, dict[str, int]]:
        """Return the counts of console and network of a step, as far as there are any."""
        found = {"console": self._console.counts(seq), "network": self._network.counts(seq)}
        return {name: counts for name, counts in found.items() if counts}

    def store_file(self, path: Path, mime: str | None, store: StoreFile, folder: Path) -> tuple[str, int]:
        """Store a file of the attempt; a text file without its secrets."""
        return store_masked(path, mime, self.redactor, store, folder)

    def log_tail(self) -> str:
        """Return the end of the log, for the row: of what was stored, else of what there is."""
        if not self._tail:
            with _temporary() as target:
                self._write_log(target)
        return self._tail

    def store(self, put: StoreStream) -> list[ArtifactReport]:
        """Store log, console and network and return their rows.

        Raises:
            OSError: the artifact store takes no more.
        """
        reports = [self._stored(put, self._write_log, "log", "log.txt", "text/plain")]
        if not self._console.is_empty:
            reports.append(
                self._stored(put, _copied(self._console.stream), "console", "console.ndjson", "application/x-ndjson")
            )
        if self._network_asked or not self._network.is_empty:
            reports.append(self._stored(put, self._write_network, "network", "network.har", "application/json"))
        return reports

    def close(self) -> None:
        """Give up what is kept on disk."""
        self._log.close()
        self._console.close()
        self._network.close()

    def _masked(self, lines: str) -> str:
        if self.redactor.has_short:
            # A line may be the whole value of a short secret.
            return "\n".join(map(self.redactor.text, lines.split("\n")))
        return self.redactor.text(lines)

    def _write_log(self, target: BinaryIO) -> int:
        """Write the log and note its end.

        It is masked once more: a line can be read before the event that announces the secret in it, since both come
        through pipes of their own.
        """
        with _temporary() as collected:
            self._log.write_to(collected)
            collected.seek(0)
            self.redactor.stream(collected, target)
        size = target.tell()
        target.seek(max(0, size - TAIL_BYTES))
        self._tail = target.read().decode("utf-8", "replace")
        return size

    def _write_network(self, target: BinaryIO) -> int:
        self._network.write_to(target, self._browser)
        return target.tell()

    def _stored(
        self, put: StoreStream, write: Callable[[BinaryIO], int], role: str, name: str, mime: str
    ) -> ArtifactReport:
        with _temporary() as target:
            write(target)
            target.seek(0)
            sha256, size = put(target)
        return ArtifactReport(None, {"role": role, "name": name, "mime": mime, "size": size, "sha256": sha256})


def _copied(stream: Callable[[], BinaryIO]) -> Callable[[BinaryIO], int]:
    def write(target: BinaryIO) -> int:
        source = stream()
        while block := source.read(1 << 16):
            target.write(block)
        return target.tell()

    return write


def _temporary() -> BinaryIO:
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(1 << 20))
