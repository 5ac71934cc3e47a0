"""What a server sets for itself over the environment's defaults: which settings, how they are written, and those that hold."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import TypeAdapter, ValidationError

from bot.errors import InputError, StateError
from bot.setting_values import clip
from bot.settings import Settings
from bot.state import Store

if TYPE_CHECKING:
    from bot.cluster import Cluster

log = logging.getLogger(__name__)

MAX_IDS = 50
"""Ids in one setting of a server."""
MAX_TEXT = 100
NONE = ("none", "-")
"""How an empty value is written."""
REFRESH_S = 300.0
TOPIC = "settings"
"""What processes announce when a server has set something."""
_MENTION = re.compile(r"<(?:#|@&)([0-9]{1,20})>")
_SWITCH = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}


class Kind(Enum):
    """What a setting holds, which decides how it is written and shown."""

    CHANNELS = "channels"
    CHANNEL = "channel"
    ROLES = "roles"
    NUMBER = "number"
    SWITCH = "on or off"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ServerSetting:
    """A setting that a server may have of its own; `field` is that of Settings, `label` its name in Discord."""

    field: str
    label: str
    kind: Kind


SERVER_SETTINGS = {
    setting.field: setting
    for setting in (
        ServerSetting("support_channels", "support channels", Kind.CHANNELS),
        ServerSetting("helper_roles", "helper roles", Kind.ROLES),
        ServerSetting("admin_roles", "admin roles", Kind.ROLES),
        ServerSetting("human_roles", "roles called by Need a human", Kind.ROLES),
        ServerSetting("human_calls_per_hour", "calls of humans per hour and channel", Kind.NUMBER),
        ServerSetting("user_answers_per_minute", "unasked answers per minute and user", Kind.NUMBER),
        ServerSetting("channel_answers_per_minute", "unasked answers per minute and channel", Kind.NUMBER),
        ServerSetting("quiet_hours", "quiet hours", Kind.TEXT),
        ServerSetting("time_zone", "time zone", Kind.TEXT),
        ServerSetting("insights_channel", "channel of the weekly insights", Kind.CHANNEL),
        ServerSetting("answer_questions", "answer questions of fact unasked", Kind.SWITCH),
        ServerSetting("public_context_menu", "Diagnose this message answers in public", Kind.SWITCH),
        ServerSetting("delete_leaked_keys", "delete messages with leaked keys", Kind.SWITCH),
        ServerSetting("answered_tag", "forum tag of answered posts", Kind.TEXT),
        ServerSetting("solved_tag", "forum tag of solved posts", Kind.TEXT),
        ServerSetting("human_tag", "forum tag of posts that need a human", Kind.TEXT),
        ServerSetting("area_tags", "forum tags by the area of the cause", Kind.SWITCH),
    )
}


def parse_value(setting: ServerSetting, text: str) -> Any:
    """What somebody wrote as the value of a setting, as Settings holds it; raises InputError that says what to write."""
    written = text.strip()
    given: object = written[:MAX_TEXT] if setting.kind is Kind.TEXT else written
    if setting.kind in (Kind.CHANNELS, Kind.ROLES, Kind.CHANNEL):
        given = "" if written.lower() in NONE else _MENTION.sub(r" \1 ", written)
        if setting.kind is Kind.CHANNEL:
            given = str(given).strip() or 0
    elif setting.kind is Kind.SWITCH:
        given = _SWITCH.get(written.lower(), written)
    elif written.lower() in NONE and setting.kind is Kind.TEXT:
        given = ""
    try:
        value = _adapter(setting.field).validate_python(given)
    except ValidationError as error:
        says = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise InputError(f"{clip(written)} cannot be the value of {setting.label}: {says}.") from None
    if isinstance(value, frozenset) and len(value) > MAX_IDS:
        raise InputError(f"{setting.label}: at most {MAX_IDS}.")
    return value


@cache
def _adapter(field: str) -> TypeAdapter[Any]:
    """What checks a value as the environment's is checked."""
    info = Settings.model_fields[field]
    kind: Any = info.annotation
    return TypeAdapter(Annotated[(kind, *info.metadata)] if info.metadata else kind)


class ServerSettings:
    """The settings of every server in memory, so that looking them up costs nothing; read again from the state when asked.

    What another process of a cluster sets is heard at once, and seen after REFRESH_S at the latest.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._chosen: dict[int, dict[str, Any]] = {}
        self._changed_at: dict[int, float] = {}
        self._cluster: Cluster | None = None

    def share(self, cluster: Cluster) -> None:
        """Tell the other processes of a cluster what is set here, and hear what is set there."""
        self._cluster = cluster
        for topic in (TOPIC, ""):  # "": it can hear again, and may have missed something
            cluster.listener.on(topic, self._heard)

    async def _heard(self, said: str) -> None:
        if self._cluster is None or said != self._cluster.id:
            await self.refresh()

    async def refresh(self) -> None:
        """Read what the servers have set; while the state cannot be used, what was known last holds."""
        began = time.monotonic()
        try:
            stored = await self._store.all_guild_settings()
        except StateError:
            return
        found = {guild: _usable(guild, values) for guild, values in stored.items()}
        # What was set while this was read is not undone.
        newer = {guild: self._chosen.get(guild, {}) for guild, at in self._changed_at.items() if at >= began}
        self._chosen = {**found, **newer}

    def chosen(self, guild_id: int | None) -> Mapping[str, Any]:
        """What a server has set, by field."""
        return self._chosen.get(guild_id, {}) if guild_id is not None else {}

    def effective(self, base: Settings, guild_id: int | None) -> Settings:
        """The settings that hold in a server (None: in direct messages); `base` are those of the environment."""
        chosen = self.chosen(guild_id)
        return base.model_copy(update=dict(chosen)) if chosen else base

    async def set(self, guild_id: int, field: str, value: Any) -> None:
        """Set a setting of a server, or take the environment's with None; raises StateError, and nothing has changed."""
        stored = sorted(value) if isinstance(value, frozenset) else value
        await self._store.set_guild_setting(guild_id, field, stored)
        chosen = {**self._chosen.get(guild_id, {}), field: value}
        self._chosen[guild_id] = {name: known for name, known in chosen.items() if known is not None}
        self._changed_at[guild_id] = time.monotonic()
        if self._cluster is not None:
            with suppress(StateError):  # the others read it again after REFRESH_S
                await self._cluster.announce(TOPIC, self._cluster.id)


def _usable(guild_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """The stored values that this version can use."""
    usable = {}
    for field in values.keys() & SERVER_SETTINGS.keys():
        try:
            usable[field] = _adapter(field).validate_python(values[field])
        except ValidationError:
            log.warning("Server %d: the stored %s cannot be used; the environment's holds", guild_id, field.upper())
    return usable
