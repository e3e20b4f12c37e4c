"""Alembic's entry: runs the steps on the connection that `upgrade` opened."""

from __future__ import annotations

from alembic import context

from validator.database import Base

connection = context.config.attributes["connection"]
# SQLite cannot alter a column: the batch form copies the table instead.
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
