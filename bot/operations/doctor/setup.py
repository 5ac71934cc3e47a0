"""What the settings alone tell: the shape of the token, and settings that do not go together."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.ocr import is_installed
from bot.operations.doctor.findings import Finding, error, fine, warning
from bot.settings import Settings

NEW_TOKEN = "Copy a new one from https://discord.com/developers/applications (Bot, Reset Token) into DISCORD_TOKEN."  # noqa: S105
PARTS = 3


def bot_id(token: str) -> int | None:
    """The id of the bot that a token belongs to; None when it is no token."""
    parts = token.split(".")
    if len(parts) != PARTS or not all(parts):
        return None
    try:
        said = base64.b64decode(parts[0] + "=" * (-len(parts[0]) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return int(said) if said.isdigit() else None


def check_token(settings: Settings) -> Iterator[Finding]:
    """Whether there is a token that can be one; it is not shown."""
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    if not token:
        yield error("DISCORD_TOKEN", "it is not set", NEW_TOKEN.replace("a new one", "the token"))
    elif token.count(".") != PARTS - 1:
        yield error("DISCORD_TOKEN", f"it has {token.count('.') + 1} part(s) between dots; a bot's token has {PARTS}", NEW_TOKEN)
    elif (id_ := bot_id(token)) is None:
        yield error("DISCORD_TOKEN", "its first part is not the id of a bot (the client secret is no token)", NEW_TOKEN)
    else:
        yield fine("DISCORD_TOKEN", f"well formed, of the bot {id_}")


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Settings that contradict each other, or that open more than is meant."""
    found = [finding for check in CHECKS if (finding := check(settings)) is not None]
    yield from found or [fine("settings", "none contradicts another")]


def _channels(settings: Settings) -> Finding | None:
    if settings.support_channels:
        return None
    return warning(
        "SUPPORT_CHANNELS",
        "none are set: the bot answers only what is addressed to it, but in servers that set their own",
        "Set the ids of channels or forums, or use /settings set in a server.",
    )


def _unread(settings: Settings) -> Finding | None:
    if settings.message_content_intent != "off" or not (settings.support_channels or settings.answer_questions):
        return None
    return warning(
        "MESSAGE_CONTENT_INTENT",
        "it is off, so that nothing is answered unasked, although SUPPORT_CHANNELS or ANSWER_QUESTIONS is set",
        "Set MESSAGE_CONTENT_INTENT=auto and switch the intent on for this bot, or leave the others empty.",
    )


def _nobody(settings: Settings) -> Finding | None:
    if settings.human_roles or settings.helper_roles or not settings.human_calls_per_hour:
        return None
    return warning(
        "HUMAN_ROLES", 'neither it nor HELPER_ROLES is set: "Need a human" calls nobody', "Set the ids of your helpers' roles."
    )


def _limits(settings: Settings) -> Finding | None:
    user, channel = settings.user_answers_per_minute, settings.channel_answers_per_minute
    if user <= channel:
        return None
    return warning(
        "USER_ANSWERS_PER_MINUTE",
        f"{user} is more than CHANNEL_ANSWERS_PER_MINUTE, {channel}: one user can use up a channel's answers",
        "Lower it, or raise CHANNEL_ANSWERS_PER_MINUTE.",
    )


def _screenshots(settings: Settings) -> Finding | None:
    if not settings.read_screenshots or is_installed():
        return None
    return error("READ_SCREENSHOTS", "the extra `ocr` is not installed: no picture is read", "pip install '.[ocr]', or unset it.")


def _folders(settings: Settings) -> Finding | None:
    data, cache = settings.data_dir.resolve(), settings.cache_dir.resolve()
    if data != cache and cache not in data.parents:
        return None
    return warning("DATA_DIR", "it lies in CACHE_DIR, which may be deleted", "Let DATA_DIR name another folder.")


def _plain_text(settings: Settings) -> Finding | None:
    url = urlsplit(settings.discord_api_base)
    if url.scheme == "https" or _is_local(url.hostname or ""):
        return None
    return warning("DISCORD_API_BASE", "the token goes there unencrypted", "Use https://, or unset it for Discord's own servers.")


def _open_metrics(settings: Settings) -> Finding | None:
    if not settings.metrics_port or _is_local(settings.metrics_host):
        return None
    return warning(
        "METRICS_HOST", "/metrics asks for no password, and is open to the network", "Set 127.0.0.1, or let a firewall decide."
    )


def _open_api(settings: Settings) -> Finding | None:
    if not settings.api_tokens or _is_local(settings.api_host):
        return None
    return warning(
        "API_HOST", "tokens and messages come over the network unencrypted", "Put a proxy with TLS before it, or set 127.0.0.1."
    )


CHECKS: tuple[Callable[[Settings], Finding | None], ...] = (
    _channels,
    _unread,
    _nobody,
    _limits,
    _screenshots,
    _folders,
    _plain_text,
    _open_metrics,
    _open_api,
)


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
