"""What alembic runs around the migrations; the connection comes from bot.state.schema."""

from __future__ import annotations

from alembic import context

from bot.state.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
