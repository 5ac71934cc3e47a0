"""A link to a message: which message it means, and whether who gave it may read that message."""

from __future__ import annotations

import re
from dataclasses import dataclass

import discord

from bot.errors import InputError

_LINK = re.compile(r"https://(?:(?:ptb|canary)\.)?discord(?:app)?\.com/channels/(\d{1,20})/(\d{1,20})/(\d{1,20})/?$")
NO_LINK = (
    "`message` is a link to a message: open the message's menu, Copy Message Link, and paste it there. "
    "For what was written in direct messages, use `text`."
)
UNREADABLE = "That message is not here any more, or you or I may not read it."
ELSEWHERE = "I only follow links to messages of this server."


@dataclass(frozen=True, slots=True)
class MessageLink:
    """The ids that a link to a message names."""

    guild: int
    channel: int
    message: int


def parse_link(text: str) -> MessageLink:
    """The ids in a link; raises InputError when it is none."""
    match = _LINK.match(text.strip().strip("<>"))
    if match is None:
        raise InputError(NO_LINK)
    return MessageLink(*map(int, match.groups()))


async def fetch_linked(interaction: discord.Interaction, link: MessageLink) -> discord.Message:
    """The message that a link means; raises InputError unless it is in this server and its asker may read it.

    The same words whether it does not exist or may not be read: nobody learns of what is hidden from them.
    """
    guild, user = interaction.guild, interaction.user
    if guild is None or link.guild != guild.id:
        raise InputError(ELSEWHERE)
    try:
        channel = guild.get_channel_or_thread(link.channel) or await guild.fetch_channel(link.channel)
        if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread):
            raise InputError(UNREADABLE)
        if not isinstance(user, discord.Member) or not await may_read(user, channel):
            raise InputError(UNREADABLE)
        return await channel.fetch_message(link.message)
    except discord.HTTPException as error:
        if error.status >= 500:
            raise
        raise InputError(UNREADABLE) from error


async def may_read(
    member: discord.Member, channel: discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
) -> bool:
    """Whether a member may read what was written in a channel; in a private thread, only who was added to it."""
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return False
    may = channel.permissions_for(member)
    if not (may.view_channel and may.read_message_history):
        return False
    if isinstance(channel, discord.Thread) and channel.is_private() and not may.manage_threads:
        try:
            await channel.fetch_member(member.id)
        except discord.NotFound:
            return False
    return True
