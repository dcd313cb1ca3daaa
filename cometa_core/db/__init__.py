"""Tables, engine, sessions and migrations for SQLite and PostgreSQL."""
