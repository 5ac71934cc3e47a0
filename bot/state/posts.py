"""Posts that are made once a period in each server, by one process, however often it starts again."""

from __future__ import annotations

import time

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state.database import Database
from bot.state.outbox import Outbox
from bot.state.tables import POSTS
from bot.state.types import Post


class Posts:
    """Who takes on a post makes it: `take`, then `finish` with its message. One without a message may have been made or not."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def take(self, guild_id: int, period: str) -> bool:
        """Take on the post of a period; False when it was taken on before, by this process or another; raises StateError."""
        statement = insert(POSTS).values(guild_id=guild_id, period=period, at=int(time.time()))

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        try:
            await self._database.run(write)
        except IntegrityError:
            return False
        return True

    async def finish(self, guild_id: int, period: str, message_id: int) -> None:
        """Note the message that was posted; written later while the database cannot be used."""
        statement = update(POSTS).where(_is(guild_id, period)).values(message_id=message_id)

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await self._outbox.write(write)

    async def find(self, guild_id: int, period: str) -> Post | None:
        """The post of a period, None while nobody has taken it on; raises StateError."""
        await self._outbox.flush()

        async def read(connection: AsyncConnection) -> Post | None:
            row = (await connection.execute(select(POSTS.c.at, POSTS.c.message_id).where(_is(guild_id, period)))).first()
            return None if row is None else Post(*row)

        return await self._database.run(read, reads=True)


def _is(guild_id: int, period: str) -> ColumnElement[bool]:
    return and_(POSTS.c.guild_id == guild_id, POSTS.c.period == period)
