"""The private Redis server starts empty, can be emptied and can be restarted."""

import pytest
import redis

from cometa_core.testing.redis import RedisServer


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
