"""The state as the rest of the bot sees it: what cannot be written now is written later, and no answer waits for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import URL, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StateError
from bot.settings import Settings
from bot.state import answers, counts, preferences
from bot.state.database import Database
from bot.state.life import LIFE_S
from bot.state.outbox import Outbox
from bot.state.posts import Posts
from bot.state.recent import Kept, RecentAnswers
from bot.state.schema import NewerStateError
from bot.state.tables import GUILD_SETTINGS, USER_SETTINGS
from bot.state.types import AuditEntry, Insights, Outcome, StoredAnswer

log = logging.getLogger(__name__)

PURGE_S = 60.0
"""How long a purge may take at PostgreSQL."""


class Store:
    """The state of one bot.

    Methods on the way of an answer never raise for a database that cannot be used: they answer from what this process
    remembers, and writes are kept and made later. Those on which somebody waits for a confirmation (settings, the audit's list,
    insights) raise StateError. `available` tells a caller whether "unknown" may be trusted.

    owner: this process among those that share the database, life_s: how long one of them may be silent; "" where there are none.
    """

    def __init__(self, database: Database, retention_days: int) -> None:
        self._database = database
        self._outbox = Outbox(database)
        self.owner = ""
        self.life_s = LIFE_S
        self.posts = Posts(database, self._outbox)
        self._retention_s = retention_days * counts.DAY_S
        self._recent = RecentAnswers()
        self._claimed: Kept[int, bool] = Kept()
        self._settings: Kept[tuple[str, int], Mapping[str, Any]] = Kept()

    @property
    def available(self) -> bool:
        """Whether the database could be used last time."""
        return self._database.available

    @property
    def pending(self) -> int:
        """How many writes wait for the database."""
        return len(self._outbox)

    async def ping(self) -> None:
        """Ask the database for an answer; raises StateError when it gives none."""
        # Of a table: SQLite answers without one even when its file is locked.
        await self._database.run(lambda c: c.execute(select(GUILD_SETTINGS.c.guild_id).limit(1)), reads=True)

    async def open(self) -> None:
        """Bring the database up to date and purge it; one that cannot be used now is tried again later.

        Raises NewerStateError when a newer version of the bot has written it.
        """
        await self.purge()

    async def close(self) -> None:
        """Write what is pending and close the connections."""
        self._database.try_again()  # it is the last chance
        await self._outbox.flush()
        if self._outbox:
            log.warning("%d change(s) of the state could not be written", len(self._outbox))
        await self._database.close()

    async def flush(self) -> None:
        """Make the writes that are pending, as far as the database lets them; called from time to time."""
        await self._outbox.flush()

    async def purge(self) -> int:
        """Remove what is older than the retention; returns the number of answers removed."""
        try:
            return await self._database.run(lambda c: answers.purge(c, _now() - self._retention_s), limit_s=PURGE_S)
        except NewerStateError:
            raise
        except StateError:
            return 0

    async def claim(self, source_id: int) -> bool:
        """Take on a message; False when it was taken on before, by this process or an earlier one.

        What another process took on is free when that one died without an answer.
        """
        if source_id in self._claimed:
            return False
        self._claimed[source_id] = True
        return await self._outbox.insert(
            partial(answers.insert_claim, source_id=source_id, at=_now(), owner=self.owner, life_s=self.life_s)
        )

    async def done(self, source_id: int) -> None:
        """Note that a message that was taken on needs nothing more: no process takes it over; recording it says so, too."""
        if self.owner:
            await self._outbox.write(partial(answers.finish_claim, source_id=source_id))

    async def record_answer(self, answer: StoredAnswer) -> None:
        """Record what was seen in a message and what was answered, in place of what was recorded for it before.

        A failure on which the bot stayed silent is recorded without reply ids.
        """
        now = _now()
        answer = replace(answer, created_at=answer.created_at or now)
        self._recent.put(answer)

        async def write(connection: AsyncConnection) -> None:
            await answers.save_answer(connection, answer, now)
            if self.owner:
                await answers.finish_claim(connection, answer.source_id)

        await self._outbox.write(write)

    async def answer(self, source_id: int) -> StoredAnswer | None:
        """The answer to a message."""
        return await self._outbox.find(lambda c: answers.find_answer(c, source_id), lambda: self._recent.get(source_id))

    async def answer_by_reply(self, reply_id: int) -> StoredAnswer | None:
        """The answer that one of the bot's messages belongs to."""
        return await self._outbox.find(lambda c: answers.find_by_reply(c, reply_id), lambda: self._recent.by_reply(reply_id))

    async def latest_in_thread(self, thread_id: int) -> StoredAnswer | None:
        """The answer to the latest message of a thread that got one."""
        return await self._outbox.find(lambda c: answers.find_latest(c, thread_id), lambda: self._recent.latest(thread_id))

    async def thread_solved(self, thread_id: int) -> bool:
        """Whether somebody entitled to it said that an answer in the thread fixed it: the bot is silent there, unless asked."""
        return await self._outbox.find(lambda c: answers.is_solved(c, thread_id), lambda: self._recent.solved(thread_id))

    async def set_outcome(self, source_id: int, outcome: Outcome | None) -> None:
        """Record what came of an answer."""
        self._recent.conclude(source_id, outcome)
        now = _now()
        await self._outbox.write(lambda c: answers.update_outcome(c, source_id, outcome, now))

    async def remove_answer(self, source_id: int) -> StoredAnswer | None:
        """Forget an answer and its votes, because its message is gone; returns what was recorded."""
        found = await self.answer(source_id)
        self._recent.forget(source_id)
        await self._outbox.write(lambda c: answers.delete_answer(c, source_id))
        return found

    async def vote(self, source_id: int, user_id: int, kind: Outcome, cause: str = "") -> bool:
        """Record what a user said of an answer; False when the user had said it before. `cause`: what a miss is about."""
        if kind is Outcome.MISSED:
            self._recent.reject(source_id, cause)
        write = partial(answers.insert_vote, source_id=source_id, user_id=user_id, kind=kind, cause=cause, at=_now())
        return await self._outbox.insert(write)

    async def guild_settings(self, guild_id: int) -> Mapping[str, Any]:
        """The settings of a server; the last ones known while the database cannot be used."""
        return await self._read_settings(GUILD_SETTINGS, guild_id)

    async def set_guild_setting(self, guild_id: int, key: str, value: Any) -> None:
        """Set a setting of a server (anything JSON can hold), or remove it with None; raises StateError."""
        await self._database.run(lambda c: preferences.write_setting(c, GUILD_SETTINGS, guild_id, key, value))

    async def all_guild_settings(self) -> Mapping[int, Mapping[str, Any]]:
        """The settings of every server that has some; raises StateError."""
        return await self._database.run(preferences.read_all_settings, reads=True)

    async def user_settings(self, user_id: int) -> Mapping[str, Any]:
        """The settings of a user; the last ones known while the database cannot be used."""
        return await self._read_settings(USER_SETTINGS, user_id)

    async def set_user_setting(self, user_id: int, key: str, value: Any) -> None:
        """Set a setting of a user (anything JSON can hold), or remove it with None; raises StateError."""
        await self._database.run(lambda c: preferences.write_setting(c, USER_SETTINGS, user_id, key, value))

    async def audit(self, user_id: int, action: str, detail: str = "", *, guild_id: int | None = None) -> None:
        """Write down who did what (never a message's text); written later while the database cannot be used."""
        entry = AuditEntry(guild_id, user_id, action, detail, _now())
        await self._outbox.write(lambda c: preferences.add_audit(c, entry))

    async def audit_log(self, guild_id: int | None = None, limit: int = 20) -> tuple[AuditEntry, ...]:
        """The latest entries, newest first: of one server and of the whole bot, or of all; raises StateError."""
        await self._outbox.flush()
        return await self._database.run(lambda c: preferences.list_audit(c, guild_id, limit), reads=True)

    async def insights(self, since: int, until: int, *, guild_id: int | None = None, top: int = 10) -> Insights:
        """Counts of one server, or of all, from `since` up to `until` (seconds since 1970); raises StateError."""
        await self._outbox.flush()
        return await self._database.run(lambda c: counts.count(c, guild_id, since, until, top), reads=True)

    async def _read_settings(self, table: Table, owner: int) -> Mapping[str, Any]:
        known = (table.name, owner)
        found = await self._outbox.find(
            lambda c: preferences.read_settings(c, table, owner), lambda: self._settings.get(known, {})
        )
        self._settings[known] = found
        return found


def _now() -> int:
    return int(time.time())


def state_url(settings: Settings) -> URL:
    """Where the state is; raises StateError when DATABASE_URL is no URL."""
    if settings.database_url is None:
        file = settings.data_dir / "state" / "state.sqlite3"
        return URL.create("sqlite+aiosqlite", database=str(file.absolute()))
    return Database(settings.database_url.get_secret_value()).url


def make_store(settings: Settings) -> Store:
    """The store that the settings name, not yet opened; raises StateError when DATABASE_URL is no URL."""
    return Store(Database(state_url(settings)), settings.retention_days)
