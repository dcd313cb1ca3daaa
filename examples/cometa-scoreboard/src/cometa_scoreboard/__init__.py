"""A scoreboard for Cometa Core; an example of a plugin that others wrote."""
