"""Masked messages of failures that nothing explains (see bot.diagnosis.template): statements on one connection."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state.tables import FINGERPRINTS, TEMPLATES

MAX_TEMPLATE = 120


async def save_templates(connection: AsyncConnection, templates: Mapping[str, str]) -> None:
    """Write the template of each fingerprint that has none yet."""
    if not templates:
        return
    found = await connection.execute(select(TEMPLATES.c.fingerprint).where(TEMPLATES.c.fingerprint.in_(templates)))
    new = templates.keys() - set(found.scalars())
    if new:
        rows = [{"fingerprint": value, "template": templates[value][:MAX_TEMPLATE]} for value in sorted(new)]
        await connection.execute(insert(TEMPLATES), rows)


async def drop_unused(connection: AsyncConnection) -> None:
    """Remove the templates of failures that no recorded answer is about any more."""
    used = exists().where(FINGERPRINTS.c.fingerprint == TEMPLATES.c.fingerprint)
    await connection.execute(delete(TEMPLATES).where(~used))
