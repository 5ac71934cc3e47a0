"""Every setting of the bot, read from the environment: its name, type, default and meaning in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from bot.errors import SettingError
from bot.setting_values import (
    MAX_ID,
    Folder,
    Ids,
    check_hours,
    check_token,
    check_url,
    check_zone,
    describe_wrong,
)
from bot.settings_serving import ServingSettings


class Settings(ServingSettings):
    """The bot's settings; each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", enable_decoding=False, env_ignore_empty=True)

    discord_token: Annotated[SecretStr, AfterValidator(check_token)] | None = Field(
        default=None, description="The bot's token, from https://discord.com/developers/applications (Bot, Reset Token)."
    )
    support_channels: Ids = Field(
        default=frozenset(),
        description="Ids of the text channels and forums where the bot answers unasked, separated by commas.",
        examples=["112233445566778899,998877665544332211"],
    )
    admin_roles: Ids = Field(
        default=frozenset(),
        description="Ids of the roles that may use /corpus, /insights and /settings, besides members who may manage the server.",
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
    data_dir: Folder = Field(
        default_factory=lambda: user_data_path("support-bot"),
        description="Folder of what the bot must not forget: its state, in `state/`, and uploaded corpora, in `corpus/`.",
        examples=["./data"],
        json_schema_extra={"shown": "the user's data folder"},
    )
    retention_days: int = Field(
        default=365,
        ge=1,
        le=36_500,
        description="Days after which answers, votes and the audit are removed from the state.",
        examples=["365"],
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
    admin_servers: Ids = Field(
        default=frozenset(),
        description="Ids of the servers whose admins may replace the corpus; without any, only while the bot is in one server.",
        examples=["112233445566778899"],
    )
    quiet_hours: Annotated[str, AfterValidator(check_hours)] = Field(
        default="",
        description="Hours of the day in which the bot does not speak unasked, such as `22:00-07:00`.",
        examples=["22:00-07:00"],
    )
    time_zone: Annotated[str, AfterValidator(check_zone)] = Field(
        default="UTC", description="Time zone of the quiet hours and of the weekly post of insights.", examples=["Europe/Berlin"]
    )
    insights_channel: int = Field(
        default=0,
        ge=0,
        le=MAX_ID,
        description="Id of the channel that gets the insights of its server once a week.",
        examples=["112233445566778899"],
        json_schema_extra={"shown": "(none)"},
    )
    human_roles: Ids = Field(
        default=frozenset(),
        description='Ids of the roles that "Need a human" calls; without any, those of `HELPER_ROLES`.',
        examples=["112233445566778899"],
    )
    human_tag: str = Field(
        default="",
        description='Name of the forum tag that a post gets by "Need a human".',
        examples=["needs a human"],
    )
    human_calls_per_hour: int = Field(
        default=3, ge=0, le=1_000, description='Calls of "Need a human" in one channel within an hour.', examples=["3"]
    )
    queue_limit: int = Field(
        default=100,
        ge=1,
        le=100_000,
        description="Messages that may wait for an analysis; beyond it, who asks (over HTTP, too) is told to try again later.",
        examples=["100"],
    )
    message_content_intent: Annotated[Literal["auto", "on", "off"], BeforeValidator(lambda v: str(v).lower())] = Field(
        default="auto",
        description="Whether the bot reads what is not addressed to it: `on`, `off` (mentions, replies, commands and direct "
        "messages only), or `auto` (`on` if Discord grants the intent).",
        examples=["auto"],
    )
    direct_messages: bool = Field(
        default=True, description="Whether direct messages to the bot are answered.", examples=["false"]
    )
    answer_questions: bool = Field(
        default=False,
        description="Whether questions of fact are answered unasked, too, not only failures.",
        examples=["true"],
    )
    public_context_menu: bool = Field(
        default=False,
        description='Whether everybody sees the answers of "Diagnose this message".',
        examples=["true"],
    )
    answered_tag: str = Field(
        default="",
        description="Name of the forum tag that a post gets when the bot has answered it.",
        examples=["answered by the bot"],
    )
    solved_tag: str = Field(
        default="",
        description="Name of the forum tag of solved posts: the bot is silent in them, and sets it when the answer fixed it.",
        examples=["solved"],
    )
    area_tags: bool = Field(
        default=False,
        description="Whether a post gets the forum tag named like the area of its cause (a folder under `causes/`).",
        examples=["true"],
    )
    follow_edits_hours: int = Field(
        default=24,
        ge=1,
        le=720,
        description="Hours in which an answer follows the edits and the deletion of the message it answers.",
        examples=["24"],
    )
    delete_leaked_keys: bool = Field(
        default=False,
        description="Whether a message that holds a key is deleted once it has been read (needs Manage Messages).",
        examples=["true"],
    )
    read_screenshots: bool = Field(
        default=False,
        description="Whether pictures are read by OCR; needs the extra `ocr`, seconds of a core a picture, and 700 MB.",
        examples=["true"],
    )
    source_max_age_days: int = Field(
        default=730,
        ge=1,
        le=36_500,
        description="Days after which `corpus check` asks to read a cited page again.",
        examples=["730"],
    )
    chromium: str = Field(
        default="",
        description="The Chromium that `preview --screenshots` takes pictures with, by name or path.",
        examples=["/usr/bin/chromium"],
        json_schema_extra={"shown": "the first found on the PATH"},
    )
    discord_api_base: Annotated[str, check_url("https", "http")] = Field(
        default="https://discord.com/api/v10",
        description="Base URL of the REST API, to use another server than Discord's.",
        examples=["http://127.0.0.1:8080/api/v10"],
    )
    discord_gateway_url: Annotated[str, check_url("wss", "ws")] = Field(
        default="wss://gateway.discord.gg",
        description="URL of the gateway, to use another server than Discord's.",
        examples=["ws://127.0.0.1:8080/gateway"],
    )

    @property
    def export_dirs(self) -> tuple[Path, ...]:
        """Where exports of the model are looked for, the place where they are made first; then the user's own, made at setup."""
        return tuple(dict.fromkeys(folder / "models" for folder in (self.cache_dir, user_cache_path("support-bot"))))


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
        problems = [describe_wrong(detail, Settings.model_fields) for detail in error.errors(include_url=False)]
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
