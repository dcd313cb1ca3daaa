"""A forgotten server fails the tests that need it, unless skipping is asked for."""

import pytest

from cometa_core.testing.plugin import ALLOW_SKIP, required
from cometa_core.testing.redis import RedisServer


@pytest.fixture
def nothing_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(ALLOW_SKIP, raising=False)


def test_a_missing_server_fails_and_names_the_package(nothing_installed):
    with pytest.raises(pytest.fail.Exception, match="Debian package redis-server"), required(RedisServer()):
        pass


def test_a_missing_server_is_skipped_when_that_is_allowed(nothing_installed, monkeypatch):
    monkeypatch.setenv(ALLOW_SKIP, "1")
    with pytest.raises(pytest.skip.Exception, match="Debian package redis-server"), required(RedisServer()):
        pass


def test_an_installed_server_runs_while_it_is_required():
    with required(RedisServer()) as server:
        server.flush()
