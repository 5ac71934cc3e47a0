"""The first schema: claims, answers with their replies, fingerprints and votes, settings, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def upgrade() -> None:
    """Create every table."""
    op.create_table("claims", _id("source_id"), sa.Column("at", sa.BigInteger, nullable=False))
    op.create_table(
        "answers",
        _id("source_id"),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("thread_id", sa.BigInteger),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("cause", sa.String(200)),
        sa.Column("candidates", sa.JSON, nullable=False),
        sa.Column("corpus", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(16)),
    )
    op.create_index("answers_by_time", "answers", ["created_at"])
    op.create_index("answers_by_thread", "answers", ["thread_id"])
    op.create_table(
        "replies",
        _id("reply_id"),
        sa.Column("source_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_index("replies_by_source", "replies", ["source_id"])
    op.create_table("fingerprints", _id("source_id"), sa.Column("fingerprint", sa.String(64), primary_key=True))
    op.create_index("fingerprints_by_value", "fingerprints", ["fingerprint"])
    op.create_table(
        "votes",
        _id("source_id"),
        _id("user_id"),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("cause", sa.String(200), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    for owner in ("guild", "user"):
        op.create_table(
            f"{owner}_settings",
            _id(f"{owner}_id"),
            sa.Column("key", sa.String(64), primary_key=True),
            sa.Column("value", sa.JSON, nullable=False),
        )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("detail", sa.String(2000), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("audit_by_time", "audit", ["at"])


def downgrade() -> None:
    """Remove every table."""
    for table in ("audit", "user_settings", "guild_settings", "votes", "fingerprints", "replies", "answers", "claims"):
        op.drop_table(table)
