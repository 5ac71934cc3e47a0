""".NET: `at Namespace.Method(Type name) in path:line N` below `Type (0x…): message ---> Inner: message`, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import Block, blocks, text_at
from bot.reading.traces.grammar import Found, found, integer, is_record
from bot.reading.types import Frame, Line, RaisedError

_AT = r"(?:at|bei|à|в|em|en|in|w|a|på|kohteessa|konumunda|在|於|場所|위치:)"
_FRAME = re.compile(
    rf"\s*{_AT} (?:\(wrapper [\w-]{{1,40}}\) )?(?P<function>[^\s(/@=;]{{1,600}}(?:, ?[^\s(/@=;]{{1,200}}){{0,8}}) ?"
    r"\((?P<args>[^()]{0,3000}(?:\([^()]{0,200}\)[^()]{0,500}){0,4})\)(?P<offset> ?\[0x[0-9a-fA-F]{1,16}\])?"
    r"(?: (?:in|dans|en|в|em|w|i|bij) (?P<file>[^\n]{1,600}?):(?:(?:line|Zeile|ligne|línea|riga|строка|linha|regel|"
    r"wiersz|rad|satır|行|줄) ?)?(?P<line>\d{1,9}))?\s*$"
)
_NOT_ARGS = re.compile(
    r"(?:native|native code|<anonymous>|unknown location|index \d+|Native Method|Unknown Source(?::\d+)?|"
    r"SourceFile(?::\d+)?|<generated>|[^,()]*\.(?:java|kt|kts|scala|groovy|clj|[cm]?[jt]sx?)(?::\d+)*|"
    r"[^()]*:\d+(?::\d+)?)$"
)
_CALL = re.compile(r"[\w.+<>`$|~\[\],:&*=-]{1,600}[.:][\w.<>`$|~\[\],&*+-]{1,400}$|\.?c?ctor$")
_UNITY = re.compile(
    r"\s*(?P<function>[\w.`+<>\[\],/|$-]{1,300}[.:][\w.<>`$|]{1,200}(?:\[[^\]]{0,200}\])?) ?\((?P<args>[^()"
    r"]{0,2000})\) ?\(at (?P<file>[^()\n]{1,600}?):(?P<line>\d{1,9})\)\s*$"
)
_COLON = re.compile(
    r"\s*(?P<function>(?:[A-Z_][\w`+<>]{0,120}\.?){1,12}:[\w<>.|`]{1,120}) ?\((?P<args>[\w., &\[\]`+<>*]{0,1000})\)\s*$"
)
_ARROW = re.compile(r"\s*-{2,3}> ?(?:\(Inner Exception #\d{1,4}\) )?")
_END_OF_INNER = re.compile(
    r"\s*(?:--- (?:End of inner|Ende der internen|Fin de la trace|Fin del seguimiento)|Exception_EndOfInner)"
)
_RULE = re.compile(
    r"\s*(?:---[ >]|Exception_EndOfInner|Exception_EndStackTrace|\(Filename:|\[0x[0-9a-f]|UnityEngine\.|Rethrow as |at <)"
)
_SUFFIX = r"(?:Exception|Error|Fault|Failure)"
_TYPE = re.compile(
    rf"(?:^|(?<=[\s>:(\]\"']))(?P<type>(?:[A-Za-z_][\w+`]{{0,100}}\.){{0,12}}[A-Z_][\w+`]{{0,100}}?{_SUFFIX}(?:`\d)?)"
    r"(?: \((?:0x[0-9A-Fa-f]{1,16}|-?\d{1,10})(?:, 0x[0-9A-Fa-f]{1,16})?\))?(?:: ?(?P<message>.*)|\s*$)",
    re.DOTALL,
)
_REACH = 14


class DotnetGrammar:
    """Traces of `Exception.ToString()` on .NET, Mono and Unity."""

    marks = (
        r"^\s*(at|bei|à|в|em|en|in|w|a|på|kohteessa|konumunda|在|於|場所|"
        r"위치:) [^\s(]+.*\(.*\)(\s*\[0x[0-9a-fA-F]+\])?( \pL+ .+:.*\d+)?\s*$",
        r"\(at [^()]+:\d+\)\s*$",
        r"^\s*[A-Z_][\w.`+<>]*:[\w<>.|`]+ ?\([\w., &\[\]`+<>*]*\)\s*$",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each run of frames with everything its error names above."""
        floor = 0
        for block in blocks(lines, anchors, _frame, _bridge):
            start, chain = _errors(lines, block, floor)
            floor = block.end + 1
            if not chain and not _enough(lines, block):
                continue
            yield _trace(lines, block, start, chain)


