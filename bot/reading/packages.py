"""Which versions of the packages that matter a paste shows: beside the name, or on the line below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from bot.patterns import compile_pattern
from bot.reading.types import Line, Signal, SignalKind

_VERSION = r"(\d+\.\d+(?:\.\d+)?(?:[ab.-]?(?:rc|dev|post|alpha|beta)?\.?\d+)?)"
# `pip show`, the lock files of uv and Poetry, and package-lock.json name a package on one line and its version on the next.
_NAME_LINE = compile_pattern(
    r"^\s*(?:[\"']?name[\"']?\s*[:=]\s*[\"']?|[\"'](?:node_modules/)?)(@?[\w./-]+)(?:@[^\"',]{1,60})?[\"']?(?:\s*:\s*\{|,|:)?\s*$"
)
_VERSION_LINE = compile_pattern(r"^\s*[\"']?version[\"']?\s*(?:[:=]\s*)?[\"']?[=~^]{0,2}v?" + _VERSION)
MAX_LINE = 300
"""Characters of a line that can be one of such a pair."""


def beside_name(name: str) -> tuple[str, ...]:
    """RE2 patterns of a package with its version on the same line, whatever stands between them; group 1 is the version."""
    escaped = re.escape(name).replace("/", "[/+]")
    between = r"(?:[=~><^]{1,2}|@|:|\s+(?:version |v|\()?|-v?|/| in \S+ \(|\.__version__\W{1,8})"
    before = r"(?:^|[^\w./-]|-packages[\\/]|node_modules[\\/]|\.pnpm[\\/]|\bpython-)"
    return (
        rf"{before}{escaped}(?:\[[\w,-]+\])?[\"']?\s*{between}\s*[\"'^~]*{_VERSION}",
        # The headers in which generated clients name themselves.
        rf"sdk-name\W{{1,8}}{escaped}\W.{{0,80}}sdk-version\W{{1,8}}{_VERSION}",
    )


def in_path(name: str) -> str:
    """The RE2 pattern of a path inside an installed package."""
    folders = re.sub(r"[-_]", r"[-_\\/]", name)
    return rf"(?:site-packages|dist-packages|node_modules)[\\/]{{1,4}}{folders}[\\/]"


def below_name(lines: Sequence[Line], packages: Iterable[str]) -> Iterator[Signal]:
    """A signal for each of the packages whose version stands alone on the line after its name."""
    known = {_plain(name): name for name in packages}
    for above, line in pairwise(lines):
        if len(line.text) > MAX_LINE or len(above.text) > MAX_LINE or "version" not in line.text.lower():
            continue
        version, name = _VERSION_LINE.search(line.text), _NAME_LINE.search(above.text)
        if version and name and _plain(name[1]) in known:
            yield Signal(SignalKind.PACKAGE, known[_plain(name[1])], line.number, line.text, version[1])


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
