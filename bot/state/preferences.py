"""Settings of servers and users, and the audit: statements on one connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state.tables import AUDIT, GUILD_SETTINGS, USER_SETTINGS
from bot.state.types import AuditEntry

MAX_DETAIL = 2_000
"""Characters kept of an audit entry's detail."""


async def read_settings(connection: AsyncConnection, table: Table, owner: int) -> Mapping[str, Any]:
    """Every setting of one server or user."""
    statement = select(table.c.key, table.c.value).where(_owner(table) == owner)
    return {row.key: row.value for row in await connection.execute(statement)}


async def read_all_settings(connection: AsyncConnection) -> Mapping[int, Mapping[str, Any]]:
    """Every setting of every server."""
    found: dict[int, dict[str, Any]] = {}
    for row in await connection.execute(select(GUILD_SETTINGS)):
        found.setdefault(row.guild_id, {})[row.key] = row.value
    return found


async def write_setting(connection: AsyncConnection, table: Table, owner: int, key: str, value: Any) -> None:
    """Set one setting, or remove it with None."""
    await connection.execute(delete(table).where(_owner(table) == owner, table.c.key == key))
    if value is not None:
        await connection.execute(insert(table).values({_owner(table).name: owner, "key": key, "value": value}))


async def add_audit(connection: AsyncConnection, entry: AuditEntry) -> None:
    """Write down who did what."""
    await connection.execute(
        insert(AUDIT).values(
            guild_id=entry.guild_id, user_id=entry.user_id, action=entry.action, detail=entry.detail[:MAX_DETAIL], at=entry.at
        )
    )


async def list_audit(connection: AsyncConnection, guild_id: int | None, limit: int) -> tuple[AuditEntry, ...]:
    """The latest entries, newest first: of one server and of the whole bot, or (None) of all."""
    columns = (AUDIT.c.guild_id, AUDIT.c.user_id, AUDIT.c.action, AUDIT.c.detail, AUDIT.c.at)
    statement = select(*columns).order_by(AUDIT.c.id.desc()).limit(limit)
    if guild_id is not None:
        statement = statement.where(or_(AUDIT.c.guild_id == guild_id, AUDIT.c.guild_id.is_(None)))
    return tuple(AuditEntry(*row) for row in (await connection.execute(statement)).all())


def _owner(table: Table) -> Any:
    assert table in (GUILD_SETTINGS, USER_SETTINGS)
    return table.primary_key.columns[0]
