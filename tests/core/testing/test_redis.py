"""The private Redis server starts empty, can be emptied and can be restarted."""

import os

import pytest
import redis

from cometa_core.testing.redis import RedisServer
from cometa_core.testing.server_process import ServerFailedError


@pytest.fixture
def client(redis_server):
    redis_server.flush()
    with redis.Redis.from_url(redis_server.url(3), decode_responses=True) as client:
        yield client


def test_a_value_is_kept_in_the_chosen_database(client, redis_server):
    client.set("title", "Momo")
    with redis.Redis.from_url(redis_server.url(4)) as other:
        assert (client.get("title"), other.get("title")) == ("Momo", None)


def test_a_flush_empties_all_databases(client, redis_server):
    client.set("title", "Momo")
    redis_server.flush()
    assert client.get("title") is None


def test_a_restart_loses_the_data_and_keeps_the_address():
    with RedisServer() as server:
        with redis.Redis.from_url(server.url()) as client:
            client.set("title", "Momo")
            server.restart()
            client.close()
            assert client.get("title") is None
        folder = server._folder
    assert not folder.exists()


def test_a_server_that_does_not_start_leaves_nothing_behind(tmp_path, monkeypatch):
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\necho no memory\nexit 1\n")
    program.chmod(0o755)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(ServerFailedError, match="no memory"), RedisServer():
        pass
    assert list((tmp_path / "temporary").iterdir()) == []
