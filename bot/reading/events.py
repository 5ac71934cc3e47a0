"""The words with which programs say what happens on their connections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.patterns import PatternSet
from bot.reading.line_search import LineSearch
from bot.reading.types import EventKind

REACH = 2_000
"""Characters of a message in which its event is looked for."""

_LINK = (
    r"(?:web[ _-]?sockets?|socket|connection|conn|ws|wss|stream|session|channel|transport|call|client|server|peer|remote|link)"
)
_WORDS: tuple[tuple[EventKind, str], ...] = (
    (EventKind.CONNECT, r"\b(?:re-?)?connected\b|\b(?:re-?)?connecting (?:to|with|via)\b"),
    (
        EventKind.CONNECT,
        rf"\b{_LINK}(?: is| was| has been|:)? (?:now )?(?:open|opened|opening|established|ready|up|accepted|started|created)\b",
    ),
    (EventKind.CONNECT, rf"\b(?:opened|opening|established|accepted|created) (?:\w+ ){{0,3}}{_LINK}\b"),
    (EventKind.CONNECT, r"\bon_?open\b|\bconnection is OPEN\b|\b101 Switching Protocols\b"),
    (
        EventKind.CLOSE,
        r"\b(?:websocket|socket|connection|conn|ws|wss|stream|session|transport|peer|remote|server|client)\b.{0,60}\bclosed\b",
    ),
    (EventKind.CLOSE, rf"\bclosed (?:by|unexpectedly|abnormally|with(?: code)?|before|the {_LINK}|{_LINK}|\(?\d{{4}}\b)"),
    (EventKind.CLOSE, r"\bclose (?:code )?\(?[134]\d{3}\b|\bdisconnected\b|\bon_?close\b|\bhung up\b|\bclose code\b"),
    (EventKind.CLOSE, r"\bno close frame\b|\bclose frame received\b"),
    (
        EventKind.CLOSE,
        rf"\b{_LINK} (?:is |was |has been |got )?(?:lost|dropped|reset|terminated|ended|died|aborted|interrupted)\b",
    ),
    (EventKind.CLOSE, r"\b(?:received|sent) [134]\d{3} \(|(?:^|\s)[<>] CLOSE\b|\bconnection is CLOS(?:ED|ING)\b"),
    (EventKind.RETRY, r"\b(?:retry|retries|retrying|re-?connecting|re-?connect|backing off|back-?off)\b"),
    (EventKind.RETRY, r"\b(?:next attempt|trying again|will try again)\b"),
    (
        EventKind.KEEPALIVE,
        r"\bkeep[-_]?alives?\b|\bheart-?beats?\b|\b(?:send|sent|sending|received|got) (?:a )?p[io]ng\b|(?:^|\s)[<>] P[IO]NG\b",
    ),
    (EventKind.FLUSH, r"\bflush(?:ed|ing|es)?\b"),
    (EventKind.SEND, r"\b(?:send|sends|sending|sent)\b|(?:^|\s)> (?:TEXT|BINARY|CONT)\b|\bgenerating (?:tts|speech|audio)\b"),
    (EventKind.SEND, r"""^(?:>|>>|->|→|=>) ?["'{\[]"""),
    (EventKind.RECEIVE, r"\b(?:receives?|received|receiving|recv)\b|(?:^|\s)< (?:TEXT|BINARY|CONT)\b"),
    (EventKind.RECEIVE, r"\bgot (?:\w+ ){0,2}(?:audio|message|response|chunk|frame|data|bytes)\b"),
    (EventKind.RECEIVE, r"""^(?:<|<<|<-|←|<=) ?["'{\[]"""),
    (
        EventKind.ERROR,
        r"\b(?:errors?|exceptions?|failed|fails?|failure|failing|timed out|traceback|rejected|refused|crash(?:ed)?|aborted)\b",
    ),
    (EventKind.ERROR, r"[a-z](?:Error|Exception)\b"),
    (EventKind.ERROR, r"\b(?:unable to|could ?n[o']t|can ?not|can't) (?:be )?(?:(?:re-?)?connect|open|establish|send|receive)"),
)
_DENIALS: tuple[tuple[tuple[EventKind, ...], str], ...] = (
    (
        (EventKind.CONNECT,),
        r"\b(?:fail(?:ed|ure|s)?|unable|could ?n[o']t|can ?not|can't|not|never|error|attempt(?:ing|s)?|trying|isn't|wasn't)"
        r"(?: (?:to|yet|in|while|when|be|been))? (?:(?:re-?)?connect|open|establish)",
    ),
    (
        (EventKind.SEND, EventKind.RECEIVE, EventKind.FLUSH),
        r"\b(?:no|not|0|zero|without|haven't|hasn't|never|nothing|waiting to|will|about to|cannot|can't|error)"
        r" (?:be |been |to )?(?:send|sent|sending|receiv\w+|recv|flush\w*)\b",
    ),
    ((EventKind.RETRY,), r"\b(?:no|without|disable\w*|skip\w*) (?:automatic )?(?:retry|retries|retrying|reconnect\w*)\b"),
    (
        (EventKind.RETRY,),
        r"\bretr(?:y|ies)[=:]\s?(?:false|none|null|0)\b|\bnot (?:be )?(?:retry|retried|retrying|reconnecting)\b",
    ),
    ((EventKind.RETRY,), r"\breconnected\b|\bre-?connect(?:ion)? (?:succeeded|successful)"),
    (
        (EventKind.ERROR,),
        r"\b(?:no|without|0|zero|not an?) (?:errors?|exceptions?|failures?)\b|\berrors?[=:] ?(?:none|null|nil|0|false)\b",
    ),
)
"""What takes an event's word back."""

