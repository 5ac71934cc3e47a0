"""The log: one form for people, one for machines, and nobody's words in either."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.operations.logs import JsonLines, TextLines, describe_exception

ROOT = Path(__file__).resolve().parents[2]
MARKER = "zanzibar"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def fail() -> None:
    try:
        int(MARKER)
    except ValueError as error:
        raise RuntimeError(f"{MARKER} again") from error


def logged(formatter: logging.Formatter) -> str:
    """What a logger prints of a line with fields and of an exception."""
    stream, logger = io.StringIO(), logging.getLogger("bot.test")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        logger.info("Message %d: fine – so far", 7, extra={"event": "answered", "guild_id": "12", "cause": "", "total_ms": 1.5})
        try:
            fail()
        except RuntimeError:
            logger.exception("It failed")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    return stream.getvalue()


def test_a_json_line_holds_the_time_in_utc_the_message_its_fields_and_the_exception_as_one() -> None:
    first, second = map(json.loads, logged(JsonLines()).splitlines())
    assert TIME.fullmatch(first.pop("time"))
    assert re.fullmatch(r".+:\d+", first.pop("process"))
    fields = {"event": "answered", "guild_id": "12", "cause": "", "total_ms": 1.5}
    assert first == {"level": "INFO", "logger": "bot.test", "message": "Message 7: fine – so far", **fields}
    assert second["level"] == "ERROR"
    assert second["exception"].endswith("RuntimeError")
    assert "ValueError\n\n" in second["exception"]
    assert "in fail" in second["exception"]


def test_a_text_line_reads_from_left_to_right_and_leaves_out_what_is_empty() -> None:
    first, rest = logged(TextLines()).split("\n", 1)
    assert first.endswith(" INFO bot.test: Message 7: fine – so far  event=answered guild_id=12 total_ms=1.5")
    assert rest.rstrip().endswith("RuntimeError")


@pytest.mark.parametrize("formatter", [JsonLines(), TextLines()], ids=["json", "text"])
def test_the_text_of_an_exception_and_of_what_led_to_it_is_not_printed(formatter: logging.Formatter) -> None:
    assert MARKER not in logged(formatter)


def test_of_an_error_of_the_system_its_own_words_are_kept() -> None:
    try:
        Path(f"/nowhere/{MARKER}").read_text(encoding="utf-8")
    except OSError as error:
        described = describe_exception(error)
    assert described.endswith("FileNotFoundError (No such file or directory)")


CONFIGURED = """
import logging, sys
from bot.operations.logs import configure_logging
configure_logging(sys.argv[1], sys.argv[2])
logging.getLogger("bot.x").debug("own detail")
logging.getLogger("bot.x").info("own news")
logging.getLogger("somebody.else").debug("quoted statement")
logging.getLogger("somebody.else").info("foreign news")
logging.getLogger("aiohttp.access").info("GET /healthz")
logging.getLogger("uvicorn.access").info("GET /healthz")
"""


@pytest.mark.parametrize(
    ("level", "form", "own", "foreign", "as_json"),
    [
        ("DEBUG", "auto", ["own detail", "own news"], ["foreign news"], True),
        ("INFO", "json", ["own news"], ["foreign news"], True),
        ("INFO", "text", ["own news"], ["foreign news"], False),
        ("WARNING", "text", [], [], False),
    ],
)
def test_the_settings_decide_on_level_and_form(level: str, form: str, own: list[str], foreign: list[str], as_json: bool) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CONFIGURED, level, form], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    lines = ran.stderr.splitlines()
    said = [json.loads(line)["message"] if as_json else line.split(": ", 1)[1] for line in lines]
    assert said == [*own, *foreign]
    assert ran.stdout == ""
