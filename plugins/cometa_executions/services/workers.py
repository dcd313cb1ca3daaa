"""The workers that were seen lately."""

from cometa_core.scope import Scope
from cometa_executions.models import WorkerRecord
from cometa_executions.services.claim import WorkerIdentity


def remember_worker(scope: Scope, worker: WorkerIdentity, host: str, pid: int, slots: int) -> None:
    """Note that a worker lives, so that a waiting result can say whether anybody could take it."""
    now = scope.now()
    record = scope.session.get(WorkerRecord, worker.name)
    if record is None:
        record = WorkerRecord(name=worker.name, started_at=now)
        scope.session.add(record)
    if record.incarnation != worker.incarnation:
        record.started_at = now
    record.incarnation, record.host, record.pid, record.slots = worker.incarnation, host, pid, slots
    record.queues, record.browsers = list(worker.queues), list(worker.browsers)
    record.seen_at = now
