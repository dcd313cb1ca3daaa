"""Functions that workers execute through Huey."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Task:
    """One function by a stable name, so that moving it in the source orphans no queued message.

    Attributes:
        name: stable name, for instance ``executions.work``.
        function: takes the runtime, then the enqueued arguments.
        queue: ``runs`` for executing results, ``service`` for everything short.
        every_minute: True to execute it once a minute in each worker too, without arguments.
        retries: how often it is tried again when it raises.
        retry_seconds: pause before each of these tries.
    """

    name: str
    function: Callable[..., Any]
    queue: str = "service"
    every_minute: bool = False
    retries: int = 0
    retry_seconds: int = 0
