"""Reading the tracebacks of the corpus, beside other readers of tracebacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.benchmark.speed.clock import TRIES, best_ms
from bot.benchmark.speed.table import NOT_INSTALLED, Row
from bot.reading import Reader
from bot.reading.profile import Profile
from bot.reading.traces import find_traces
from bot.reading.unwrap import unwrap

Find = Callable[[str], bool]
"""Whether a text holds a trace, as far as a reader sees."""
PYTHON_MARK = "Traceback (most recent call last)"


def tbgrep() -> Find:
    """tbgrep; raises ImportError."""
    from tbgrep import tracebacks_from_lines

    return lambda text: any(True for _ in tracebacks_from_lines(text.splitlines(keepends=True)))


def boltons() -> Find:
    """boltons.tbutils, which is given the text from the head of a traceback on, for it does not search; raises ImportError."""
    from boltons.tbutils import ParsedException

    def find(text: str) -> bool:
        at = text.find(PYTHON_MARK)
        try:
            return at >= 0 and bool(ParsedException.from_string(text[at:]).frames)
        except ValueError:
            return False

    return find


def tblib() -> Find:
    """tblib; raises ImportError."""
    from tblib import Traceback, TracebackParseError

    def find(text: str) -> bool:
        try:
            return Traceback.from_string(text) is not None
        except TracebackParseError:
            return False

    return find


def errd() -> Find:
    """errd's parsers, without what it does with the source code of a trace; raises ImportError."""
    from errd.languages import parse_error
    from errd.parsers.traceback_parser import parse_traceback

    return lambda text: (parse_error(text) or parse_traceback(text)) is not None


PEERS: Mapping[str, Callable[[], Find]] = {"tbgrep": tbgrep, "boltons.tbutils": boltons, "tblib": tblib, "errd": errd}


def measure_readers(texts: Sequence[str], profile: Profile, peers: Mapping[str, Callable[[], Find]] = PEERS) -> Iterator[Row]:
    """Rate and files found of each reader, on the same texts; ratios are of rates, ours being 1."""
    size = sum(map(len, texts)) / 1e6
    rate = size / (best_ms(lambda: _all(_traces, texts)) / 1e3)
    part = f"traces of {len(texts)} files"
    yield Row(part, "this bot: unwrapping and traces", rate, "MB/s", rate, note=_found(_traces, texts))
    reader = Reader(profile)
    whole = size / (best_ms(lambda: _all(reader.read, texts)) / 1e3)
    yield Row(part, "this bot: the whole reading", whole, "MB/s", rate, note="secrets, logs, signals, times and prose, too")
    for name, load in peers.items():
        try:
            find = load()
        except ImportError:
            yield Row(part, name, None, note=NOT_INSTALLED)
            continue
        find("warm-up")
        theirs = size / (best_ms(lambda find=find: _all(find, texts), TRIES) / 1e3)  # type: ignore[misc]
        yield Row(part, name, theirs, "MB/s", rate, note=_found(find, texts))


def _traces(text: str) -> bool:
    return bool(find_traces(unwrap(text)))


def _all(find: Callable[[str], object], texts: Sequence[str]) -> None:
    for text in texts:
        find(text)


def _found(find: Find, texts: Sequence[str]) -> str:
    """Of all texts, and of those with Python's usual head, how many hold a trace for this reader."""
    python = [text for text in texts if PYTHON_MARK in text]
    return f"found in {sum(map(find, texts))} of {len(texts)}; of {len(python)} in Python {sum(map(find, python))}"
