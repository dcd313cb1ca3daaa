"""The command ``cometa``: one module a group of commands."""
