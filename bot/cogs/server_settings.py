"""The /settings commands: what a server sets for itself over the environment's defaults."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.cogs.admins import refuses, tell
from bot.cogs.desk import Desk
from bot.cogs.request import report_failure
from bot.cogs.sending import MAX_CONTENT, fit_lines
from bot.errors import InputError, StateError
from bot.server_settings import REFRESH_S, SERVER_SETTINGS, Kind, ServerSetting, parse_value
from bot.settings import Settings

log = logging.getLogger(__name__)

MAX_VALUE = 1_500
MANAGERS_ONLY = "Only members who may manage this server can say which roles are its admins."
NOT_STORED = "I could not store this just now. Please try again later; those who run this bot find the reason in its log."
CHOICES = [app_commands.Choice(name=setting.label, value=setting.field) for setting in SERVER_SETTINGS.values()]
HOW = {
    Kind.CHANNELS: "channels such as #help, or none",
    Kind.CHANNEL: "one channel such as #team, or none",
    Kind.ROLES: "roles such as @Helper, or none",
    Kind.NUMBER: "a whole number",
    Kind.SWITCH: "on or off",
    Kind.TEXT: "a text (quiet hours: 22:00-07:00; time zone: Europe/Berlin), or none",
}


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class ServerSettingsCog(commands.GroupCog, name="Settings", group_name="settings", group_description="What holds in this server"):
    """For admins only. What is set holds at once, for this server alone; what is reset is the environment's again."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk = desk
        self.settings = settings

    async def cog_load(self) -> None:
        """Read what the servers have set, and keep up with other processes that share the state."""
        await self.desk.servers.refresh()
        self.refresh.start()

    async def cog_unload(self) -> None:
        """End it."""
        self.refresh.cancel()

    @tasks.loop(seconds=REFRESH_S)
    async def refresh(self) -> None:
        """Read the settings again."""
        await self.desk.servers.refresh()

    @app_commands.command(description="Which settings hold in this server, and which of them are its own.")
    async def show(self, interaction: discord.Interaction) -> None:
        """Answer with a line on each setting."""
        if await refuses(interaction, self.desk, self.settings):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        own = self.desk.servers.chosen(interaction.guild_id)
        holds = self.desk.servers.effective(self.settings, interaction.guild_id)
        lines = [
            f"- {setting.label}: {shown(setting, getattr(holds, field))}{' (set here)' if field in own else ''}"
            for field, setting in SERVER_SETTINGS.items()
        ]
        head = "**What holds here** (`/settings set` changes it, `/settings reset` takes the default)"
        await tell(interaction, fit_lines([head, *lines], MAX_CONTENT))

    @app_commands.command(name="set", description="Set something for this server.")
    @app_commands.rename(field="setting")
    @app_commands.describe(field="What to set", value="Its value: #channels, @roles, a number, on or off, a text, or none")
    @app_commands.choices(field=CHOICES)
    async def set_value(self, interaction: discord.Interaction, field: str, value: app_commands.Range[str, 1, MAX_VALUE]) -> None:
        """Check the value, store it, and answer with what holds now."""
        if await refuses(interaction, self.desk, self.settings) or await self._refuses_roles(interaction, field):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        setting = SERVER_SETTINGS[field]
        try:
            parsed = parse_value(setting, value)
            check_place(setting, parsed, interaction.guild)
        except InputError as error:
            await tell(interaction, f"{error} Write {HOW[setting.kind]}.")
            return
        await self._store(interaction, setting, parsed)

    @app_commands.command(description="Let the bot's default hold again in this server.")
    @app_commands.rename(field="setting")
    @app_commands.describe(field="What to reset")
    @app_commands.choices(field=CHOICES)
    async def reset(self, interaction: discord.Interaction, field: str) -> None:
        """Forget the server's own value, and answer with what holds now."""
        if await refuses(interaction, self.desk, self.settings) or await self._refuses_roles(interaction, field):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._store(interaction, SERVER_SETTINGS[field], None)

    async def _store(self, interaction: discord.Interaction, setting: ServerSetting, value: Any) -> None:
        assert interaction.guild_id is not None, "admins are refused outside of servers"
        servers, guild_id = self.desk.servers, interaction.guild_id
        before = getattr(servers.effective(self.settings, guild_id), setting.field)
        try:
            await servers.set(guild_id, setting.field, value)
        except StateError:
            await tell(interaction, NOT_STORED)
            return
        after = getattr(servers.effective(self.settings, guild_id), setting.field)
        action = "settings-reset" if value is None else "settings-set"
        log.info("Server %d: %s of %s by user %d", guild_id, action, setting.field, interaction.user.id)
        detail = f"{setting.field}: {_plain(before)} → {_plain(after)}"
        await self.desk.store.audit(interaction.user.id, action, detail, guild_id=guild_id)
        default = " (the default)" if value is None else ""
        text = f"{setting.label[0].upper()}{setting.label[1:]}: {shown(setting, after)}{default}."
        await tell(interaction, " ".join([text, *lacks(setting, after, interaction.guild)]))

    async def _refuses_roles(self, interaction: discord.Interaction, field: str) -> bool:
        """Refuse admins by role to make others admins: only who may manage the server decides on that."""
        if field != "admin_roles" or interaction.permissions.manage_guild:
            return False
        await interaction.response.send_message(MANAGERS_ONLY, ephemeral=True)
        return True

    async def cog_app_command_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Log the error, and tell the user that there was one."""
        await report_failure(interaction, error)


def shown(setting: ServerSetting, value: Any) -> str:
    """A value as Discord shows it."""
    if setting.kind in (Kind.CHANNELS, Kind.ROLES):
        mark = "#" if setting.kind is Kind.CHANNELS else "@&"
        return " ".join(f"<{mark}{id_}>" for id_ in sorted(value)[:20]) or "none"
    if setting.kind is Kind.CHANNEL:
        return f"<#{value}>" if value else "none"
    if setting.kind is Kind.SWITCH:
        return "on" if value else "off"
    return f"`{str(value).replace('`', '')}`" if value != "" else "none"


def check_place(setting: ServerSetting, value: Any, guild: discord.Guild | None) -> None:
    """Channels and roles must be this server's; raises InputError."""
    if guild is None:
        return
    if setting.kind in (Kind.CHANNELS, Kind.CHANNEL):
        kinds = discord.TextChannel if setting.kind is Kind.CHANNEL else (discord.TextChannel, discord.ForumChannel)
        wrong = [id_ for id_ in _ids(value) if not isinstance(guild.get_channel(id_), kinds)]
        if wrong:
            kind = "text channel" if setting.kind is Kind.CHANNEL else "text channel or forum"
            raise InputError(f"{wrong[0]} is no {kind} of this server that I can see.")
    if setting.kind is Kind.ROLES:
        if guild.id in value:
            raise InputError("@everyone cannot be one of these roles.")
        if wrong := [id_ for id_ in _ids(value) if guild.get_role(id_) is None]:
            raise InputError(f"{wrong[0]} is no role of this server.")


def lacks(setting: ServerSetting, value: Any, guild: discord.Guild | None) -> list[str]:
    """What the bot lacks in a channel that was just chosen."""
    if guild is None or setting.kind not in (Kind.CHANNELS, Kind.CHANNEL):
        return []
    found = []
    for channel in (known for id_ in _ids(value) if (known := guild.get_channel(id_)) is not None):
        may = channel.permissions_for(guild.me)
        needed = {"View Channel": may.view_channel, "Read Message History": may.read_message_history}
        if setting.kind is Kind.CHANNELS:
            needed["Send Messages in Threads"] = may.send_messages_in_threads
        else:
            needed |= {"Send Messages": may.send_messages, "Attach Files": may.attach_files}
        missing = [name for name, has in needed.items() if not has]
        if missing:
            found.append(f"In <#{channel.id}> I lack: {', '.join(missing)}.")
    return found[:5]


def _ids(value: Any) -> Iterable[int]:
    if isinstance(value, int):
        return [value] if value else []
    return sorted(value)


def _plain(value: Any) -> str:
    return ", ".join(map(str, sorted(value))) or "none" if isinstance(value, frozenset) else str(value)
