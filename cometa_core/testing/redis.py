"""A private Redis server for tests: in memory, on a free port of 127.0.0.1."""

import shutil
import signal
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cometa_core.testing.server_process import ServerMissingError, ServerProcess, free_port


class RedisServer:
    """Runs Redis while it is entered as a context.

    Nothing is kept on disk: a restart loses all data, as the death of a Redis without persistence does.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self._folder: Path | None = None
        self._process: ServerProcess | None = None

    def __enter__(self) -> Self:
        """Start the server.

        Raises:
            ServerMissingError: Redis is not installed.
            ServerFailedError: it does not start.
        """
        program = shutil.which("redis-server")
        if program is None:
            raise ServerMissingError("Redis is not installed: install the Debian package redis-server (make services).")
        self._folder = Path(tempfile.mkdtemp(prefix="cometa-redis-"))
        arguments = f"--bind 127.0.0.1 --port {self.port} --appendonly no --daemonize no --dir {self._folder}".split()
        log = self._folder / "server.log"
        # TERM would wait for a snapshot; there is nothing to save.
        self._process = ServerProcess([program, *arguments, "--save", ""], log, signal.SIGKILL)
        try:
            self._process.start(self._answers)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, database: int = 0) -> str:
        """Return the address of one of the 16 databases."""
        return f"redis://127.0.0.1:{self.port}/{database}"

    def flush(self) -> None:
        """Forget the data of all databases."""
        with self._client() as client:
            client.flushall()

    def restart(self) -> None:
        """End the server and start it again, empty, on the same port."""
        assert self._process is not None
        self._process.stop()
        self._process.start(self._answers)

    def stop(self) -> None:
        """End the server and remove its folder; does nothing when it is not running."""
        if self._process is not None:
            self._process.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._process = self._folder = None

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def _client(self) -> redis.Redis:
        return redis.Redis(port=self.port, retry=Retry(NoBackoff(), 0), socket_timeout=5)
