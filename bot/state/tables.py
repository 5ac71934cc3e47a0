"""The tables, in types that SQLite and PostgreSQL share: ids are Discord's, times are whole seconds since 1970.

No column holds text of a message. A change here needs a migration in bot/state/migrations/versions; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, MetaData, String, Table

METADATA = MetaData()

CLAIMS = Table(
    "claims",
    METADATA,
    Column("source_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
)
"""Messages that some process has taken on, so that none is answered twice."""

ANSWERS = Table(
    "answers",
    METADATA,
    Column("source_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger),
    Column("author_id", BigInteger, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("cause", String(200)),
    Column("candidates", JSON, nullable=False),
    Column("corpus", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("outcome", String(16)),
    Index("answers_by_time", "created_at"),
    Index("answers_by_thread", "thread_id"),
)

REPLIES = Table(
    "replies",
    METADATA,
    Column("reply_id", BigInteger, primary_key=True, autoincrement=False),
    Column("source_id", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Index("replies_by_source", "source_id"),
)

FINGERPRINTS = Table(
    "fingerprints",
    METADATA,
    Column("source_id", BigInteger, primary_key=True, autoincrement=False),
    Column("fingerprint", String(64), primary_key=True),
    Index("fingerprints_by_value", "fingerprint"),
)

VOTES = Table(
    "votes",
    METADATA,
    Column("source_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("cause", String(200), primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""`cause`: what a miss is about; "" for an overview and for the other kinds."""

TEMPLATES = Table(
    "templates",
    METADATA,
    Column("fingerprint", String(64), primary_key=True),
    Column("template", String(120), nullable=False),
)
"""What failures that nothing explains look like: their type, and of their message the words that the corpus knows."""

POSTS = Table(
    "posts",
    METADATA,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("period", String(16), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("message_id", BigInteger),
)
"""Posts made once a period, so that none is made twice; without a message, a process is at it, or died over it."""

GUILD_SETTINGS = Table(
    "guild_settings",
    METADATA,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
)

USER_SETTINGS = Table(
    "user_settings",
    METADATA,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("guild_id", BigInteger),
    Column("user_id", BigInteger, nullable=False),
    Column("action", String(64), nullable=False),
    Column("detail", String(2000), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("audit_by_time", "at"),
)
