"""Features and their steps."""
