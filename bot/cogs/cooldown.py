"""How many unasked answers one user, and one channel, gets within a minute."""

from __future__ import annotations

import discord
from discord.ext import commands

from bot.settings import Settings

PERIOD_S = 60.0


class Cooldowns:
    """A bucket a user and a bucket a channel, of the sizes in the settings of the server; an answer takes from both."""

    def __init__(self) -> None:
        self._users: dict[int, commands.CooldownMapping[discord.Message]] = {}
        self._channels: dict[int, commands.CooldownMapping[discord.Message]] = {}

    def active(self, message: discord.Message, settings: Settings) -> bool:
        """Whether the author or the channel had its share for now."""
        buckets = [mapping.get_bucket(message) for mapping in self._of(settings)]
        return any(bucket is not None and bucket.get_tokens() < 1 for bucket in buckets)

    def take(self, message: discord.Message, settings: Settings) -> None:
        """Count one answer to the message."""
        for mapping in self._of(settings):
            mapping.update_rate_limit(message)

    def _of(self, settings: Settings) -> list[commands.CooldownMapping[discord.Message]]:
        """The buckets for the rates of the settings; there are as many as there are different rates, a bounded number."""
        users, channels = settings.user_answers_per_minute, settings.channel_answers_per_minute
        if users not in self._users:
            self._users[users] = commands.CooldownMapping[discord.Message].from_cooldown(users, PERIOD_S, _author)
        if channels not in self._channels:
            self._channels[channels] = commands.CooldownMapping[discord.Message].from_cooldown(channels, PERIOD_S, _channel)
        return [self._users[users], self._channels[channels]]


def _author(message: discord.Message) -> int:
    return message.author.id


def _channel(message: discord.Message) -> int:
    """The channel, or the forum: a forum's posts share one bucket, as the threads of a channel do."""
    channel = message.channel
    return channel.parent_id if isinstance(channel, discord.Thread) else channel.id
