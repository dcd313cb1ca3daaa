"""Counting what may only happen so often: requests, wrong secrets, decryptions.  Contract: rest-api A2.4, A6.15.

Counted in Redis by all processes of an installation, or in each process where there is none.
"""

import logging
import math
import time
from functools import cache

import limits
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from cometa_core.errors import TooManyRequests
from cometa_core.runtime import Runtime

logger = logging.getLogger(__name__)

MEMORY = "memory://"
REDIS_SCHEMES = ("redis://", "rediss://")
CONNECT_SECONDS = 2


class RateLimits:
    """Counters by key, each with a window that moves.

    A store that does not answer limits nothing: the API must not end with it.
    """

    def __init__(self, url: str) -> None:
        options = (
            {} if url == MEMORY else {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": CONNECT_SECONDS}
        )
        storage = storage_from_string(url, wrap_exceptions=True, **options)
        self._counters = MovingWindowRateLimiter(storage)

    def hit(self, key: str, limit: str) -> int:
        """Count one more.

        Args:
            key: what is counted, for instance ``decrypt:4``.
            limit: how often in which time, for instance ``30/minute`` or ``10/10 minutes``.

        Returns:
            0 when it may happen, else the seconds to wait.
        """
        item = parsed(limit)
        try:
            return 0 if self._counters.hit(item, key) else self._seconds(item, key)
        except StorageError:
            return self._unlimited()

    def blocked(self, key: str, limit: str) -> int:
        """Return the seconds to wait when the limit is used up, else 0; counts nothing."""
        item = parsed(limit)
        try:
            return 0 if self._counters.test(item, key) else self._seconds(item, key)
        except StorageError:
            return self._unlimited()

    def _seconds(self, item: limits.RateLimitItem, key: str) -> int:
        ends_at = self._counters.get_window_stats(item, key).reset_time
        return max(1, math.ceil(ends_at - time.time()))

    @staticmethod
    def _unlimited() -> int:
        logger.warning("The store of the rate limits does not answer; nothing is limited until it does")
        return 0


@cache
def parsed(limit: str) -> limits.RateLimitItem:
    """Read a limit such as ``30/minute``; there are few of them, and each is asked for again and again."""
    return limits.parse(limit)


def rate_limits(runtime: Runtime) -> RateLimits:
    """Return the counters of a runtime."""
    return runtime.once("core.rate_limits", lambda: RateLimits(counting_url(runtime)))


def counting_url(runtime: Runtime) -> str:
    """Say where is counted: as configured, else in the Redis of the queue, else in this process."""
    configured = runtime.settings.text("cometa.rate_limits_url")
    queue = runtime.settings.text("huey.url")
    return configured or (queue if queue.startswith(REDIS_SCHEMES) else MEMORY)


def too_many(seconds: int) -> TooManyRequests:
    """Build the refusal; the caller may try again after some seconds."""
    return TooManyRequests(f"Too many requests. Try again in {seconds} s.", extra={"retry_after": seconds})
