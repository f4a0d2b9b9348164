"""Where a board is kept: the interface of an engine, SQLite and PostgreSQL."""
