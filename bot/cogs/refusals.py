"""Why Discord does not let the bot in: what to tell the admin, and whether trying again may help."""

from __future__ import annotations

import discord

from bot.cogs.sharding import CONNECT_ERRORS
from bot.errors import SettingError, UserError

LOGIN_REFUSED = (
    "Discord refused DISCORD_TOKEN. Copy the token again from the Bot page of https://discord.com/developers/applications "
    "(Reset Token makes a new one)."
)
REFUSED_INTENTS = (
    "Discord refused the message content intent. Switch it on for this bot: https://discord.com/developers/applications, "
    "Bot, Privileged Gateway Intents, Message Content Intent; then start again."
)
CLOSE_REASONS = {
    4004: LOGIN_REFUSED,
    4010: "Discord refused the connection: invalid shard.",
    4011: "The bot is in more servers than its shards may serve (2,500 each): raise SHARDS, and start again; with PostgreSQL, 0 "
    "takes as many as Discord recommends.",
    4012: "Discord no longer serves this version of its gateway: a newer discord.py is needed.",
    4013: REFUSED_INTENTS,
    4014: REFUSED_INTENTS,
}
"""Close codes of the gateway after which connecting again is pointless, and what to do."""
INTENT_CODES = (4013, 4014)


class IntentRefusedError(UserError):
    """Discord does not grant the message content intent."""


def refusal(error: BaseException) -> UserError | None:
    """What to tell the admin when Discord refuses the bot for good; None for any other error."""
    if isinstance(error, discord.LoginFailure):
        return SettingError(LOGIN_REFUSED)
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return IntentRefusedError(REFUSED_INTENTS)
    if isinstance(error, discord.ConnectionClosed) and error.code in CLOSE_REASONS:
        kind = IntentRefusedError if error.code in INTENT_CODES else UserError
        return kind(CLOSE_REASONS[error.code])
    return None


def may_retry(error: BaseException) -> bool:
    """Whether starting again may help: the network, Discord's servers, or its rate limit are to blame."""
    if isinstance(error, discord.HTTPException):
        return error.status == 429 or error.status >= 500
    return isinstance(error, CONNECT_ERRORS)
