"""A sample shop, sample features and the command that shows them at work."""
