"""The revision of people, devices and sessions: triggers increment it with each write that can change access.

Use is recorded in `last_used_on` and `seen_at` without an increment: it ends nothing. A later migration that
re-creates one of the tables must re-create its triggers; tests/unit/accounts/test_identity_cache.py holds it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = {
    "people": "id, username, username_key, password_hash, role, alternative_id, created_at, disabled_at",
    "devices": "id, name, name_key, token_hash, created_at, revoked_at",
    "sessions": "id, id_hash, person_id, alternative_id, kind, label, began_at, ends_at",
}
INCREMENT = "UPDATE identity_revision SET number = number + 1"
SQLITE = tuple(
    f"CREATE TRIGGER identity_revision_{table}_{name} AFTER {event} ON {table} BEGIN {INCREMENT}; END"
    for table, columns in COLUMNS.items()
    for name, event in (("insert", "INSERT"), ("delete", "DELETE"), ("update", f"UPDATE OF {columns}"))
)
POSTGRESQL = (
    (
        "CREATE FUNCTION increment_identity_revision() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {INCREMENT}; RETURN NULL; END $$"
    ),
    *(
        (
            f"CREATE TRIGGER identity_revision_{table} AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF "
            f"{columns} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION increment_identity_revision()"
        )
        for table, columns in COLUMNS.items()
    ),
)


def upgrade() -> None:
    table = op.create_table(
        "identity_revision",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_identity_revision"),
    )
    op.bulk_insert(table, [{"one": 1, "number": 1}])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
