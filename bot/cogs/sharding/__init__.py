"""Serving a part of the bot's shards, while other processes serve the others."""

from bot.cogs.sharding.keeper import ShardKeeper
from bot.cogs.sharding.shard import CONNECT_ERRORS, connect

__all__ = ["CONNECT_ERRORS", "ShardKeeper", "connect"]