def _frame(text: str, number: int) -> Frame | None:
    match = _FRAME.match(text)
    if match:
        args = match["args"]
        known = match["line"] or match["offset"]
        if not known and (
            _NOT_ARGS.match(args) or not _CALL.search(match["function"]) or (args and not re.search(r"[ .,&`\[]|^[A-Z]", args))
        ):
            return None
        file = match["file"]
        return Frame(
            None if file and file.startswith("<") else file,
            None if file and file.startswith("<") else integer(match["line"]),
            match["function"],
            number,
        )
    match = _UNITY.match(text) or _COLON.match(text)
    if match is None:
        return None
    groups = match.groupdict()
    return Frame(groups.get("file"), integer(groups.get("line")), match["function"], number)


def _bridge(text: str) -> int | None:
    if _ARROW.match(text):
        return 4
    return 0 if _RULE.match(text) else None


def _enough(lines: Sequence[Line], block: Block) -> bool:
    strong = [frame for frame in block.frames if frame.line is not None]
    return len(block.frames) >= 2 or (bool(strong) and not is_record(text_at(lines, block.start)))


def _errors(lines: Sequence[Line], block: Block, floor: int) -> tuple[int, list[RaisedError]]:
    """The errors named above the first frame, outermost first, and the line of the outermost."""
    errors: list[RaisedError] = []
    start = block.start
    for index in range(block.start - 1, max(floor, block.start - 1 - _REACH) - 1, -1):
        text = text_at(lines, index)
        named = [] if _END_OF_INNER.match(text) else _named(text, lines[index].number)
        if named:
            errors = named + errors
            start = index
            if not _ARROW.match(text) and _TYPE.search(text.split("---> ")[0]):
                break
        elif is_record(text):
            break
    return start, errors


def _named(text: str, number: int) -> list[RaisedError]:
    """Every error of one line: `A: message ---> B: message`."""
    errors = []
    for part in text.split("---> "):
        part = re.sub(r"^\(Inner Exception #\d{1,4}\) ", "", part)
        if match := _TYPE.search(part):
            errors.append(RaisedError(match["type"], (match["message"] or "").strip(), number))
    return errors


def _trace(lines: Sequence[Line], block: Block, start: int, outer_first: list[RaisedError]) -> Found:
    # Inner frames print first: the reported error's own stand below the last "end of inner exception".
    own = block.start
    if len(outer_first) > 1:
        for index in range(block.start, block.end + 1):
            if _END_OF_INNER.match(text_at(lines, index)):
                own = index
    innermost = next((frame for frame, place in zip(block.frames, block.places, strict=True) if place >= own), block.frames[0])
    later = []
    for index in range(block.start, block.end + 1):
        if _ARROW.match(text_at(lines, index)):
            for raised in _named(text_at(lines, index), lines[index].number):
                first = next((frame for frame, place in zip(block.frames, block.places, strict=True) if place > index), None)
                later.append(RaisedError(raised.type, raised.message, raised.number, first))
    error: RaisedError | None = None
    chain: list[RaisedError] = []
    if outer_first:
        error = RaisedError(outer_first[0].type, outer_first[0].message, outer_first[0].number, innermost)
        inner = [RaisedError(item.type, item.message, item.number, block.frames[0]) for item in reversed(outer_first[1:])]
        chain = [*reversed(later), *inner, error]
    unity = any("UnityEngine" in (frame.function or "") or (frame.file or "").startswith("Assets/") for frame in block.frames)
    return found(
        "unity" if unity else "csharp",
        lines,
        start,
        block.end,
        frames=block.frames,
        innermost=innermost,
        error=error,
        chain=chain,
        truncated=error is None,
    )


DOTNET = DotnetGrammar()
