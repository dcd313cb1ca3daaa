"""pytest plugin: servers that a whole test run shares.

A missing server fails the tests that need it.  Only ``COMETA_ALLOW_SKIP=1`` turns that into a skip, so that a test run
never looks complete because a server was forgotten.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

import pytest

from cometa_core.testing.postgres import PostgresServer
from cometa_core.testing.redis import RedisServer
from cometa_core.testing.server_process import ServerMissingError

ALLOW_SKIP = "COMETA_ALLOW_SKIP"


Server = TypeVar("Server")


@contextmanager
def required(server: AbstractContextManager[Server]) -> Iterator[Server]:
    """Run a server, or fail (skip with ``COMETA_ALLOW_SKIP=1``) naming what to install."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(server)
        except ServerMissingError as missing:
            if os.environ.get(ALLOW_SKIP) == "1":
                pytest.skip(str(missing))
            pytest.fail(f"{missing} {ALLOW_SKIP}=1 skips these tests.", pytrace=False)
        yield started


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server; ``create_database()`` gives each test a database of its own."""
    with required(PostgresServer()) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis server; call ``flush()`` before use, since all tests of a run share it."""
    with required(RedisServer()) as server:
        yield server
