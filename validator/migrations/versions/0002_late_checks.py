"""Checks made without a network and delivered later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "late_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.String(36), nullable=False),
        sa.Column("caller_kind", sa.String(16), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card_key", sa.String(32), nullable=False),
        sa.Column("shown_reason", sa.String(32), nullable=False),
        sa.Column("answer_reason", sa.String(32), nullable=False),
        sa.Column("answer_source", sa.String(16), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contradicts", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_late_checks"),
        sa.UniqueConstraint("check_id", name="uq_late_checks_check_id"),
    )
    op.create_index("ix_late_checks_delivered_at", "late_checks", ["delivered_at"])
