"""The rules of applications, environments and browsers, free of HTTP."""
