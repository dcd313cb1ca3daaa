"""Stored variables of departments, environments and features, and the sealing of texts."""
