"""Accounts, roles, departments, the permission table and API keys."""
