"""Frozen data classes and protocols that the core shares with plugins.

This package is public surface: arguments and fields are never renamed inside a major version.
"""
