"""What a failure looks like without what somebody wrote: its kind, and of its message only words that the corpus uses itself.

A failure that no cause explains is counted by its fingerprint; the template lets an admin see what hides behind one. It must
hold nothing of the message that could be anybody's: no number, id, path, address, name or quoted text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.diagnosis.conversation import named_failures
from bot.knowledge.types import Snapshot
from bot.reading.types import Reading

MAX_TEMPLATE = 120
"""Characters of a template."""
MAX_MESSAGE = 300
"""Characters of a message that are looked at."""
MAX_TEMPLATES = 10
"""Templates of one message."""
GAP = "…"
_QUOTED = re.compile(r"\"[^\"]*(?:\"|$)|(?<!\w)[bu]?'[^']*(?:'|$)|`[^`]*(?:`|$)|“[^”]*(?:”|$)|‘[^’]*(?:’|$)|«[^»]*(?:»|$)")
_WORD = re.compile(r"[a-z]{2,20}")
_EDGES = ".,:;!?()[]{}<>"
_KIND = re.compile(r"[A-Za-z][A-Za-z_]{0,59}")
_TYPE = re.compile(r"[A-Z][A-Za-z_]{0,50}(?:Error|Exception|Warning|Failure)")
_CODE = re.compile(r"(?:http_status|ws_close) [0-9]{3,4}")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_WORDS_OF_ERRORS = """
a abort aborted access address after allocate allowed already an and argument arguments array as assertion at attempt
attribute bad be because been before body broken buffer bytes call cannot channel client close closed code command
complete config configuration connect connection content context could created data decode deadline denied device did
directory disconnected does down duplicate during empty encode end environment error event exceeded exception executable
exist exists expected expired failed failure field file for format found frame from function handle handshake has have
header host import in index input instance integer internal invalid is it item json key length level limit line list
local lock lost maximum memory message method minimum missing module must name network no none not null number object of
on open operation option or out output overflow packet parameter parse path peer permission pipe platform port process
promise protocol range read received recursion refused reject rejected remote request required reset resource response
result return runtime schema send server service session size socket space state status stream string subscriptable
supported syntax system terminated thread time timed timeout to token too transport type unable unauthorized undefined
unexpected unhandled unknown unreachable unsupported up url user valid value version wait was while with within write
wrong
"""


def vocabulary(snapshot: Snapshot) -> frozenset[str]:
    """The words that a template may keep: those of the corpus's own sentences, and those of which errors are made."""
    texts = [text for point in snapshot.points.values() for text in (point.text, *point.keys)]
    texts += [text for cause in snapshot.causes.values() for text in (cause.title, cause.summary.text)]
    texts += [symptom.title for symptom in snapshot.symptoms.values()]
    return frozenset(_WORDS_OF_ERRORS.split()).union(*(_WORD.findall(text.lower()) for text in texts))


def templates(reading: Reading, words: frozenset[str]) -> Mapping[str, str]:
    """The template of each failure of a message, by its fingerprint."""
    found = {}
    for fingerprint, kind, message in named_failures(reading):
        found[fingerprint] = template(kind, message, words)
        if len(found) == MAX_TEMPLATES:
            break
    return found


def template(kind: str, message: str, words: frozenset[str]) -> str:
    """A kind of failure (an exception's type, a logger) and its message, which keeps no word but the given ones."""
    line = message.splitlines()[0][:MAX_MESSAGE] if message else ""
    said = " ".join(_masked(line, words))
    return ": ".join(part for part in (_named(kind, words), said) if part and part != GAP)[:MAX_TEMPLATE]


def _named(kind: str, words: frozenset[str]) -> str:
    """The last part of an exception's type; a code; of other names (loggers, errors of the API) those made of known words."""
    if _CODE.fullmatch(kind):
        return kind
    last = re.split(r"[.:/\\$# ]", kind)[-1]
    known = _KIND.fullmatch(last) and all(piece.lower() in words for piece in _PIECE.findall(last))
    return last if known or _TYPE.fullmatch(last) else ""


def _masked(line: str, words: frozenset[str]) -> Iterator[str]:
    """The known words of a line in order, each run of anything else as one gap."""
    gap = False
    for word in _QUOTED.sub(" \0 ", line).split():
        bare = word.strip(_EDGES).lower()
        if bare in words and _WORD.fullmatch(bare):
            yield bare
            gap = False
        elif not gap:
            yield GAP
            gap = True
