"""Failed sign-ins are counted in the store of the rate limits, with all other limits."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("sign_in_tallies")
