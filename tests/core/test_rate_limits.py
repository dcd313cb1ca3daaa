"""Counting what may only happen so often, in memory and in Redis."""

import pytest
import time_machine

from cometa_core.security.rate_limits import RateLimits


@pytest.fixture(params=["memory", "redis"])
def counters(request):
    """The same tests on both stores."""
    if request.param == "memory":
        return RateLimits("memory://")
    return RateLimits(request.getfixturevalue("redis_server").url())


def test_each_key_is_counted_by_itself(counters):
    assert [counters.hit("decrypt:1", "2/minute") for _ in range(2)] == [0, 0]
    assert 1 <= counters.hit("decrypt:1", "2/minute") <= 60
    assert counters.hit("decrypt:2", "2/minute") == 0


def test_asking_counts_nothing(counters):
    for _ in range(5):
        assert counters.blocked("secret:1", "1/10 minutes") == 0
    counters.hit("secret:1", "1/10 minutes")
    assert 1 <= counters.blocked("secret:1", "1/10 minutes") <= 600


def test_the_window_moves():
    counters = RateLimits("memory://")
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False) as clock:
        assert counters.hit("a", "1/minute") == 0
        clock.shift(59)
        assert counters.hit("a", "1/minute") == 1
        clock.shift(2)
        assert counters.hit("a", "1/minute") == 0


def test_a_store_that_is_away_limits_nothing():
    """The API must not end with it."""
    counters = RateLimits("redis://127.0.0.1:1/0")
    assert counters.hit("a", "1/minute") == counters.hit("a", "1/minute") == counters.blocked("a", "1/minute") == 0
