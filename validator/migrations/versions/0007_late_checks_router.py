"""Late checks name the Router that answered, so that no later delivery gets another Router's answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("late_checks", sa.Column("router", sa.String(16), nullable=False, server_default=""))
