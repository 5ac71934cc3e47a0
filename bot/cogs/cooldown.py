"""How many unasked answers one user, and one channel, gets within a minute."""

from __future__ import annotations

import discord
from discord.ext import commands

PERIOD_S = 60.0


class Cooldowns:
    """A bucket a user and a bucket a channel; an answer takes from both."""

    def __init__(self, per_user: int, per_channel: int) -> None:
        self._users = commands.CooldownMapping[discord.Message].from_cooldown(per_user, PERIOD_S, _author)
        self._channels = commands.CooldownMapping[discord.Message].from_cooldown(per_channel, PERIOD_S, _channel)

    def active(self, message: discord.Message) -> bool:
        """Whether the author or the channel had its share for now."""
        buckets = (self._users.get_bucket(message), self._channels.get_bucket(message))
        return any(bucket is not None and bucket.get_tokens() < 1 for bucket in buckets)

    def take(self, message: discord.Message) -> None:
        """Count one answer to the message."""
        self._users.update_rate_limit(message)
        self._channels.update_rate_limit(message)


def _author(message: discord.Message) -> int:
    return message.author.id


def _channel(message: discord.Message) -> int:
    """The channel, or the forum: a forum's posts share one bucket, as the threads of a channel do."""
    channel = message.channel
    return channel.parent_id if isinstance(channel, discord.Thread) else channel.id
