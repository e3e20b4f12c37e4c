"""Alembic's entry: runs the steps on the connection that `upgrade` opened."""

from __future__ import annotations

from alembic import context

from validator.accounts import models as accounts  # noqa: F401 - declares its tables on Base
from validator.audit import models as audit  # noqa: F401 - the same
from validator.database import Base
from validator.offline import deferred_records as late  # noqa: F401 - the same
from validator.privacy import card_keys as privacy  # noqa: F401 - the same

connection = context.config.attributes["connection"]
# SQLite cannot alter a column: the batch form copies the table instead.
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
