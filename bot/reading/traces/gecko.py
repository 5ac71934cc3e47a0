"""Firefox, Safari and JavaScriptCore: `function@url:line:column`, mostly without any header; Opera's two old forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.reading.traces.blocks import Block, blocks, error_above, text_at
from bot.reading.traces.grammar import Found, found, integer
from bot.reading.types import Frame, Line, RaisedError

_FRAME = re.compile(
    r"\s*(?:Error created at )?(?P<function>[^\n]{0,400}?)@(?P<place>(?:[a-z][a-z0-9+.-]{1,30}:|[/\w.(<\[]|"
    r"\.{0,2}/)[^\n]{0,2000})$"
)
_POSITION = re.compile(r"(?P<file>[^\n]{1,2000}?)(?: line \d{1,9} > [^\n]{0,300}?)?:(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?$")
_EVAL = re.compile(r" line (?P<line>\d{1,9}) > ")
_WASM = re.compile(r"(?P<file>[^\n]{1,1000}?):wasm-function\[\d{1,9}\]:0x[0-9a-f]{1,16}$")
_FILE = re.compile(r"://|^/|\.(?:[cm]?[jt]sx?|html?|bundle|php|vue|svelte)\b|^[\w.-]+/[\w./-]+$|^[A-Za-z]:\\|^file:|^app:")
_BARE = re.compile(
    r"\s*(?P<file>(?:[a-z][a-z-]{1,30}://[^\s@]{1,1000}?|[\w./-]{1,200}\.(?:[cm]?[jt]sx?|"
    r"bundle))):(?P<line>\d{1,9}):(?P<column>\d{1,9})$"
)
_FUNCTION = re.compile(r"[\w$.<>/*\[\]\"'@()#:,~%|\\ -]{0,300}$")
_BRIDGE = re.compile(
    r"\s*(?:\[native code\]|[\w$. ]{1,60}@?\[(?:native|wasm) code\]|(?:eval|global|module) code|await in \S{1,60}|"
    r"[\w.]{1,40}\.then|Promise\.\w{1,20}|set(?:Timeout|Interval|Immediate)|Show \d{1,4} more frames?|[\w$.]{1,60}|"
    r"@)\s*$"
)
_OPERA = re.compile(
    r"\s*(?:\.{3})?\s*Line (?P<line>\d{1,9})"
    r" of (?:linked script (?P<file>[^\s:]{1,20}:[^\s:]{0,500}?(?::\d+[^\s:]{0,300})?)|"
    r"(?P<inline>inline#\d{1,4} script) in [^\s]{1,500}?)(?::? In function (?P<function>[\w$.]{1,100}))?\s*$"
)
_CHROME = re.compile(
    r"\s*(?P<function>[\w$.<>()\[\] -]{1,200}?)"
    r"\s{1,4}@\s{1,4}(?P<file>(?:[a-z-]{1,20}://)?[^\s:@]{1,500}(?::\d{2,5}/[^\s:@]{1,300})?):(?P<line>\d{1,9})"
    r"(?::\d{1,9})?\s*$"
)
_FIREFOX = re.compile(
    r"\s+(?P<function>[\w$.<>/*-]{1,120}) (?P<file>[a-z-]{2,20}://\S{1,500}?):(?P<line>\d{1,9})(?::\d{1,9})?\s*$"
)
_HEADER = re.compile(
    r"(?:^|(?<=[\s:>(]))(?P<type>[A-Za-z_$][\w$.]{0,80}?(?:Error|Exception))(?:: ?(?P<message>.*)|\s*$)", re.DOTALL
)


class GeckoGrammar:
    """Traces as SpiderMonkey and JavaScriptCore print them."""

    marks = (
        r"@\S.*:\d+$|@\S.*:\d+\s*$",
        r"@\[(native|wasm) code\]",
        r"wasm-function\[\d+\]:0x",
        r"^\s*(\S+://\S+|[\w./-]+\.([cm]?[jt]sx?|bundle)):\d+:\d+\s*$",
        r"\s@\s+\S+:\d+\s*$",
        r"^\s+[\w$.<>/*-]+ [a-z-]+://\S+:\d+(:\d+)?\s*$",
        r"Line \d+ of (linked|inline#\d+) script",
    )

    def find(self, lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[Found]:
        """One trace for each run of frames; bare positions count only beside frames with an @."""
        floor = 0
        for block in blocks(lines, anchors, _frame, _bridge):
            above = error_above(lines, block.start, floor, _header, 3)
            start = above[0] if above else _bare_names(lines, block, floor)
            floor = block.end + 1
            if not _enough(lines, block, above is not None):
                continue
            innermost = next((frame for frame in block.frames if frame.line is not None), block.frames[0])
            error = RaisedError(above[1].type, above[1].message, above[1].number, innermost) if above else None
            mobile = any("bundle" in (frame.file or "") for frame in block.frames)
            yield found(
                "react_native" if mobile else "browser_js",
                lines,
                start,
                block.end,
                frames=block.frames,
                innermost=innermost,
                error=error,
            )


def _frame(text: str, number: int) -> Frame | None:
    text = text.rstrip()
    if match := _CHROME.match(text) if " @ " in text or "\t@" in text else _FIREFOX.match(text):
        return Frame(match["file"], integer(match["line"]), match["function"].strip(), number)
    if "@" in text:
        return _at_frame(text, number)
    match = _BARE.match(text)
    if match:
        return Frame(match["file"], integer(match["line"]), None, number)
    match = _OPERA.match(text) if "script" in text else None
    return Frame(match["file"] or match["inline"], integer(match["line"]), match["function"], number) if match else None


def _at_frame(text: str, number: int) -> Frame | None:
    """`function@place`; a function's name and a path may hold an @ as well, so the place with a file in it decides."""
    start = 0
    for _ in range(4):
        cut = text.find("@", start)
        if cut < 0:
            return None
        function, place = text[:cut].strip(), text[cut + 1 :]
        start = cut + 1
        if place in ("[native code]", "[wasm code]"):
            return Frame(None, None, function or None, number)
        if not _FUNCTION.match(function) or len(function.split()) > 5:
            return None
        wasm = _WASM.match(place)
        if wasm:
            return Frame(wasm["file"].partition(" line ")[0], None, function or None, number)
        match = _POSITION.match(place)
        if match and _FILE.search(match["file"]) and (match["column"] or "://" in place) and "@" not in match["file"][:1]:
            if " " in match["file"] and "://" not in match["file"] and not match["file"].startswith(("/", "C:")):
                continue
            evaluated = _EVAL.search(place)
            line = evaluated["line"] if evaluated else match["line"]
            return Frame(match["file"], integer(line), function.removeprefix("Error created at ") or None, number)
    return None


