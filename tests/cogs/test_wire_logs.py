"""One line of the log an answer, whatever way the question came, and nobody's words in any line."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from bot_process import RAISES, BotProcess, bot_process, environment
from wire import Wire, serving, until
from wire_faults import Fault, as_json
from wire_fixtures import FAILURE, vectors
from wire_payloads import ASKER, CHANNEL, GUILD, USER, command, message, question

__all__ = ["vectors"]

MARKER = "zanzibarian"
KEY = "ghp_Q7mZr2LkV9sXw4TnB8yDc3FgHj6PaU5eRt1K"
"""A key that is none."""
DIRECT = "3999"
PASTE = f"the {MARKER} says\nGITHUB_TOKEN={KEY}\n{FAILURE}\n{MARKER}Error: {MARKER}"
STAGES = {f"{stage}_ms" for stage in ("reading", "diagnosis", "reply", "waiting", "total")}


class Editable(Wire):
    """A server that also lets messages be edited."""

    async def _effect(self, method: str, path: str, body: Any) -> web.StreamResponse:
        match method, path.strip("/").split("/"):
            case "PATCH", ["channels", channel, "messages", id_]:
                return as_json(message(id_, body["content"], USER, channel))
        return await super()._effect(method, path, body)


def snowflake(step: int) -> str:
    """The id of a message that was written just now."""
    return str((int(time.time() * 1000) - 1_420_070_400_000 << 22) + step)


def direct(id_: str, text: str) -> dict[str, Any]:
    """A direct message to the bot."""
    return {name: value for name, value in question(id_, text, channel=DIRECT).items() if name not in ("guild_id", "member")}


async def drive(wire: Wire, bot: BotProcess) -> dict[str, dict[str, Any]]:
    """The same paste on every way in; returns what the line of each answer should hold, by the id it is about."""
    ids = [snowflake(step) for step in range(6)]
    here = {"guild_id": GUILD, "channel_id": CHANNEL, "author_id": ASKER, "asked": True}

    async def say(kind: str, data: dict[str, Any], expected: Callable[[], object]) -> None:
        await wire.dispatch(kind, data)
        await until(expected, 30.0)

    await say("MESSAGE_CREATE", question(ids[0], PASTE), lambda: f"Message {ids[0]}: diagnosis" in bot.log)
    await say("MESSAGE_CREATE", question(ids[1], PASTE, mentions=True), lambda: f"Message {ids[1]}: diagnosis" in bot.log)
    await say("MESSAGE_CREATE", direct(ids[2], PASTE), lambda: f"Message {ids[2]}: diagnosis" in bot.log)
    await say("INTERACTION_CREATE", command(ids[3], PASTE), lambda: f"Interaction {ids[3]}: diagnosis" in bot.log)
    edited = {**question(ids[0], f"{PASTE}\n{MARKER} once more"), "edited_timestamp": "2026-11-01T00:00:00+00:00"}
    await say("MESSAGE_UPDATE", edited, lambda: f"Edited message {ids[0]}: diagnosis" in bot.log)
    raising = f"{MARKER} {KEY} {RAISES}"
    await say("MESSAGE_CREATE", question(ids[4], raising), lambda: f"Message {ids[4]} was not answered" in bot.log)
    await say("INTERACTION_CREATE", command(ids[5], raising), lambda: f"Interaction {ids[5]} failed" in bot.log)
    return {
        f"Message {ids[0]}": {"surface": "channel", "thread_id": ids[0], **here, "asked": False},
        f"Message {ids[1]}": {"surface": "channel", "thread_id": ids[1], **here},
        f"Message {ids[2]}": {"surface": "direct", **here, "guild_id": "", "channel_id": DIRECT, "thread_id": ""},
        f"Interaction {ids[3]}": {"surface": "command", **here, "thread_id": ""},
        f"Edited message {ids[0]}": {"surface": "edit", "thread_id": ids[0], **here, "asked": False},
    }


async def ran(tmp_path: Path, vectors: Path, form: str, do: Callable[[Wire, BotProcess], Awaitable[Any]]) -> tuple[str, Any]:
    """The log of a bot that says all it can, and what was done with it."""
    closed = Fault("POST", "/users/@me/channels", 403, 50007, times=99)  # who pasted the key takes no direct messages
    async with serving(Editable(furnished=True, faults=[closed])) as wire:
        env = environment(wire, tmp_path, vectors, {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": form})
        async with bot_process(wire, env) as bot:
            done = await do(wire, bot)
            assert await bot.stop() == 0
        return bot.log, done


async def test_each_answer_is_one_json_line_with_ids_verdict_cause_and_times(tmp_path: Path, vectors: Path) -> None:
    log, expected = await ran(tmp_path, vectors, "auto", drive)
    lines = [json.loads(line) for line in log.splitlines()]
    assert all(line.keys() >= {"time", "level", "logger", "process", "message"} for line in lines)
    answered = {line["message"].partition(":")[0]: line for line in lines if line.get("event") == "answered"}
    assert answered.keys() == expected.keys()
    for about, line in answered.items():
        said = {**expected[about], "verdict": "diagnosis", "cause": "weight-exceeded", "certainty": "certain", "shard": 0}
        assert {name: line[name] for name in said} == said
        assert line["source_id"] == about.split()[-1]
        assert line["parts"] >= 1
        assert len(line["corpus"]) >= 12
        assert all(isinstance(line[stage], float) for stage in STAGES)
        assert line["total_ms"] >= line["reading_ms"] + line["diagnosis_ms"] + line["reply_ms"]
    assert MARKER not in log
    assert KEY not in log


async def test_as_text_the_line_of_an_answer_can_be_read_and_nobody_s_words_are_in_the_log(tmp_path: Path, vectors: Path) -> None:
    log, expected = await ran(tmp_path, vectors, "text", drive)
    for about, fields in expected.items():
        (line,) = [line for line in log.splitlines() if f" {about}: diagnosis in " in line and "event=answered" in line]
        assert f"surface={fields['surface']}" in line
        assert "cause=weight-exceeded" in line
    assert "RuntimeError" in log
    assert MARKER not in log
    assert KEY not in log
