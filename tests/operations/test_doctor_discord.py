"""Each way in which a bot can be set up wrongly on Discord is found, with what to do about it."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
import pytest
from discord_rest import ADMINS, FORUM, GUILD, HELPERS, ME, POSTS, TEXT, VOICE, Rest, role, serving

from bot.app import point_at
from bot.cli import main
from bot.cogs import doctor
from bot.cogs.doctor import Asked, check_discord
from bot.operations.doctor.findings import Finding, Level
from bot.settings import Settings, load_settings
from bot.state import make_store

PARCEL = str(Path(__file__).resolve().parents[1] / "corpora/parcel")
TOKEN = f"{base64.urlsafe_b64encode(str(ME).encode()).decode().rstrip('=')}.abcdef.secret-part-of-it"
SOUND = {
    "DISCORD_TOKEN": TOKEN,
    "SUPPORT_CHANNELS": f"{TEXT},{FORUM}",
    "HELPER_ROLES": str(HELPERS),
    "ADMIN_ROLES": str(ADMINS),
    "INSIGHTS_CHANNEL": str(POSTS),
    "ADMIN_SERVERS": str(GUILD),
}
OK, WARNING, ERROR = Level
NO_THREADS = discord.Permissions(create_public_threads=True, send_messages_in_threads=True)


@pytest.fixture(autouse=True)
def _addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore Discord's addresses afterwards."""
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    gateway = discord.gateway.DiscordWebSocket
    monkeypatch.setattr(gateway, "DEFAULT_GATEWAY", gateway.DEFAULT_GATEWAY)


async def findings(rest: Rest, environ: dict[str, str], own: dict[int, dict[str, Any]] | None = None) -> list[Finding]:
    """What is found with these settings; own: what servers have set for themselves."""
    async with serving(rest):
        settings = load_settings({**environ, "DISCORD_API_BASE": f"http://127.0.0.1:{rest.port}/api/v10"})
        point_at(settings)

        def effective(guild: int | None) -> Settings:
            return settings.model_copy(update=(own or {}).get(guild or 0, {}))

        channels = {guild: effective(guild).support_channels for guild in own or {}}
        return await check_discord(Asked(settings, effective, channels))


async def test_a_bot_that_is_set_up_soundly_has_nothing_to_mend_and_nothing_is_changed() -> None:
    rest = Rest()
    found = await findings(rest, SOUND)
    assert {finding.level for finding in found} == {OK}
    assert {finding.about for finding in found} == {
        "DISCORD_TOKEN",
        "MESSAGE_CONTENT_INTENT",
        "Discord",
        "SUPPORT_CHANNELS",
        "INSIGHTS_CHANNEL",
        "roles",
    }
    assert all(asked.startswith("GET ") for asked in rest.asked)


@dataclass
class Wrong:
    """A mistake, and the finding that names it."""

    level: Level
    about: str
    found: str
    advice: str
    rest: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)


