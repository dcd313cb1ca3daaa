"""Fixtures of the whole test suite."""

pytest_plugins = ["cometa_core.testing.plugin", "grid"]
