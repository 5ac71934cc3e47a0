from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.settings import Settings, load_settings, require_token
from bot.settings_table import settings_table

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.veryverysecretpart0123456789"


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = load_settings({})
    assert settings.discord_token is None
    assert settings.support_channels == frozenset()
    assert settings.knowledge_dir.name == "knowledge"
    assert settings.cache_dir.is_absolute()
    assert settings.log_level == "INFO"
    assert settings.discord_api_base == "https://discord.com/api/v10"
    assert settings.discord_gateway_url == "wss://gateway.discord.gg"


def test_only_the_given_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    settings = load_settings({})
    assert settings.log_level == "INFO"
    assert settings.discord_token is None


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    assert load_settings().log_level == "ERROR"


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("SUPPORT_CHANNELS", "123", "support_channels", frozenset({123})),
        ("SUPPORT_CHANNELS", "1, 2,3", "support_channels", frozenset({1, 2, 3})),
        ("SUPPORT_CHANNELS", "1 2,,3,", "support_channels", frozenset({1, 2, 3})),
        ("SUPPORT_CHANNELS", "  ", "support_channels", frozenset()),
        ("ADMIN_ROLES", "18446744073709551615", "admin_roles", frozenset({(1 << 64) - 1})),
        ("HELPER_ROLES", "7", "helper_roles", frozenset({7})),
        ("KNOWLEDGE_DIR", "/srv/knowledge", "knowledge_dir", Path("/srv/knowledge")),
        ("CACHE_DIR", "~/cache", "cache_dir", Path("~/cache").expanduser()),
        ("DATA_DIR", "~/data", "data_dir", Path("~/data").expanduser()),
        ("HUMAN_ROLES", "7", "human_roles", frozenset({7})),
        ("RETENTION_DAYS", "30", "retention_days", 30),
        ("EMBEDDING_MODEL", " ./model ", "embedding_model", "./model"),
        ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("ANALYSIS_LIMIT", "50000", "analysis_limit", 50_000),
        ("ANALYSIS_WORKERS", "4", "analysis_workers", 4),
        ("QUEUE_LIMIT", "7", "queue_limit", 7),
        ("MESSAGE_CONTENT_INTENT", "OFF", "message_content_intent", "off"),
        ("DIRECT_MESSAGES", "false", "direct_messages", False),
        ("ANSWER_QUESTIONS", "1", "answer_questions", True),
        ("DELETE_LEAKED_KEYS", "yes", "delete_leaked_keys", True),
        ("FOLLOW_EDITS_HOURS", "48", "follow_edits_hours", 48),
        ("ANSWERED_TAG", " answered ", "answered_tag", "answered"),
        ("DISCORD_API_BASE", "http://127.0.0.1:8080/api/v10/", "discord_api_base", "http://127.0.0.1:8080/api/v10"),
        ("DISCORD_API_BASE", "", "discord_api_base", "https://discord.com/api/v10"),
        ("DISCORD_GATEWAY_URL", "ws://127.0.0.1:8080/gateway", "discord_gateway_url", "ws://127.0.0.1:8080/gateway"),
        ("QUIET_HOURS", "22:00-07:00", "quiet_hours", "22:00-07:00"),
        ("TIME_ZONE", "Asia/Kolkata", "time_zone", "Asia/Kolkata"),
        ("INSIGHTS_CHANNEL", "12", "insights_channel", 12),
        ("ADMIN_SERVERS", "12", "admin_servers", frozenset({12})),
    ],
)
def test_reads_a_value(name: str, value: str, field: str, expected: object) -> None:
    assert getattr(load_settings({name: value}), field) == expected


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SUPPORT_CHANNELS", "#general", "'#general': not a Discord id"),
        ("SUPPORT_CHANNELS", "12,x,-3,1.5", "'x', '-3', '1.5': not a Discord id"),
        ("ADMIN_ROLES", "0", "'0': not a Discord id"),
        ("ADMIN_ROLES", "9" * 30, "not a Discord id"),
        ("HELPER_ROLES", "١٢٣", "not a Discord id"),
        ("LOG_LEVEL", "loud", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("ANALYSIS_LIMIT", "lots", "valid integer"),
        ("MESSAGE_CONTENT_INTENT", "maybe", "'auto', 'on' or 'off'"),
        ("FOLLOW_EDITS_HOURS", "0", "greater than or equal to 1"),
        ("DIRECT_MESSAGES", "perhaps", "valid boolean"),
        ("ANALYSIS_LIMIT", "1", "greater than or equal to 2000"),
        ("ATTACHMENT_LIMIT", "99999999999", "less than or equal to"),
        ("ANALYSIS_WORKERS", "0", "greater than or equal to 1"),
        ("USER_ANSWERS_PER_MINUTE", "-1", "greater than or equal to 1"),
        ("DISCORD_API_BASE", "discord.com", "not a URL that starts with https:// or http://"),
        ("DISCORD_API_BASE", "https://", "not a URL"),
        ("DISCORD_GATEWAY_URL", "https://gateway", "not a URL that starts with wss:// or ws://"),
        ("QUIET_HOURS", "22-7", "not two times of the day"),
        ("QUIET_HOURS", "24:00-07:00", "not two times of the day"),
        ("QUIET_HOURS", "07:00-07:00", "end when they begin"),
        ("TIME_ZONE", "Mars/Olympus", "no time zone of this name"),
        ("TIME_ZONE", "../../etc/passwd", "no time zone of this name"),
        ("TIME_ZONE", "Europe", "no time zone of this name"),
        ("INSIGHTS_CHANNEL", "#weekly", "valid integer"),
        ("RETENTION_DAYS", "0", "greater than or equal to 1"),
        ("DATABASE_URL", "mysql://user@host/name", "does not start with sqlite:/// or postgresql://"),
        ("DATABASE_URL", "state.sqlite3", "does not start with sqlite:/// or postgresql://"),
        ("DISCORD_TOKEN", f"Bot {TOKEN}", 'starts with the word "Bot"'),
        ("DISCORD_TOKEN", "two words", "a space or a line break"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_wrong_and_what_to_put(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingError) as caught:
        load_settings({name: value})
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert says in line
    assert "Put" in line


def test_every_wrong_setting_is_listed_at_once() -> None:
    wrong = {
        "SUPPORT_CHANNELS": "x",
        "LOG_LEVEL": "loud",
        "ANALYSIS_LIMIT": "lots",
        "DISCORD_TOKEN": "a b",
        "DISCORD_API_BASE": "?",
    }
    with pytest.raises(SettingError) as caught:
        load_settings(wrong)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "DISCORD_TOKEN",
        "SUPPORT_CHANNELS",
        "LOG_LEVEL",
        "ANALYSIS_LIMIT",
        "DISCORD_API_BASE",
    ]


@pytest.mark.parametrize("name", ["DISCORD_TOKEN", "SUPPORT_CHANNELS", "LOG_LEVEL", "DISCORD_API_BASE", "ANALYSIS_LIMIT"])
def test_a_token_is_never_repeated_wherever_it_was_put(name: str) -> None:
    with pytest.raises(SettingError) as caught:
        load_settings({name: f"Bot {TOKEN}" if name == "DISCORD_TOKEN" else TOKEN})
    shown = f"{caught.value}{caught.value!r}{caught.value.__context__!r}{caught.value.__cause__!r}".lower()
    assert "secret" not in shown
    assert "gabcde" not in shown


def test_the_token_is_not_in_the_settings_as_text() -> None:
    settings = load_settings({"DISCORD_TOKEN": TOKEN})
    assert TOKEN not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize("value", [TOKEN, f'"{TOKEN}"', f"'{TOKEN}'", f"  {TOKEN}\n"])
def test_the_token_is_cleaned_of_what_copying_adds(value: str) -> None:
    assert require_token(load_settings({"DISCORD_TOKEN": value})) == TOKEN


@pytest.mark.parametrize("environ", [{}, {"DISCORD_TOKEN": ""}, {"DISCORD_TOKEN": "   "}, {"DISCORD_TOKEN": '""'}])
def test_a_missing_token_says_which_variable_to_set_and_where_to_get_one(environ: dict[str, str]) -> None:
    with pytest.raises(SettingError, match=r"DISCORD_TOKEN is not set.*https://discord\.com/developers/applications"):
        require_token(load_settings(environ))


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:////srv/s.db", "sqlite+aiosqlite:////srv/s.db"),
        ("sqlite+aiosqlite:////srv/s.db", "sqlite+aiosqlite:////srv/s.db"),
        ("postgres://user:hush@host/name", "postgresql+asyncpg://user:hush@host/name"),
        ("postgresql://user:hush@host/name", "postgresql+asyncpg://user:hush@host/name"),
    ],
)
def test_the_url_of_a_database_gets_its_driver_and_shows_no_password(given: str, used: str) -> None:
    settings = load_settings({"DATABASE_URL": given})
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == used
    assert "hush" not in f"{settings} {settings.model_dump_json()}"


def test_a_wrong_url_of_a_database_is_never_repeated() -> None:
    with pytest.raises(SettingError) as caught:
        load_settings({"DATABASE_URL": "mysql://user:hush@host/name"})
    assert "hush" not in str(caught.value)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings({}).log_level = "ERROR"  # type: ignore[misc]


def test_the_table_has_a_row_for_every_setting() -> None:
    rows = settings_table().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [name.upper() for name in Settings.model_fields]
    assert all(row.count("|") == 4 and len(row.split("|")[3].strip()) > 20 for row in rows)


def test_the_table_is_the_same_on_every_machine() -> None:
    assert str(Path.home()) not in settings_table()
    assert str(Path.cwd()) not in settings_table()


def test_the_readme_holds_the_table() -> None:
    readme = Path(__file__).parent.parent / "README.md"
    assert settings_table() in readme.read_text("utf-8")