MISTAKES = {
    "no token": Wrong(WARNING, "Discord", "no token", "Reset Token", environ={"DISCORD_TOKEN": ""}),
    "token refused": Wrong(ERROR, "DISCORD_TOKEN", "does not accept", "Reset Token", {"status": 401}),
    "another bot's id": Wrong(
        WARNING, "DISCORD_TOKEN", "names the bot 1001, and Discord says 1009", "Copy a new one", {"me": 1009}
    ),
    "Discord forbids": Wrong(ERROR, "Discord", "status 403", "DNS, proxy, firewall", {"status": 403}),
    "no intent": Wrong(WARNING, "MESSAGE_CONTENT_INTENT", "not granted", "applications/1001/bot", {"flags": 0}),
    "intent required": Wrong(
        ERROR, "MESSAGE_CONTENT_INTENT", "does not start", "Switch it on", {"flags": 0}, {"MESSAGE_CONTENT_INTENT": "on"}
    ),
    "in no server": Wrong(ERROR, "Discord", "in no server", "permissions=309237713920", {"guilds": ()}),
    "too few shards": Wrong(WARNING, "SHARDS", "Discord recommends 4", "SHARDS=4", {"shards": 4}, {"SHARDS": "2"}),
    "few starts left": Wrong(WARNING, "Discord", "20 of 1,000", "in 2.0 h", {"starts": 20}),
    "no starts left": Wrong(ERROR, "Discord", "0 of 1,000", "in 2.0 h", {"starts": 0}),
    "unknown channel": Wrong(
        ERROR, "SUPPORT_CHANNELS", "3999: the bot sees no", "Copy Channel ID", {}, {"SUPPORT_CHANNELS": "3999"}
    ),
    "voice channel": Wrong(
        ERROR, "SUPPORT_CHANNELS", "#talk (3003) is a voice", "Correct the id", {}, {"SUPPORT_CHANNELS": str(VOICE)}
    ),
    "cannot see": Wrong(
        ERROR,
        "SUPPORT_CHANNELS",
        "#help (3001): the bot lacks View Channel",
        "Grant it",
        {"denied": {TEXT: discord.Permissions(view_channel=True)}},
    ),
    "cannot read history": Wrong(
        ERROR,
        "SUPPORT_CHANNELS",
        "#help-forum (3002): the bot lacks Read Message History",
        "Grant it",
        {"denied": {FORUM: discord.Permissions(read_message_history=True)}},
    ),
    "cannot answer posts": Wrong(
        ERROR,
        "SUPPORT_CHANNELS",
        "#help-forum (3002): the bot lacks Send Messages in Threads",
        "Grant it",
        {"denied": {FORUM: discord.Permissions(send_messages_in_threads=True)}},
    ),
    "no threads": Wrong(
        WARNING, "SUPPORT_CHANNELS", "replies in the channel, without threads", "Grant it", {"denied": {TEXT: NO_THREADS}}
    ),
    "no right at all": Wrong(ERROR, "SUPPORT_CHANNELS", "the bot lacks", "Grant it", {"permissions": discord.Permissions.none()}),
    "cannot delete": Wrong(
        ERROR, "DELETE_LEAKED_KEYS", "lacks Manage Messages", "unset DELETE_LEAKED_KEYS", {}, {"DELETE_LEAKED_KEYS": "true"}
    ),
    "cannot tag": Wrong(ERROR, "ANSWERED_TAG", "lacks Manage Threads", "unset ANSWERED_TAG", {}, {"ANSWERED_TAG": "answered"}),
    "cannot tag areas": Wrong(ERROR, "AREA_TAGS", "lacks Manage Threads", "unset AREA_TAGS", {}, {"AREA_TAGS": "true"}),
    "no such tag": Wrong(
        WARNING, "SOLVED_TAG", 'has no tag "done"', "Make it in the settings of the forum", {}, {"SOLVED_TAG": "done"}
    ),
    "no forum for tags": Wrong(
        WARNING, "SOLVED_TAG", "no forum", "Add a forum", {}, {"SOLVED_TAG": "solved", "SUPPORT_CHANNELS": str(TEXT)}
    ),
    "unknown insights": Wrong(
        ERROR, "INSIGHTS_CHANNEL", "3999: the bot sees no", "Correct the id", {}, {"INSIGHTS_CHANNEL": "3999"}
    ),
    "insights in a forum": Wrong(ERROR, "INSIGHTS_CHANNEL", "is a forum", "Correct the id", {}, {"INSIGHTS_CHANNEL": str(FORUM)}),
    "no pictures": Wrong(
        ERROR, "INSIGHTS_CHANNEL", "lacks Attach Files", "Grant it", {"denied": {POSTS: discord.Permissions(attach_files=True)}}
    ),
    "unknown role": Wrong(ERROR, "ADMIN_ROLES", "4999 is no role", "Correct the id", {}, {"ADMIN_ROLES": "4999"}),
    "everyone": Wrong(ERROR, "HELPER_ROLES", "is @everyone", "only some have", {}, {"HELPER_ROLES": str(GUILD)}),
    "role that cannot be pinged": Wrong(
        WARNING,
        "HUMAN_ROLES",
        "cannot ping helpers",
        "Mention Everyone",
        {"roles": [role(HELPERS, "helpers", mentionable=False), role(ADMINS, "admins")]},
    ),
    "strange server": Wrong(WARNING, "ADMIN_SERVERS", "not in the server 2999", "Invite it", {}, {"ADMIN_SERVERS": "2999"}),
    "one request fails": Wrong(
        ERROR, "SUPPORT_CHANNELS", "status 400", "https://discordstatus.com", {"failing": {f"/channels/{TEXT}": 400}}
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
async def test_a_mistake_is_found_with_what_to_do_and_without_the_token(name: str) -> None:
    wrong = MISTAKES[name]
    found = await findings(Rest(**wrong.rest), {**SOUND, **wrong.environ})
    fitting = [f for f in found if (f.level, f.about) == (wrong.level, wrong.about) and wrong.found in f.found]
    assert fitting, [str(finding) for finding in found]
    assert wrong.advice in fitting[0].advice
    assert not [finding for finding in found if finding.level is not OK and not finding.advice]
    assert "secret-part" not in "".join(map(str, found))


async def test_with_all_rights_tags_and_leaked_keys_need_nothing() -> None:
    environ = {**SOUND, "ANSWERED_TAG": "Answered", "SOLVED_TAG": "solved", "AREA_TAGS": "on", "DELETE_LEAKED_KEYS": "on"}
    found = await findings(Rest(permissions=discord.Permissions(administrator=True)), environ)
    assert {finding.level for finding in found} == {OK}


async def test_what_servers_set_for_themselves_is_looked_at_in_place_of_the_environment_s() -> None:
    own = {GUILD: {"support_channels": frozenset({VOICE})}}
    found = await findings(Rest(), SOUND, own)
    assert [f.found for f in found if f.level is ERROR] == ["#talk (3003) is a voice, neither a text channel nor a forum"]
    assert len([f for f in found if "its server has chosen other channels" in f.found]) == 2


async def test_a_request_that_is_never_answered_costs_only_its_own_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "STEP_S", 0.3)
    found = await findings(Rest(hangs=(f"/channels/{TEXT}",)), SOUND)
    assert [(f.level, f.about) for f in found if f.level is not OK] == [(ERROR, "SUPPORT_CHANNELS")]
    assert any("help-forum" in f.found for f in found)


async def test_servers_that_cannot_be_reached_are_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "STEP_S", 0.5)
    settings = load_settings({**SOUND, "DISCORD_API_BASE": "http://127.0.0.1:9/api/v10"})
    point_at(settings)
    (found,) = await check_discord(Asked(settings, lambda _: settings, {}))
    assert (found.level, found.about) == (ERROR, "Discord")
    assert "127.0.0.1:9" in found.found


