"""Liveness and readiness.  Contract: rest-api A6.18."""

import pytest
from webtest import TestApp


def works():
    pass


def fails():
    raise ConnectionError("postgresql://cometa:S3CRET@db is away")


@pytest.fixture
def ask(configured):
    def ask(path, status, **checks):
        config = configured()
        config.registry["cometa.readiness"] = checks
        return TestApp(config.make_wsgi_app()).get(path, status=status).json

    return ask


def test_health_touches_nothing(ask):
    assert ask("/backend/health", 200, database=fails) == {"status": "healthy"}


def test_ready_lists_its_checks(ask):
    expected = {"status": "ready", "checks": {"database": "ok", "queue": "ok"}}
    assert ask("/ready", 200, database=works, queue=works) == expected


def test_ready_says_which_check_failed_and_nothing_more(ask, caplog):
    """R-189."""
    answer = ask("/ready/", 503, database=fails, queue=works)
    assert (answer["code"], answer["checks"]) == ("not_ready", {"database": "failed", "queue": "ok"})
    assert "S3CRET" not in str(answer)
    assert "ConnectionError" in caplog.text
