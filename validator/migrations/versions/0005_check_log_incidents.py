"""Faults found in the check log are kept for good; an erased card leaves a mark."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing is sealed here: no key is at hand. The head keeps its seal until the log is next written to.
    op.add_column("check_log", sa.Column("erased", sa.String(64), nullable=True))
    op.add_column(
        "check_log_head", sa.Column("anchor_at", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column("check_log_head", sa.Column("incidents", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "check_log_incidents",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_check_log_incidents"),
    )