async def test_the_command_asks_discord_and_the_state_and_prints_no_secret(
    tmp_path: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {
        **SOUND,
        "KNOWLEDGE_DIR": PARCEL,
        "CACHE_DIR": str(cache_dir),
        "DATA_DIR": str(tmp_path / "data"),
    }
    store = make_store(load_settings(environ))
    await store.open()
    await store.set_guild_setting(GUILD, "support_channels", [VOICE, TEXT])
    await store.close()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    async with serving(Rest()) as rest:
        for name, value in {**environ, "DISCORD_API_BASE": f"http://127.0.0.1:{rest.port}/api/v10"}.items():
            monkeypatch.setenv(name, value)
        code = await asyncio.to_thread(main, ["doctor"])
    lines = capsys.readouterr().out.splitlines()
    errors = [line for line in lines if line.startswith("error")]
    assert code == 1
    assert len(errors) == 1, errors
    assert errors[0].startswith("error   SUPPORT_CHANNELS: #talk (3003) is a voice")
    assert any("its server has chosen other channels" in line for line in lines)
    assert lines[-1].startswith("1 error(s), ")
    assert "secret-part" not in "\n".join(lines)


async def test_offline_nothing_is_asked_of_discord(
    tmp_path: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serving(Rest()) as rest:
        api = f"http://127.0.0.1:{rest.port}/api/v10"
        own = {"KNOWLEDGE_DIR": PARCEL, "CACHE_DIR": str(cache_dir), "DATA_DIR": str(tmp_path), "DISCORD_API_BASE": api}
        for name, value in {**SOUND, **own}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("DATABASE_URL", raising=False)
        assert await asyncio.to_thread(main, ["doctor", "--offline"]) == 0
        assert rest.asked == []
    assert "logged in" not in capsys.readouterr().out
