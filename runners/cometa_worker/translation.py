"""Turning a runner's events into rows, artifacts and events of the run.  Contract: runner B.3, B.4, K.3."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cometa_executions.api import ArtifactReport, Batch, StepReport
from cometa_worker.attempt_evidence import AttemptEvidence
from cometa_worker.masked_files import StoreFile

LONGEST_ERROR = 4000
CUT = "\n(text cut)"


class Translator:
    """Collects what one attempt reports since the last write.

    Attributes:
        batch: what is to be written next.
        counts: finished steps so far by status.
        picture: SHA-256 and size of the picture of the last event ``screenshot``; None when it has none.
    """

    def __init__(
        self,
        leaves: Sequence[Mapping[str, Any]],
        folder: Path,
        store: StoreFile,
        evidence: AttemptEvidence,
    ) -> None:
        """Begin to collect.

        Args:
            leaves: frozen step list of the plan.
            folder: folder of the attempt; files outside of it are refused.
            store: puts a file into the artifact store.
            evidence: takes log, console and network; masks files, which unlike events are not masked before.
        """
        self._leaves = {leaf["index"]: leaf for leaf in leaves}
        self._artifacts = folder / "artifacts"
        self._folder = folder
        self._store = store
        self._evidence = evidence
        self._log = evidence.log
        self._first_begin: int | None = None
        self._late_warnings: list[str] = []
        self.picture: tuple[str, int] | None = None
        self.batch = Batch()
        self.counts = {"Success": 0, "Failed": 0, "Skipped": 0}

    def take_batch(self) -> Batch:
        """Return what was collected and start anew."""
        batch, self.batch = self.batch, Batch()
        return batch

    def add(self, event: Mapping[str, Any]) -> None:
        """Translate one event; kinds that change nothing are passed over."""
        handler = getattr(self, f"_on_{event['type']}", None)
        if handler is not None:
            handler(event)

    def warn(self, text: str) -> None:
        """Add a warning of the worker to the step that is under way."""
        self._late_warnings.append(text)

    def _on_step_begin(self, event: Mapping[str, Any]) -> None:
        self._evidence.begin_step(event["seq"])
        if self._first_begin is None:
            self._first_begin = int(event["t"])
        self._step(event, status="", relative_ms=0, **self._identity(event))
        self._tell("step.begin", event, "seq", "step_uuid", "path", "index", "text", "keyword", "deadline_ms")

    def _on_step_detail(self, event: Mapping[str, Any]) -> None:
        self._tell("step.detail", event, "seq", "text", "data")

    def _on_step_end(self, event: Mapping[str, Any]) -> None:
        if self._late_warnings:
            event = {**event, "warnings": [*(event.get("warnings") or ()), *self._late_warnings]}
            self._late_warnings.clear()
        status, error = event["status"], event.get("error") or {}
        self.counts[status] = self.counts.get(status, 0) + 1
        message = cut(error.get("message")) if error else None
        detail = {key: event[key] for key in ("warnings", "selector", "values") if event.get(key)}
        counts = self._evidence.counts(event["seq"])
        self._step(
            event,
            status=status,
            execution_ms=int(event["duration_ms"]),
            relative_ms=int(event["t"]) - (self._first_begin or 0),
            error=message,
            error_code=error.get("code", ""),
            detail={**detail, **counts, **({"error": {**error, "message": message}} if error else {})},
            notes=event.get("notes") or {},
        )
        data = {key: event.get(key) for key in ("seq", "status", "duration_ms", "warnings", "selector")}
        self.batch.events.append(("step.end", {**data, **counts, "error": message, "counts": dict(self.counts)}))

    def _on_step_skip(self, event: Mapping[str, Any]) -> None:
        self.counts["Skipped"] += 1
        relative = int(event["t"]) - self._first_begin if self._first_begin is not None else 0
        self._step(
            event, status="Skipped", relative_ms=relative, detail={"reason": event["reason"]}, **self._identity(event)
        )
        self._tell("step.skip", event, "seq", "reason")

    def _on_screenshot(self, event: Mapping[str, Any]) -> None:
        self.picture = None
        # One that could not be taken has no file; it is compared all the same, and that is an error.
        if not event.get("file"):
            return
        if self._file(event, "current", "image/png", width=event.get("width"), height=event.get("height")):
            stored = self.batch.artifacts[-1].values
            self.picture = stored["sha256"], stored["size"]
            self._tell("step.picture", event, "seq", "role", "width", "height")

    def _on_source(self, event: Mapping[str, Any]) -> None:
        self._file(event, "source", "text/html")

    def _on_file(self, event: Mapping[str, Any]) -> None:
        self._file(event, event["kind"], event.get("mime") or "application/octet-stream")

    def _on_log(self, event: Mapping[str, Any]) -> None:
        self._log(f"{event.get('level', 'info').upper()} {event.get('text', '')}")
        if event.get("live"):
            # What a hub is waited for; there is no step yet that it belongs to.
            self._tell("step.detail", event, "seq", "text", "data")

    def _on_console(self, event: Mapping[str, Any]) -> None:
        self._evidence.add_console(event)

    def _on_network(self, event: Mapping[str, Any]) -> None:
        self._evidence.add_network(event)

    def _on_variable_set(self, event: Mapping[str, Any]) -> None:
        self.batch.events.append(("result.variable", {"name": event["name"], "scope": event["scope"]}))

    def _identity(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Describe the step of an event from the frozen list: what a person sees is never the expanded sentence."""
        leaf = self._leaves[event["index"]]
        return {
            "step_uuid": leaf["uuid"],
            "path": event.get("path") or "",
            "leaf_index": leaf["index"],
            "step_name": leaf["text"],
            "owner_id": leaf["owner"]["feature_id"],
            "owner_name": leaf["owner"]["feature_name"],
        }

    def _step(self, event: Mapping[str, Any], **values: Any) -> None:
        self.batch.steps.append(StepReport(event["seq"], values))

    def _tell(self, kind: str, event: Mapping[str, Any], *keys: str) -> None:
        self.batch.events.append((kind, {key: event.get(key) for key in keys}))

    def _inside(self, name: str) -> Path | None:
        """Return a file of the attempt by the name that an event gives; None when it leads out of the folder."""
        path = (self._artifacts / name).resolve()
        return path if path.is_relative_to(self._folder.resolve()) and path.is_file() else None

    def _file(self, event: Mapping[str, Any], role: str, mime: str, **values: Any) -> bool:
        """Store a file that an event names; one outside the attempt's folder is refused and logged."""
        path = self._inside(event["file"])
        if path is None:
            self._log(f"WARNING The file {event['file']} of an event is not in the folder of the attempt.")
            return False
        sha256, size = self._evidence.store_file(path, mime, self._store, self._folder)
        row = {
            "role": role,
            "name": (event.get("name") or path.name)[:255],
            "mime": mime,
            "size": size,
            "sha256": sha256,
            "width": None,
            "height": None,
            **values,
        }
        self.batch.artifacts.append(ArtifactReport(event.get("seq"), row))
        return True


def cut(text: str | None) -> str | None:
    """Shorten a message to what a row may hold."""
    if text is None or len(text) <= LONGEST_ERROR:
        return text
    return text[: LONGEST_ERROR - len(CUT)] + CUT
