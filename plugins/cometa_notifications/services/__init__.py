"""The rules of notifications, free of HTTP."""
