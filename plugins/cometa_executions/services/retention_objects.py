"""Freeing objects of the artifact store that no row names any more.  Contract: runner I.3, I.4, X-132, X-133."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_core.artifacts import StoredObject
from cometa_core.db.migrations import inactive_histories
from cometa_core.runtime import Runtime
from cometa_executions.models import Artifact
from cometa_executions.services.retention_report import Removed

logger = logging.getLogger(__name__)

ObjectKey = tuple[int, str]
"""Department and hash of an object."""

YOUNG = timedelta(days=1)
"""An object this young may belong to a row that is not committed yet."""

AT_ONCE = 500
THREADS = 4
SHARDS = 256
HOURS = 24


def find_artifacts(session: Session, department_id: int, digests: Collection[str]) -> set[str]:
    """Return which of some objects the files of results name."""
    query = select(Artifact.sha256).where(Artifact.department_id == department_id, Artifact.sha256.in_(digests))
    return set(session.scalars(query.distinct()))


def free_objects(runtime: Runtime, keys: Iterable[ObjectKey]) -> Removed:
    """Remove old objects that no row names; to be called after the removal of rows was committed.

    An object stays when it was put within the last day: somebody may be about to commit a row that names it.

    Args:
        runtime: the runtime.
        keys: objects; those that are still named are left alone.
    """
    return _delete(runtime, unnamed(runtime, keys))


def _delete(runtime: Runtime, keys: Iterable[ObjectKey]) -> Removed:
    """Delete objects unless they are young, several at a time: the disk is what takes long."""
    before = runtime.clock.now() - YOUNG
    removed = Removed()
    left = iter(keys)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="retention") as pool:
        while some := list(islice(left, AT_ONCE)):
            for size in pool.map(lambda key: runtime.artifacts.delete_old(key[0], key[1], before), some):
                removed.objects += size > 0
                removed.bytes += size
    return removed


def unnamed(runtime: Runtime, keys: Iterable[ObjectKey]) -> Iterator[ObjectKey]:
    """Iterate over those of some objects that no row names.

    A plugin that is switched off cannot say which objects its rows name, so none is given while there is such a one.
    """
    silent = inactive_histories(runtime.engine, runtime.histories)
    if silent:
        logger.warning("No stored file is removed: %s cannot say what it still needs.", ", ".join(silent))
        return
    references = [one for _, one in runtime.plugins.dispatch.collect("cometa_artifact_references").values()]
    by_department: dict[int, set[str]] = defaultdict(set)
    for department_id, digest in keys:
        by_department[department_id].add(digest)
    for department_id, digests in by_department.items():
        for some in _parts(sorted(digests)):
            with runtime.reading() as session:
                named = set().union(*(one.find(session, department_id, some) for one in references))
            yield from ((department_id, digest) for digest in some if digest not in named)


def orphans(runtime: Runtime, prefixes: Collection[str] | None) -> Iterator[StoredObject]:
    """Iterate over objects that were put more than a day ago and that no row names.

    Args:
        runtime: the runtime.
        prefixes: first two digits of the hashes to look at; None: all objects.
    """
    before = runtime.clock.now() - YOUNG
    old = (found for found in runtime.artifacts.stored(prefixes) if found.put_at < before)
    while some := list(islice(old, AT_ONCE)):
        by_key = {(found.department_id, found.digest): found for found in some}
        yield from (by_key[key] for key in unnamed(runtime, by_key))


def sweep_objects(runtime: Runtime, prefixes: Collection[str] | None) -> Removed:
    """Remove objects without a row, and what killed writers left; a crash between object and row leaves them."""
    removed = Removed(bytes=runtime.artifacts.clear_incoming(runtime.clock.now() - YOUNG))
    removed.add(_delete(runtime, ((found.department_id, found.digest) for found in orphans(runtime, prefixes))))
    return removed


def prefixes_of_hour(hour: int) -> list[str]:
    """Return the pairs of digits that are looked at in one hour of the day, so that each is looked at once a day."""
    return [f"{number:02x}" for number in range(SHARDS) if number % HOURS == hour]


def _parts(digests: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(digests), AT_ONCE):
        yield digests[start : start + AT_ONCE]
