"""The rules of accounts, departments and keys, free of HTTP."""
