"""The values that settings take: ids, the token, URLs, folders; each check says what is wrong without repeating a secret."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.quiet_hours import parse_hours

MAX_ID = (1 << 64) - 1
"""Discord's ids are unsigned 64-bit numbers."""
MIN_SECRET = 24
"""Characters of a secret that somebody makes up: fewer could be guessed."""
MAX_SHOWN = 24
"""Characters of a wrong value that an error repeats: of a token put into the wrong variable, no more than its public part."""


def clip(value: str) -> str:
    """A wrong value as an error shows it."""
    return repr(value if len(value) <= MAX_SHOWN else value[:MAX_SHOWN] + "…")


def split_ids(value: object) -> object:
    """Comma- or space-separated ids as a set; raises ValueError naming every part that is not an id."""
    if not isinstance(value, str):
        return value
    parts = value.replace(",", " ").split()
    wrong = [part for part in parts if not (part.isascii() and part.isdecimal() and 0 < int(part[:21]) <= MAX_ID)]
    if wrong:
        raise ValueError(f"{', '.join(clip(part) for part in wrong[:5])}: not a Discord id (a whole number)")
    return frozenset(map(int, parts))


def split_secrets(value: object) -> object:
    """Comma-separated secrets of at least MIN_SECRET characters each; raises ValueError without repeating one."""
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if any(len(part) < MIN_SECRET or len(part.split()) > 1 for part in parts):
        raise ValueError(f"a token has fewer than {MIN_SECRET} characters, or a space in it")
    return tuple(SecretStr(part) for part in dict.fromkeys(parts))


def check_token(value: SecretStr) -> SecretStr:
    """A token without the mistakes of copying one: quotes, the word Bot, line breaks."""
    token = value.get_secret_value().strip().strip("\"'")
    if token.lower().startswith("bot "):
        raise ValueError('it starts with the word "Bot"; only the token itself belongs here')
    if len(token.split()) > 1:
        raise ValueError("it contains a space or a line break")
    return SecretStr(token)


DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg"}
"""Databases of the state by the scheme of their URL, and the driver that speaks to each."""


def check_database(value: SecretStr) -> SecretStr:
    """The URL with the driver that is used; a URL may hold a password, so that no error repeats it."""
    scheme, separator, rest = value.get_secret_value().partition("://")
    driver = DRIVERS.get(scheme, scheme)
    if not separator or not rest or driver not in DRIVERS.values():
        raise ValueError("it does not start with sqlite:/// or postgresql://")
    return SecretStr(f"{driver}://{rest}")


def check_url(*schemes: str) -> AfterValidator:
    """The check of a URL with one of the schemes; it takes the slash from the end."""

    def check(value: str) -> str:
        if not any(value.startswith(f"{scheme}://") and len(value) > len(scheme) + 3 for scheme in schemes):
            raise ValueError(f"not a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return value.rstrip("/")

    return AfterValidator(check)


def check_hours(value: str) -> str:
    """Hours of the day such as 22:00-07:00, or none."""
    if value:
        parse_hours(value)
    return value


def check_zone(value: str) -> str:
    """A time zone by its name in the tz database."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("no time zone of this name (such as Europe/Berlin) is known") from None
    return value


def describe_wrong(detail: ErrorDetails, fields: Mapping[str, FieldInfo]) -> str:
    """One line on one wrong setting: its name, what is wrong, what to put; never the token."""
    field = str(detail["loc"][0])
    info = fields[field]
    name, what = field.upper(), detail["msg"].removeprefix("Value error, ")
    if field == "discord_token":
        return f"{name}: {what}. Put the token from the Bot page of https://discord.com/developers/applications."
    if field == "database_url":
        return f"{name}: {what}. Put, for example, sqlite:////srv/support-bot/state.sqlite3."
    if field == "api_tokens":
        return f"{name}: {what}. Make one, for example, with: openssl rand -hex 24"
    put = f" Put, for example, {info.examples[0]}." if info.examples else ""
    return f"{name}: {clip(str(detail['input']))} cannot be used: {what}.{put}"


Ids = Annotated[frozenset[int], BeforeValidator(split_ids)]
SecretTexts = Annotated[tuple[SecretStr, ...], BeforeValidator(split_secrets)]
Folder = Annotated[Path, AfterValidator(Path.expanduser)]
