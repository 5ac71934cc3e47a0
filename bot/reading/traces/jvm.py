"""Java, Kotlin, Scala and Android: `at package.Class.method(File:line)` below `package.Type: message`, causes below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import Block, blocks, error_above, text_at
from bot.reading.traces.grammar import Found, found, integer
from bot.reading.types import Frame, Line, RaisedError

_NAME = r"[^\s()/:;,'\"=]{1,300}"
_PLACE = (
    r"(?:(?P<file>[^\s():/\\;,]{0,200}(?: \(\w+\))?):(?P<line>-?\d{1,9})|"
    r"(?P<only>[^\s():/\\;,=\"']{1,200}\.\w{1,8})|(?P<none>Native Method|Unknown Source|SourceFile|<generated>|"
    r"Unknown Source:\d{1,9}))"
)
_FRAME = re.compile(
    rf"\s*(?:\d{{1,9}}:\s*)?(?:\[[A-Z]+\]\s*)?at (?P<function>(?:[\w.@$+-]{{0,120}}/{{1,2}}){{0,3}}{_NAME})\({_PLACE}\)"
)
_BARE = re.compile(
    r"\s*(?P<function>(?:[\w$-]{1,80}\.){1,15}[\w$<>-]{1,120})\("
    r"(?:(?P<file>(?:[\w$-]{1,80}/){0,12}[\w$-]{1,120}\.(?:java|kt|kts|scala|groovy|clj)):(?P<line>\d{1,9})|"
    r"(?P<none>Native Method|Unknown Source(?::\d{1,9})?))\)\s*$"
)
_RUINED = re.compile(
    r"\s*at (?P<function>[\w.$]{3,300}?)(?:\.{3,}|(?P<file>[\w$]{1,100}\.(?:java|kt|scala)):(?P<line>\d{1,9})\))\s*$"
)
_CAUSE = re.compile(r"\s*(?:Caused by|Wrapped by|Causado por|Verursacht durch): ")
_SUPPRESSED = re.compile(r"\s*Suppressed: ")
_MORE = re.compile(
    r"\s*(?:\.\.\. ?\d{1,6} (?:more|common frames omitted|frames? (?:excluded|truncated|omitted))|"
    r"\[CIRCULAR REFERENCE|\.\.\.$|- locked <|- waiting )"
)
_SUFFIX = r"(?:Exception|Error|Throwable|Failure|Fault|Death|Interrupt)"
_TYPE = r"(?:[\w$\u0080-\uffff]{1,100}\.){1,15}[\w$\u0080-\uffff]{1,100}"
_LEADING = re.compile(rf"(?P<type>{_TYPE}|[A-Z][\w$]{{0,100}}{_SUFFIX}[\w$]{{0,30}})(?:: ?(?P<message>.*)|(?=\s*$))", re.DOTALL)
_WITHIN = re.compile(
    rf"(?:^|"
    rf"(?<=[\s:>\[(=\"'-]))(?P<type>(?:[A-Za-z_$][\w$]{{0,100}}\.){{0,15}}[A-Z_$][\w$]{{0,100}}?{_SUFFIX}(?:\$\w+|"
    rf"\d?))(?:: ?(?P<message>.*)|\s*$)",
    re.DOTALL,
)
_THREAD = re.compile(
    r"\s*Exception in thread \"[^\"]{0,200}\" |\s*(?:Caused by|Wrapped by|Suppressed): |\s*(?:FATAL EXCEPTION|Exception): "
)
_KOTLIN = re.compile(r"\.kts?$")
_ANDROID = re.compile(r"^(?:android|androidx|dalvik|com\.android)\.")


class JvmGrammar:
    """Traces of `Throwable.printStackTrace` and of the loggers that imitate it."""

    marks = (
        r"\bat [^\s()]+\([^()]*\)",
        r"\bat \S+\.(java|kt|scala):\d+\)|\bat [\w.$]+\.\.\.",
        r"^\s*[\w$.<>-]+\(([\w$/-]+\.(java|kt|kts|scala|groovy|clj):\d+|Native Method|Unknown Source(:\d+)?)\)\s*$",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each run of frames; a cause printed below belongs to the run."""
        floor = 0
        for block in blocks(lines, anchors, _frame, _bridge):
            above = error_above(lines, block.start, floor, _header)
            floor = block.end + 1
            if above is None and not _alone(lines, block):
                continue
            yield _trace(lines, block, above)


def _frame(text: str, number: int) -> Frame | None:
    match = _FRAME.match(text)
    if match:
        file = match["file"] if match["line"] else match["only"]
        line = integer(match["line"])
        if file is None and match["none"]:
            file, _, place = match["none"].partition(":")
            file, line = (None if " " in file else file), integer(place)
        return Frame(file, line, match["function"], number)
    match = _BARE.match(text) or _RUINED.match(text)
    return Frame(match["file"], integer(match["line"]), match["function"], number) if match else None


def _bridge(text: str) -> int | None:
    if _MORE.match(text):
        return 0
    return 8 if _CAUSE.match(text) or _SUPPRESSED.match(text) else None


def _header(text: str, number: int, adjacent: bool) -> RaisedError | None:
    if _frame(text, number):
        return None
    lead = _THREAD.match(text)
    rest = text[lead.end() :] if lead else text.lstrip()
    match = _LEADING.match(rest) if lead or adjacent else None
    match = match or _WITHIN.search(rest)
    if match is None:
        return None
    return RaisedError(match["type"], (match["message"] or "").strip(), number)


def _alone(lines: Sequence[Line], block: Block) -> bool:
    """Whether frames without an error above are a trace: two, or one in the form only a trace has."""
    if len(block.frames) >= 2:
        return True
    text = text_at(lines, block.start)
    return bool(_FRAME.match(text)) and (block.frames[0].line is not None or block.end > block.start)


def _trace(lines: Sequence[Line], block: Block, above: tuple[int, RaisedError] | None) -> Found:
    start = above[0] if above else block.start
    if above and start > 0 and text_at(lines, start - 1).rstrip().endswith("nested exception is:"):
        # A mail library's message ends with the text of the nested error: the error proper stands further up.
        outer = error_above(lines, start - 1, max(0, start - 4), _header, 3)
        if outer:
            start, above = outer[0], outer
    segments: list[tuple[RaisedError | None, int]] = [(above[1] if above else None, block.start)]
    places = iter(range(block.start, block.end + 1))
    for index in places:
        text = text_at(lines, index)
        if _CAUSE.match(text) and (error := _header(text, lines[index].number, True)):
            segments.append((error, index))
    chain = []
    for error, index in reversed(segments):
        if error is not None:
            first = next((frame for frame, place in zip(block.frames, block.places, strict=True) if place >= index), None)
            chain.append(RaisedError(error.type, error.message, error.number, first))
    innermost = block.frames[0]
    error = chain[-1] if segments[0][0] is not None else None
    return found(
        _language(block, error),
        lines,
        start,
        block.end,
        frames=block.frames,
        innermost=innermost,
        error=error,
        chain=chain,
        truncated=error is None,
    )


def _language(block: Block, error: RaisedError | None) -> str:
    files = [frame.file for frame in block.frames if frame.file]
    if (error and error.type.startswith("scala.")) or (files and files[0].endswith(".scala")):
        return "scala"
    if any((frame.function or "").startswith(("android.", "androidx.", "com.android.", "dalvik.")) for frame in block.frames):
        return "android"
    return "kotlin" if files and _KOTLIN.search(files[0]) else "java"


JVM = JvmGrammar()
