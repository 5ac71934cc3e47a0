"""The tables, in types that SQLite and PostgreSQL share: ids are Discord's, times are whole seconds since 1970.

Times that processes compare (Double) are of the database's clock. No column holds text of a message.
A change here needs a migration in bot/state/migrations/versions; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Double, Index, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()

CLAIMS = Table(
    "claims",
    METADATA,
    Column("source_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("owner", String(32)),
)
"""Messages that some process has taken on, so that none is answered twice. `owner`: the process, while it is at it."""

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

PROCESSES = Table(
    "processes",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("started_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("corpus", String(64), nullable=False),
    Column("problem", String(500), nullable=False),
)
"""Processes that share this database; one that was not seen for a while is dead. `corpus`: the shared one it serves."""

SHARDS = Table(
    "shards",
    METADATA,
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("owner", String(32)),
    Column("session_id", String(200)),
    Column("sequence", BigInteger),
    Column("gateway", String(300)),
)
"""Who serves which shard, and the session with Discord's gateway that the next one resumes to get what was missed."""

CLUSTER = Table(
    "cluster",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
)
"""What all processes agree on."""

IDENTIFIES = Table(
    "identifies",
    METADATA,
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("free_at", Double, nullable=False),
)
"""When the next new session of a bucket may be begun: Discord allows one in five seconds."""

ARCHIVES = Table(
    "archives",
    METADATA,
    Column("version", String(64), primary_key=True),
    Column("archive", LargeBinary, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)
"""Corpora that are served or were, each as a zip."""

SERVED = Table(
    "served",
    METADATA,
    Column("scope", BigInteger, primary_key=True, autoincrement=False),
    Column("record", JSON, nullable=False),
)
"""What is served and what was before, of a server's own corpus (by its id) or the shared one (0)."""

CHANGES = Table(
    "changes",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("scope", BigInteger, nullable=False),
    Column("process", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("record", JSON, nullable=False),
    Column("at", Double, nullable=False),
)
"""Changes of a corpus: every process prepares one before any serves it."""

PREPARED = Table(
    "prepared",
    METADATA,
    Column("change", String(32), primary_key=True),
    Column("process", String(32), primary_key=True),
    Column("problem", String(2000), nullable=False),
)
"""What became of a change in a process: ready, or why not."""

EMBEDDINGS = Table(
    "embeddings",
    METADATA,
    Column("model", String(200), primary_key=True),
    Column("text", LargeBinary(32), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Vectors of the corpora's texts, by the sha256 of each: little-endian float32."""
