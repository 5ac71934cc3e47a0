"""Statements are code; sentences that begin with the same words are not."""

from __future__ import annotations

import pytest

from bot.reading.code import is_code

CODE = [
    "try:",
    "except ApiError as error:",
    "async for message in ws:",
    "if (error.statusCode === 401) {",
    "const audio = await client.convert(id);",
    "console.error('tts failed', error)",
    "} catch (error) {",
    "onError: (error) => show(error),",
    "return error instanceof ApiError && error.statusCode === 401;",
    "logging.getLogger('httpx').setLevel(logging.WARNING)",
]
WORDS = [
    "for context, we stream the text of an LLM",
    "if I send it twice it fails",
    "with the new model the connection is closed after a minute:",
    "while testing on staging we see this error:",
    "return value is empty, why?",
    "import fails on Windows",
    "httpx.ConnectError: All connection attempts failed",
    "2026-01-01 10:00:00 ERROR closed",
]


@pytest.mark.parametrize("line", CODE)
def test_a_statement_is_code(line: str) -> None:
    assert is_code(line)


@pytest.mark.parametrize("line", WORDS)
def test_a_sentence_or_an_error_is_no_code(line: str) -> None:
    assert not is_code(line)
