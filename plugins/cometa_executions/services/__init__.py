"""The rules of runs and results, free of HTTP."""
