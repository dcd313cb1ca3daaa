"""Runs without a browser: most sentences of this library need none."""

import pytest

from cometa_runner.steps.plain_context import PlainContext


@pytest.fixture
def run(tmp_path):
    """A run of its own, whose sentences have 4 s."""
    made = PlainContext(tmp_path, timeout=4)
    yield made
    made.close_kept()


@pytest.fixture
def worth(run):
    """Give a function that tells the value of a variable."""
    return lambda name: run.variables.get(name).value