def _bridge(text: str) -> int | None:
    return 1 if _BRIDGE.match(text) else (1 if text.startswith(("        ", "\t")) else None)


def _header(text: str, number: int, _adjacent: bool) -> RaisedError | None:
    match = _HEADER.search(text)
    return RaisedError(match["type"], (match["message"] or "").strip(), number) if match else None


def _bare_names(lines: Sequence[Line], block: Block, floor: int) -> int:
    """Names of functions without a place above the first frame belong to the run."""
    start = block.start
    while (
        start > floor
        and block.start - start < 4
        and re.fullmatch(r"\s*[\w$.]{1,60}|\s*(?:eval|global) code", text_at(lines, start - 1))
    ):
        start -= 1
    return start


def _enough(lines: Sequence[Line], block: Block, named: bool) -> bool:
    if all(_FIREFOX.match(text_at(lines, place)) for place in block.places):
        return named
    with_at = [place for place in block.places if "@" in text_at(lines, place)]
    if not with_at:
        return any("script" in text_at(lines, place) for place in block.places) and len(block.frames) >= 2
    if all(
        frame.line is None and "wasm" not in text_at(lines, place)
        for frame, place in zip(block.frames, block.places, strict=True)
    ):
        return False
    if len(block.frames) >= 2 or named:
        return named or not all(_CHROME.match(text_at(lines, place)) for place in block.places) or _script(block)
    text = text_at(lines, block.start)
    return bool(re.search(r":\d{1,9}:\d{1,9}\s*$", text)) and len(text.split()) <= 3


def _script(block: Block) -> bool:
    """Whether the files are scripts: a console's `name @ file:line` is also how people write to each other."""
    return all(re.search(r"\.(?:[cm]?[jt]sx?|vue|svelte|html?)\b|://|^VM\d|^\(", frame.file or "") for frame in block.frames)


GECKO = GeckoGrammar()
