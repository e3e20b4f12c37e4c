"""The check log, and the keys that card numbers are hashed under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_keys",
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("half", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "period", name="pk_card_keys"),
    )
    op.create_table(
        "check_log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("caller_kind", sa.String(16), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(32), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("card", sa.String(32), nullable=True),
        sa.Column("salt", sa.String(32), nullable=True),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_check_log"),
    )
    op.create_index("ix_check_log_at", "check_log", ["at"])
    head = op.create_table(
        "check_log_head",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.Column("anchor_seq", sa.Integer(), nullable=False),
        sa.Column("anchor_mac", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_check_log_head"),
    )
    op.bulk_insert(head, [{"one": 1, "seq": 0, "mac": "", "anchor_seq": 0, "anchor_mac": "", "seal": ""}])
