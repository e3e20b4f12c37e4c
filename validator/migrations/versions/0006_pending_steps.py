"""Steps that people have begun and not finished: each has an end. Offers of codes without one are deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_steps",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("alternative_id", sa.String(64), nullable=False),
        sa.Column("sealed", sa.String(128), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name="pk_pending_steps"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_pending_steps_person_id_people"),
    )
    op.create_index("ix_pending_steps_ends_at", "pending_steps", ["ends_at"])
    op.execute("DELETE FROM second_factors WHERE confirmed_at IS NULL")
