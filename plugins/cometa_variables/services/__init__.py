"""The rules of stored variables, free of HTTP."""
