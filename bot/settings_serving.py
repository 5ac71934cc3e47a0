"""The settings of running the bot for many: several processes, the log, what watches it, and its other ways in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from bot.setting_values import SecretTexts, check_database


class ServingSettings(BaseSettings):
    """The part of `bot.settings.Settings` that a bot of one process seldom needs."""

    database_url: Annotated[SecretStr, AfterValidator(check_database)] | None = Field(
        default=None,
        description="Database of the state: `sqlite:///` and a path, or `postgresql://user:password@host/name`.",
        json_schema_extra={"shown": "a SQLite file in `DATA_DIR/state`"},
    )
    shards: int = Field(
        default=0,
        ge=0,
        le=10_000,
        description="Shards that the bot's servers are divided into; 0: one, or with PostgreSQL as many as Discord recommends.",
        examples=["4"],
    )
    pgvector_above: int = Field(
        default=100_000,
        ge=0,
        le=100_000_000,
        description="Texts of a corpus above which PostgreSQL searches its vectors (pgvector), instead of memory.",
        examples=["100000"],
    )
    server_corpora: int = Field(
        default=20,
        ge=0,
        le=10_000,
        description="Servers that may have a corpus of their own beside the shared one.",
        examples=["20"],
    )
    log_format: Annotated[Literal["auto", "text", "json"], BeforeValidator(lambda v: str(v).lower())] = Field(
        default="auto", description="Form of the log: `text`, `json`, or `auto` (`text` on a terminal).", examples=["json"]
    )
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65_535,
        description="Port of `/healthz`, `/readyz` and `/metrics`; 0: none.",
        examples=["9100"],
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="Address on which `METRICS_PORT` is opened.", examples=["127.0.0.1"]
    )
    api_tokens: SecretTexts = Field(
        default=(),
        description="Tokens of those who may use `python -m bot http`, separated by commas, each of 24 characters or more.",
        json_schema_extra={"shown": "(none)"},
    )
    api_host: str = Field(
        default="127.0.0.1", description="Address on which `python -m bot http` listens.", examples=["127.0.0.1"]
    )
    api_port: int = Field(
        default=8080, ge=0, le=65_535, description="Port on which `python -m bot http` listens.", examples=["8080"]
    )
    api_requests_per_minute: int = Field(
        default=60, ge=1, le=100_000, description="Requests of one token within a minute.", examples=["60"]
    )
    api_body_limit: int = Field(
        default=1_048_576, ge=1_024, le=67_108_864, description="Largest body of a request, in bytes.", examples=["1048576"]
    )

    @property
    def postgres_url(self) -> str:
        """The URL of the database that processes share, with its password; "" where the state is in a file, for one process."""
        url = self.database_url.get_secret_value() if self.database_url is not None else ""
        return url if url.startswith("postgresql") else ""
