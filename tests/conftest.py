"""Fixtures of the whole test suite."""

pytest_plugins = ["cometa_core.testing.plugin", "grid"]


def pytest_collection_modifyitems(items):
    """Put tests of whole installations first: they take longest, and the others fill up the processes at the end."""
    items.sort(key=lambda item: item.get_closest_marker("system") is None)
