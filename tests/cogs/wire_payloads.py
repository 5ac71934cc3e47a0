"""Discord's objects as its servers describe them: a member's message, a thread, a command, a server with one channel."""

from __future__ import annotations

from typing import Any

ME, GUILD, CHANNEL, ASKER = "1001", "2001", "3001", "4001"
WHEN = "2025-01-01T00:00:00+00:00"
USER = {"id": ME, "username": "support", "discriminator": "0", "avatar": None, "bot": True}
DIAGNOSE = "8001"
"""Id of the command /diagnose."""


def guild_id(number: int) -> str:
    """Id of one of the bot's servers; the next one is on the next shard."""
    return str((number << 22) + int(GUILD))


def channel_id(number: int) -> str:
    """Id of the text channel of one of the bot's servers."""
    return str(int(CHANNEL) + number)


def guild_of(channel: str) -> str:
    """Id of the server that a text channel is in."""
    return guild_id(max(0, int(channel) - int(CHANNEL)))


def message(id_: str, content: str, author: dict[str, Any], channel: str = CHANNEL) -> dict[str, Any]:
    """A message as Discord describes it."""
    empty: dict[str, Any] = {"mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "components": []}
    flags = {"tts": False, "mention_everyone": False, "pinned": False, "type": 0, "edited_timestamp": None}
    when = {"timestamp": WHEN}
    return {"id": id_, "channel_id": channel, "content": content, "author": author, **empty, **flags, **when}


def asker(id_: str = ASKER) -> dict[str, Any]:
    """A user."""
    return {"id": id_, "username": f"asker{id_}", "discriminator": "0", "avatar": None}


def question(id_: str, content: str, author: str = ASKER, channel: str = CHANNEL, *, mentions: bool = False) -> dict[str, Any]:
    """A member's message in the channel, as the gateway announces it; `mentions`: it names the bot."""
    member = {"roles": [], "joined_at": WHEN, "deaf": False, "mute": False, "flags": 0}
    asked = message(id_, f"<@{ME}> {content}" if mentions else content, asker(author), channel)
    return {**asked, "mentions": [USER] if mentions else [], "guild_id": guild_of(channel), "member": member}


def command(id_: str, text: str) -> dict[str, Any]:
    """A member's use of /diagnose with a text, as the gateway announces it."""
    member = {"user": asker(), "roles": [], "joined_at": WHEN, "deaf": False, "mute": False, "flags": 0, "permissions": "0"}
    data = {"id": DIAGNOSE, "name": "diagnose", "type": 1, "options": [{"name": "text", "type": 3, "value": text}]}
    about = {"application_id": ME, "type": 2, "token": f"token-{id_}", "version": 1, "locale": "en-US", "guild_locale": "en-US"}
    more = {"app_permissions": str((1 << 50) - 1), "entitlements": [], "authorizing_integration_owners": {}, "context": 0}
    where = {"guild_id": GUILD, "channel_id": CHANNEL, "channel": text_channel(), "attachment_size_limit": 10_485_760}
    return {"id": id_, **about, **more, **where, "member": member, "data": data}


def thread(id_: str, name: str, channel: str = CHANNEL) -> dict[str, Any]:
    """A public thread of the bot in the channel."""
    metadata = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": WHEN, "locked": False}
    kind = {"type": 11, "parent_id": channel, "owner_id": ME, "message_count": 0, "member_count": 1, "rate_limit_per_user": 0}
    return {"id": id_, "guild_id": guild_of(channel), "name": name, "thread_metadata": metadata, **kind}


def text_channel(id_: str = CHANNEL) -> dict[str, Any]:
    """A text channel."""
    about = {"position": 0, "permission_overwrites": [], "topic": None, "nsfw": False}
    return {"id": id_, "type": 0, "name": "support", **about}


def direct_channel(user: str) -> dict[str, Any]:
    """The channel of direct messages with a user."""
    return {"id": f"9{user}", "type": 1, "last_message_id": None, "recipients": [asker(user)]}


def guild(number: int = 0) -> dict[str, Any]:
    """One of the bot's servers, with one text channel, in which it may do everything."""
    id_ = guild_id(number)
    role = {"id": id_, "name": "@everyone", "permissions": str((1 << 50) - 1), "position": 0, "color": 0, "hoist": False}
    role |= {"managed": False, "mentionable": False, "flags": 0}
    member = {"user": USER, "roles": [], "joined_at": WHEN, "deaf": False, "mute": False, "flags": 0}
    lists: dict[str, Any] = {key: [] for key in ("emojis", "stickers", "features", "threads", "voice_states", "presences")}
    about = {"name": "Server", "icon": None, "splash": None, "owner_id": "5001", "afk_channel_id": None, "afk_timeout": 60}
    levels = {"verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0}
    more = {"premium_tier": 0, "preferred_locale": "en-US", "nsfw_level": 0, "member_count": 2, "system_channel_flags": 0}
    content = {"roles": [role], "channels": [text_channel(channel_id(number))], "members": [member]}
    return {"id": id_, **about, **levels, **more, **lists, **content}
