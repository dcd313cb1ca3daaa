"""The whole installation with one of everything."""

import pytest
from whole_world import World


@pytest.fixture(scope="session")
def shared_world(tmp_path_factory):
    """The installation that all tests use one after the other."""
    world = World(tmp_path_factory.mktemp("world"))
    yield world
    world.close()


@pytest.fixture
def world(shared_world):
    """The installation as it was at first."""
    shared_world.restore()
    return shared_world