_EVENTS = LineSearch([pattern for _, pattern in _WORDS])
_DENIED = PatternSet([pattern for _, pattern in _DENIALS])
_TRAFFIC = {EventKind.SEND, EventKind.RECEIVE, EventKind.FLUSH, EventKind.KEEPALIVE}
_DELAY = re.compile(
    r"\b(?:(?:retry|reconnect|re-connect|attempt|again|wait|sleep|try|back(?:ing)?[ -]?off)\w{0,5}\b"
    r"[^.\n]{0,40}?\b(?:in|after|for)"
    r"|(?:retry|reconnect)[_-](?:in|after|delay)(?:_s|_ms)?|(?:back[ -]?off|delay|wait|sleep)\w{0,4}(?: (?:for|of|is))?)\b"
    r"""["']?[\s:=~(]{1,4}(\d{1,7}(?:\.\d{1,9})?)\s?(milliseconds?|millis|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|µs|us)?(?![\w.]*\w)"""
    r"(?!\s?(?:attempt|retr|time|tries|more|of|/))",
    re.IGNORECASE,
)
_UNITS = {"µ": 1e-6, "u": 1e-6, "s": 1.0, "": 1.0}


def event_kinds(messages: Sequence[str]) -> Iterator[tuple[int, tuple[EventKind, ...]]]:
    """For the index of each message that says what happened: the kinds, each once, in the order in which such things follow."""
    texts = [message[:REACH] for message in messages]
    for index, words in _EVENTS.find(texts):
        if kinds := _kinds(texts[index], {_WORDS[word][0] for word in words}):
            yield index, kinds


def _kinds(text: str, found: set[EventKind]) -> tuple[EventKind, ...]:
    """What a message says happened, given the kinds of which it bears a word."""
    for index in _DENIED.matches(text):
        found.difference_update(_DENIALS[index][0])
    if retry_delay(text) is not None:
        found.add(EventKind.RETRY)
    if found & {EventKind.ERROR, EventKind.CLOSE}:
        found -= _TRAFFIC  # what could not be sent, or a close frame sent or received
    elif found & {EventKind.KEEPALIVE, EventKind.FLUSH}:
        found -= {EventKind.SEND, EventKind.RECEIVE}
    return tuple(kind for kind in EventKind if kind in found)


def retry_delay(message: str) -> float | None:
    """Seconds after which a message announces to try again; a number without a unit counts as seconds."""
    match = _DELAY.search(message[:REACH])
    if match is None:
        return None
    unit = (match[2] or "").lower()
    if unit.startswith(("ms", "milli")):
        scale = 1e-3
    elif unit.startswith("m"):
        scale = 60.0
    else:
        scale = _UNITS[unit[:1]]
    return float(match[1]) * scale
