"""The pluggy markers of the project ``cometa``."""

import pluggy

PROJECT_NAME = "cometa"

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
"""Marks a function as the specification of a hook."""

hookimpl = pluggy.HookimplMarker(PROJECT_NAME)
"""Marks a function of a plugin as its implementation of a hook."""
