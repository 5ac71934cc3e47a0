"""Masked messages of failures that nothing explains, and the posts that are made once a week."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "templates",
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("template", sa.String(120), nullable=False),
    )
    op.create_table(
        "posts",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("period", sa.String(16), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger),
    )


def downgrade() -> None:
    """Remove the tables."""
    for table in ("posts", "templates"):
        op.drop_table(table)
