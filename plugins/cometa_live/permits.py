"""Rights of live readers, checked again at delivery.  Contract: runner K.1, X-144.

A permit is one reader's right to one stream.  Connections with the same credentials share it, and it is asked for again
at most once a second, however much is delivered.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from cometa_core.contracts.identity import Identity
from cometa_live.access import Access, Credentials
from cometa_live.messages import Target

VALID_S = 1.0

InThread = Callable[..., Awaitable[Identity]]
"""Calls a function with arguments in a thread."""


class Permit:
    """The right of whoever has some credentials to read one stream."""

    def __init__(self, ask: Callable[[], Awaitable[Identity]]) -> None:
        self._ask = ask
        self._asking = asyncio.Lock()
        self._identity: Identity | None = None
        self._asked_at = 0.0

    async def reader(self) -> Identity:
        """Return who reads, known for at most a second.

        Raises:
            CometaError: it may not read any more.
        """
        if self._fresh() is None:
            async with self._asking:
                if self._fresh() is None:
                    begun = time.monotonic()
                    self._identity = None
                    self._identity = await self._ask()
                    self._asked_at = begun
        assert self._identity is not None
        return self._identity

    def _fresh(self) -> Identity | None:
        return self._identity if time.monotonic() - self._asked_at < VALID_S else None


class Permits:
    """The permits that are in use."""

    def __init__(self, access: Access, in_thread: InThread) -> None:
        self._access = access
        self._in_thread = in_thread
        self._permits: WeakValueDictionary[tuple[Credentials, Target], Permit] = WeakValueDictionary()

    def permit(self, credentials: Credentials, target: Target) -> Permit:
        """Return the permit of some credentials for a stream; nothing is asked yet."""
        key = (credentials, target)
        found = self._permits.get(key)
        if found is None:
            found = Permit(lambda: self._in_thread(self._access.reader_of, credentials, target))
            self._permits[key] = found
        return found
