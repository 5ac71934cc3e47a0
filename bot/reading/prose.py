"""The user's own words: the lines of a message that are no trace, no log, no code and no data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.reading.code import is_code
from bot.reading.types import Line, LogRecord, Trace

MAX_PROSE = 4000
"""Characters of prose that are kept; people do not write more, programs do."""

_CODE_START = re.compile(
    r"(?:from \S+ import|def|async def|await|const|var|npx|\$|#!|>>>|//|/\*|at |File \"|Traceback|<)(?:\W|$)"
)
# Words of code, and of English: a line that begins with one is code unless it goes on as a sentence.
_MAYBE_CODE_START = re.compile(r"(?:import|class|return|let|function|export|public|private|curl|pip3?|npm|yarn|uv)(?:\W|$)")
_OPTION = re.compile(r"\s--?[a-zA-Z]|\s@\w")
SENTENCE = 5
"""Words from which such a line is a sentence, if it holds no mark of code."""
_ERROR_LINE = re.compile(r"(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception|Failure|Timeout)\b[:(]|(?:[\w$]+\.)+[A-Z]\w+: ")
_MENTION = re.compile(r"<(?:@[!&]?|#|a?:\w{1,32}:)\d{1,20}>")
"""A member, a channel or an emoji, as Discord writes them in a message's text."""
_TAG = re.compile(r"\s*\[[^\]]{1,40}\]\s")
TAGGED = 3
"""Lines that begin with a tag in brackets from which they are a program's output; one alone may be a title."""
# The vowel signs of India's scripts are no word characters to `re`.
_OBJECT = re.compile(r"\{\s*\\?[\"']\w+\\?[\"']\s*:")
"""An object of JSON, Python or JavaScript: data, however wordy its message is."""
_WORD = re.compile(r"(?:[^\W\d_]|[\u0900-\u0dff]){2,}")
_CODE_MARK = re.compile(r"[{}<>;=\\|]|\(\)|://|::|->|=>|\"\s*:|\w\(\S")


def find_prose(lines: Sequence[Line], traces: Iterable[Trace], records: Iterable[LogRecord]) -> tuple[str, frozenset[int]]:
    """The prose as one text, and the numbers of its lines."""
    taken = {record.number for record in records if record.at is not None or record.level}
    for trace in traces:
        taken.update(range(trace.start_line, trace.end_line + 1))
        taken.update(frame.number for frame in trace.frames)
    tagged = {line.number for line in lines if _TAG.match(line.text)}
    if len(tagged) >= TAGGED:
        taken |= tagged
    kept = [line for line in lines if line.number not in taken and _is_prose(line.text)]
    if not kept:
        kept = _only_line([line for line in lines if line.text.strip()], taken)
    return "\n".join(line.text.strip() for line in kept)[:MAX_PROSE], frozenset(line.number for line in kept)


def _only_line(lines: list[Line], taken: set[int]) -> list[Line]:
    """A message of one line that quotes code inside a sentence: words after words without a mark between them."""
    text = lines[0].text.strip() if len(lines) == 1 and lines[0].number not in taken else ""
    if not text or len(text) > MAX_PROSE or _ERROR_LINE.match(text) or _CODE_START.match(text) or _OBJECT.search(text):
        return []
    if _MAYBE_CODE_START.match(text) and _OPTION.search(text):
        return []
    runs = (len(_WORD.findall(run)) for run in _CODE_MARK.split(text))
    return lines if max(runs, default=0) >= SENTENCE else []


def _is_prose(text: str) -> bool:
    """Mostly words, few marks of code; a line in a script without spaces counts by its letters."""
    text = _MENTION.sub("", text).strip()
    if (
        not text
        or len(text) > 3000
        or _CODE_START.match(text)
        or _ERROR_LINE.match(text)
        or _OBJECT.search(text)
        or is_code(text)
    ):
        return False
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    marks = len(_CODE_MARK.findall(text))
    if _MAYBE_CODE_START.match(text) and (marks or len(words) < SENTENCE or _OPTION.search(text)):
        return False
    visible = len(text) - text.count(" ")
    return bool(words) and letters >= 0.6 * visible and (marks <= len(words) // 4 or (marks == 1 and len(words) > 2))
