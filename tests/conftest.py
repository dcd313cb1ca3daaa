"""Fixtures of the whole test suite."""

import sys

import pytest

pytest_plugins = ["cometa_core.testing.plugin", "grid"]

LIBRARIES = "cometa_websteps"


@pytest.fixture(autouse=True)
def _same_step_libraries():
    """Leave the step libraries as they were: reading them again, as `parseActions` does, replaces their modules."""
    before = {name: module for name, module in list(sys.modules.items()) if name.startswith(LIBRARIES)}
    yield
    if any(sys.modules.get(name) is not module for name, module in before.items()):
        sys.modules.update(before)
