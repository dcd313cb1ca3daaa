"""Huey by URL and tasks by stable names.

The queue is only a doorbell: the database is the truth, and a message may be lost or doubled at any time.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from huey import Huey, PostgresHuey, PriorityRedisExpireHuey, crontab
from huey.serializer import SignedSerializer

from cometa_core.contracts.tasks import Task
from cometa_core.doorbell import DoorbellSqliteStorage
from cometa_core.errors import ConfigurationError

if TYPE_CHECKING:
    from cometa_core.runtime import Runtime

logger = logging.getLogger(__name__)

QUEUES = ("runs", "service")
ENQUEUE_LIMIT_S = 0.2
CONNECT_LIMIT_S = 5


def make_huey(url: str, queue: str, secret: str) -> Huey:
    """Make the Huey of one queue by the scheme of a URL; messages are signed.

    Args:
        url: ``sqlite:///FILE``, ``redis://…`` or ``postgresql://…``.
        queue: name of the queue.
        secret: key of the signature; whoever can write to the queue must not be able to run code.

    Raises:
        ConfigurationError: the scheme is unknown.
    """
    scheme = urlsplit(url).scheme
    options: dict[str, Any] = {"results": False, "serializer": SignedSerializer(secret=secret)}
    name = f"cometa-{queue}"
    if scheme == "sqlite":
        filename = url.split("://", 1)[1].removeprefix("/")
        return Huey(name, storage_class=DoorbellSqliteStorage, filename=filename, strict_fifo=True, **options)
    if scheme in {"redis", "rediss", "unix"}:
        # The time-out is per command; the blocking read of the consumer waits one second at most.
        return PriorityRedisExpireHuey(name, connection_pool=_redis_pool(url), **options)
    if scheme.split("+")[0] in {"postgresql", "postgres"}:
        dsn = "postgresql://" + url.split("://", 1)[1]
        return PostgresHuey(name, dsn=dsn, table_prefix="cometa_queue", **options)
    raise ConfigurationError(f"huey.url starts with {scheme or url!r}; use sqlite:///FILE, redis:// or postgresql://.")


def open_huey(url: str, queue: str, secret: str) -> Huey:
    """Make the Huey of one queue; SQLite and PostgreSQL make its tables.

    Raises:
        ConfigurationError: the URL cannot be used; the sentence says why.
    """
    try:
        return make_huey(url, queue, secret)
    except ConfigurationError:
        raise
    except Exception as error:  # every driver has its own kinds for a server or file that cannot be used
        reason = str(error).strip().partition("\n")[0]
        raise ConfigurationError(
            f"The queue {url.rpartition('@')[2]} cannot be used: {reason}. Check huey.url and that it is running."
        ) from error


def _redis_pool(url: str) -> Any:
    from redis import ConnectionPool  # noqa: PLC0415 - only installations with Redis pay for its import

    return ConnectionPool.from_url(
        url, socket_connect_timeout=CONNECT_LIMIT_S, socket_timeout=CONNECT_LIMIT_S, health_check_interval=30
    )


class TaskQueue:
    """All tasks of a runtime, by name."""

    def __init__(self, runtime: "Runtime", tasks: Mapping[str, Task], url: str, secret: str) -> None:
        self._runtime = runtime
        self._tasks = dict(tasks)
        self.hueys: dict[str, Huey] = {queue: open_huey(url, queue, secret) for queue in QUEUES}
        self._wrappers = {name: self._register(task) for name, task in self._tasks.items()}
        # A queue that does not answer must not hold up a request: it is given a moment, then left behind.
        self._enqueuers = ThreadPoolExecutor(4, thread_name_prefix="enqueue")

    def _register(self, task: Task) -> Callable[..., Any]:
        huey = self.hueys[task.queue]

        def execute(*arguments: Any) -> None:
            task.function(self._runtime, *arguments)

        if task.every_minute:
            huey.periodic_task(crontab(minute="*"), name=f"{task.name}.every_minute")(execute)
        wrapper: Callable[..., Any] = huey.task(name=task.name, retries=task.retries, retry_delay=task.retry_seconds)(
            execute
        )
        return wrapper

    def enqueue(self, name: str, *arguments: object, priority: int | None = None) -> bool:
        """Ring a task; never waits longer than 200 ms and never raises.  Contract: runner A.7, X-013.

        Returns:
            Whether the queue took the message in time; a lost one is made up by the sweep.
        """
        del priority  # the order of work is decided by the claim, not by the queue
        future = self._enqueuers.submit(self._wrappers[name], *arguments)
        try:
            future.result(timeout=ENQUEUE_LIMIT_S)
        except Exception as error:  # drivers raise whatever they like when their server is away
            # Where the queue is away for long, messages must not pile up.
            future.cancel()
            logger.warning("The queue did not take %s in time (%s); the sweep makes up for it.", name, error)
            return False
        return True

    def check(self) -> None:
        """Ask the queue something cheap; raises what its driver raises when it is away."""
        self.hueys["runs"].storage.queue_size()

    def close(self) -> None:
        """Close connections of this process."""
        self._enqueuers.shutdown(wait=False, cancel_futures=True)
        for huey in self.hueys.values():
            huey.storage.close()
