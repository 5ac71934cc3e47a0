"""Every setting of the bot, read from the environment: its name, type, default and meaning in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_cache_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails, PydanticUndefined
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingError

MAX_ID = (1 << 64) - 1
"""Discord's ids are unsigned 64-bit numbers."""
MAX_SHOWN = 24
"""Characters of a wrong value that an error repeats: of a token put into the wrong variable, no more than its public part."""


def _split_ids(value: object) -> object:
    """Comma- or space-separated ids as a set; raises ValueError naming every part that is not an id."""
    if not isinstance(value, str):
        return value
    parts = value.replace(",", " ").split()
    wrong = [part for part in parts if not (part.isascii() and part.isdecimal() and 0 < int(part[:21]) <= MAX_ID)]
    if wrong:
        raise ValueError(f"{', '.join(_clip(part) for part in wrong[:5])}: not a Discord id (a whole number)")
    return frozenset(map(int, parts))


def _check_token(value: SecretStr) -> SecretStr:
    """A token without the mistakes of copying one: quotes, the word Bot, line breaks."""
    token = value.get_secret_value().strip().strip("\"'")
    if token.lower().startswith("bot "):
        raise ValueError('it starts with the word "Bot"; only the token itself belongs here')
    if len(token.split()) > 1:
        raise ValueError("it contains a space or a line break")
    return SecretStr(token)


def _check_url(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        if not any(value.startswith(f"{scheme}://") and len(value) > len(scheme) + 3 for scheme in schemes):
            raise ValueError(f"not a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return value.rstrip("/")

    return AfterValidator(check)


Ids = Annotated[frozenset[int], BeforeValidator(_split_ids)]
Folder = Annotated[Path, AfterValidator(Path.expanduser)]


class Settings(BaseSettings):
    """The bot's settings; each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", enable_decoding=False, env_ignore_empty=True)

    discord_token: Annotated[SecretStr, AfterValidator(_check_token)] | None = Field(
        default=None, description="The bot's token, from https://discord.com/developers/applications (Bot, Reset Token)."
    )
    support_channels: Ids = Field(
        default=frozenset(),
        description="Ids of the text channels and forums where the bot answers unasked, separated by commas.",
        examples=["112233445566778899,998877665544332211"],
    )
    admin_roles: Ids = Field(
        default=frozenset(),
        description="Ids of the roles that may use /corpus, besides members who may manage the server.",
        examples=["112233445566778899"],
    )
    helper_roles: Ids = Field(
        default=frozenset(),
        description="Ids of the helpers' roles; once a helper has spoken in a thread, the bot speaks there only when mentioned.",
        examples=["112233445566778899"],
    )
    knowledge_dir: Folder = Field(
        default=Path(__file__).resolve().parent.parent / "knowledge",
        description="Folder of the corpus.",
        examples=["./knowledge"],
        json_schema_extra={"shown": "`knowledge/` beside `bot/`"},
    )
    embedding_model: str = Field(
        default="",
        description="Folder or name of a sentence-transformers model.",
        examples=["./models/my-model"],
        json_schema_extra={"shown": "the model installed with the bot"},
    )
    cache_dir: Folder = Field(
        default_factory=lambda: user_cache_path("support-bot"),
        description="Folder for vectors, what `corpus links` found and the state of command registration; it may be deleted.",
        examples=["./cache"],
        json_schema_extra={"shown": "the user's cache folder"},
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda v: str(v).upper())] = Field(
        default="INFO", description="Least severe log records to print: DEBUG, INFO, WARNING or ERROR.", examples=["INFO"]
    )
    analysis_limit: int = Field(
        default=500_000,
        ge=2_000,
        le=50_000_000,
        description="Characters read of one message and its attachments; of a longer one, the head and the tail.",
        examples=["500000"],
    )
    attachment_limit: int = Field(
        default=10_485_760,
        ge=1_024,
        le=26_214_400,
        description="Largest attachment downloaded, in bytes.",
        examples=["10485760"],
    )
    analysis_workers: int = Field(
        default=2, ge=1, le=32, description="Messages analysed at the same time; further ones wait their turn.", examples=["2"]
    )
    user_answers_per_minute: int = Field(
        default=6, ge=1, le=1_000, description="Unasked answers to one user within a minute.", examples=["6"]
    )
    channel_answers_per_minute: int = Field(
        default=30, ge=1, le=10_000, description="Unasked answers in one channel within a minute.", examples=["30"]
    )
    source_max_age_days: int = Field(
        default=730,
        ge=1,
        le=36_500,
        description="Days after which `corpus check` asks to read a cited page again.",
        examples=["730"],
    )
    discord_api_base: Annotated[str, _check_url("https", "http")] = Field(
        default="https://discord.com/api/v10",
        description="Base URL of the REST API, to use another server than Discord's.",
        examples=["http://127.0.0.1:8080/api/v10"],
    )
    discord_gateway_url: Annotated[str, _check_url("wss", "ws")] = Field(
        default="wss://gateway.discord.gg",
        description="URL of the gateway, to use another server than Discord's.",
        examples=["ws://127.0.0.1:8080/gateway"],
    )


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the given environment (default: the process's); raises SettingError listing every wrong one at once."""
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    for name, info in Settings.model_fields.items():
        given = environ.get(name.upper(), "").strip()
        # Every field is passed, so that nothing but `environ` can set one.
        values[name] = given or info.get_default(call_default_factory=True, validated_data={})
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = [_describe(detail) for detail in error.errors(include_url=False)]
    # Raised outside the handler: the ValidationError holds the values as given.
    raise SettingError("\n".join(problems))


def require_token(settings: Settings) -> str:
    """The Discord token; raises SettingError that says which variable to set and where to get one."""
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    if not token:
        raise SettingError(
            "DISCORD_TOKEN is not set. Create a bot at https://discord.com/developers/applications, copy the token from "
            "its Bot page (Reset Token), and start again with DISCORD_TOKEN=<the token>."
        )
    return token


def settings_table() -> str:
    """The Markdown table of every setting: its variable, its default and what it does."""
    rows = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for name, info in Settings.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        default = extra.get("shown")
        if default is None:
            plain = info.default not in (None, "", frozenset(), PydanticUndefined)
            default = f"`{info.default}`" if plain else "(none)"
        rows.append(f"| `{name.upper()}` | {default} | {info.description} |")
    return "\n".join(rows)


def _clip(value: str) -> str:
    return repr(value if len(value) <= MAX_SHOWN else value[:MAX_SHOWN] + "…")


def _describe(detail: ErrorDetails) -> str:
    """One line on one wrong setting: its name, what is wrong, what to put; never the token."""
    field = str(detail["loc"][0])
    info = Settings.model_fields[field]
    name, what = field.upper(), detail["msg"].removeprefix("Value error, ")
    if field == "discord_token":
        return f"{name}: {what}. Put the token from the Bot page of https://discord.com/developers/applications."
    put = f" Put, for example, {info.examples[0]}." if info.examples else ""
    return f"{name}: {_clip(str(detail['input']))} cannot be used: {what}.{put}"
