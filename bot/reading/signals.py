"""Typed facts about a failure: statuses, close codes, API errors, endpoints, models, versions, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from bot.patterns import PatternSet, compile_pattern
from bot.reading.packages import below_name, beside_name
from bot.reading.profile import NamedPattern, Profile
from bot.reading.types import Line, Signal, SignalKind, Trace

MAX_LINE = 20_000
"""Characters of a logical line that are searched; longer lines are blobs."""

_PHRASES = "|".join(status.phrase.replace(" ", "[ _]").replace("'", ".?") for status in HTTPStatus if status >= 400)

# Group 1 is the status. A number alone is never a status: a word, a protocol or the standard phrase must stand beside it.
_STATUS = (
    r"status[ _-]?code\\?[\"']?\s*(?:[:=]|of|is|was)?\s*\(?\\?[\"']?([45]\d\d)\b",
    r"(?:\b|_)status\\?[\"']?(?:\s*[:=]\s*\\?[\"']?| of )([45]\d\d)\b",
    r"\bcode\\?[\"']\s*:\s*\\?[\"']?([45]\d\d)\b",
    r"\bHTTP(?:/[\d.]+)?(?: status(?: code)?| error| code)?:?\\?\"?\s+([45]\d\d)\b",
    r"\b(?:error|err|code|response|status|returned|got|with|rejected|failed)(?: code)?[:=]?\s+(?:an? )?(?:HTTP )?\(?([45]\d\d)\b",
    r"\b([45]\d\d) (?:client|server) error\b",
    r"\b(?:client|server) error '?([45]\d\d)\b",
    r"\b([45]\d\d),? (?:\(|- )?(?:" + _PHRASES + r")\b",
    r"\b([45]\d\d), message='",
    r"\b([45]\d\d)s? (?:error|response|status)",
    r"\b(?:a|get|gets|getting|gives?|returns?|throws?|sees?|seeing|http|always|randomly|constant(?:ly)?|random|keeps?|these|those) ((?:40[0-9]|409|422|429|50[0-4]))s?\b(?:[^\d.,%]|[.,]?$|[.,] )",
)
# A number after which a unit stands counts something, whatever word was before it ("got 450 credits", "closed after 3000 ms").
_COUNTED = re.compile(
    r"%|\s(?:ms|s|secs?|seconds?|mins?|minutes?|hours?|days?|bytes?|[kmg]i?b|k?hz|char(?:acter)?s?|words?|letters?|lines|tokens?"
    r"|credits?|times|users|items|rows|files|samples|chunks|requests|calls|messages|voices|people)\b",
    re.IGNORECASE,
)
_NUMBERED = (SignalKind.HTTP_STATUS, SignalKind.WS_CLOSE)
_WS_CODE = r"(10(?:0\d|1[0-5])|[34]\d{3})"
"""The close codes of RFC 6455 and its registry, and the ranges for libraries and applications."""
_REASON = r"(?:.{0,4}reason\\?[\"']?\s*[:=]\s*\\?[\"']?([^\"']*))?"
# Group 1 is the close code, group 2 (where there is one) the reason.
_CLOSE = (
    rf"\b(?:received|sent) {_WS_CODE} \([^)]*\)(?: ([^;]*))?",
    rf"(?:\b|_|on)clos(?:e|es|ed|ing)\b[^0-9]{{0,30}}?\(?\b(?:code)?[ :=]{{0,3}}{_WS_CODE}\b[):,]*\s*(?:\([a-z ]+\):?\s*|and reason:? )?(.*)",
    rf"\bdisconnected\b[^0-9]{{0,30}}\(?\b{_WS_CODE}\b[):,]*\s*(.*)",
    rf"\bWebSocketDisconnect: \(?{_WS_CODE}(?:, '([^']*)')?",
    rf"\bCLOSE: 8>, data={_WS_CODE}(?:, extra='([^']*)')?",
    rf"\b(?:close|closing|closed|status|ws)[ _]?code\\?[\"']?\s*[:=]?\s*{_WS_CODE}\b{_REASON}",
    rf"\bcode\\?[\"']?\s*[:=]\s*{_WS_CODE}\b{_REASON}",
    rf"\bcode {_WS_CODE}\b\)?:?\s*(.*)",
    rf"\b{_WS_CODE} \((?:policy violation|message too big|normal closure|going away|abnormal closure|internal error|OK|protocol error)[^)]*\)",
)
# "error code: 1010" is the body of a proxy's block page; as a close code it has a word for the connection beside it.
_PROXY_CODE = re.compile(r"\berror code:? 10\d\d", re.IGNORECASE)
_CONNECTION = re.compile(r"socket|\bws|connect|clos", re.IGNORECASE)
_NO_CLOSE_FRAME = r"no close frame received or sent|connection closed abnormally|closed without a close frame"
# Group 1 is the type, group 2 the message: an error line that no stack trace stands around.
_EXCEPTION = (
    r"^\s*((?:[\w$]+\.)+[A-Z]\w+): (.*)",
    r"(?:^|[\s\]>|:-])((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Failure|Timeout)): (.*)",
)
_HANDLES = ("except ", "except*", "raise ", "catch ", "} catch", "throw ", "rescue ", "case ", ":raises ")
"""A line of code that names an error type, not a report of one."""
_MESSAGE = r"\bmessage\\*[\"']?\s*[:=]\s*(?:\\*\"((?:[^\"\\]|\\[^\"])*)|\\?'([^']*))"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern, the kind of signal it yields, and the value where the pattern does not capture it."""

    kind: SignalKind
    pattern: Any
    value: str = ""


class SignalReader:
    """Finds the signals of a product's failures; built once a profile, then only read."""

    def __init__(self, profile: Profile) -> None:
        rules: list[tuple[SignalKind, str, str]] = [(SignalKind.HTTP_STATUS, p, "") for p in _STATUS]
        rules += [(SignalKind.WS_CLOSE, p, "") for p in _CLOSE]
        rules.append((SignalKind.WS_CLOSE, _NO_CLOSE_FRAME, "1006"))
        rules += [(SignalKind.EXCEPTION, p, "") for p in _EXCEPTION]
        rules += _named(SignalKind.PRODUCT, profile.marks)
        rules += [(SignalKind.TOPIC, p, p) for p in profile.topics]
        rules += _named(SignalKind.VENDOR, profile.vendors)
        rules += _named(SignalKind.ENDPOINT, profile.endpoints)
        if profile.models:
            rules.append((SignalKind.MODEL, f"({profile.models})", ""))
        if profile.output_formats:
            rules.append((SignalKind.OUTPUT_FORMAT, f"({profile.output_formats})", ""))
        if profile.error_codes:
            rules += _error_codes(profile)
            rules.append((SignalKind.API_MESSAGE, _MESSAGE, ""))
        for name in profile.packages:
            rules.append((SignalKind.PACKAGE, beside_name(name), name))
        rules.append((SignalKind.RUNTIME, r"\bpython[ /-]?v?(\d\.\d+(?:\.\d+)?)", "python"))
        rules.append((SignalKind.RUNTIME, r"\bnode(?:\.?js)?[ /-]?(?:v(\d+(?:\.\d+)*)|((?:\d+\.\d[\d.]*|[12]\d)\b))", "node"))
        self._packages = profile.packages
        self._rules = [_Rule(kind, compile_pattern(pattern), value) for kind, pattern, value in rules]
        self._set = PatternSet([pattern for _, pattern, _ in rules])

    def read(self, lines: Sequence[Line], traces: Iterable[Trace]) -> tuple[Signal, ...]:
        """All signals, in the order of their lines; each value once a line."""
        seen: set[tuple[SignalKind, str, int]] = set()
        out = []
        for signal in [
            *_exceptions(traces),
            *(s for line in lines for s in self._of_line(line)),
            *below_name(lines, self._packages),
        ]:
            key = (signal.kind, signal.value, signal.number)
            if key not in seen:
                seen.add(key)
                out.append(signal)
        return tuple(sorted(out, key=lambda signal: signal.number))

    def _of_line(self, line: Line) -> Iterator[Signal]:
        text = line.text[:MAX_LINE]
        for index in self._set.matches(text):
            rule = self._rules[index]
            if rule.kind is SignalKind.EXCEPTION and text.lstrip().startswith(_HANDLES):
                continue
            if rule.kind is SignalKind.WS_CLOSE and _PROXY_CODE.search(text) and not _CONNECTION.search(text):
                continue
            for found in rule.pattern.finditer(text):
                if rule.kind in _NUMBERED and not rule.value and _COUNTED.match(text, found.end(1)):
                    continue
                groups = [g for g in found.groups() if g is not None]
                value, detail = _value(rule, groups, text)
                if value:
                    yield Signal(rule.kind, value, line.number, line.text, detail)
                if rule.kind in (SignalKind.PRODUCT, SignalKind.TOPIC, SignalKind.VENDOR):
                    break


def _value(rule: _Rule, groups: list[str], text: str) -> tuple[str, str]:
    if rule.kind in (SignalKind.WS_CLOSE, SignalKind.EXCEPTION) and not rule.value:
        return groups[0], (groups[1].strip() if len(groups) > 1 else "")
    if rule.kind in (SignalKind.PACKAGE, SignalKind.RUNTIME):
        return rule.value, groups[0]
    if rule.kind is SignalKind.API_ERROR:
        return groups[0].lower(), _api_message(text)
    if rule.value:
        return rule.value, ""
    return (groups[0].rstrip("\\") if rule.kind is SignalKind.API_MESSAGE else groups[0].lower()), ""


@lru_cache(maxsize=1)
def _message_pattern() -> Any:
    return compile_pattern(_MESSAGE)


def _api_message(text: str) -> str:
    found = _message_pattern().search(text)
    return next((g for g in found.groups() if g), "").rstrip("\\") if found else ""


def _named(kind: SignalKind, patterns: Iterable[NamedPattern]) -> list[tuple[SignalKind, str, str]]:
    return [(kind, named.pattern, named.id) for named in patterns]


def _error_codes(profile: Profile) -> list[tuple[SignalKind, str, str]]:
    """A code counts as the value of an error field, or anywhere when it is distinctive (it holds an underscore)."""
    every = "|".join(sorted((code.replace("+", r"\+") for code in profile.error_codes), key=len, reverse=True))
    distinctive = "|".join(
        sorted((code.replace("+", r"\+") for code in profile.error_codes if "_" in code), key=len, reverse=True)
    )
    fields = "|".join(profile.error_fields)
    rules = [(SignalKind.API_ERROR, rf"\b(?:{fields})\\*[\"']?\s*[:=]\s*\\*[\"']?({every})(?:[^\w+]|$)", "")]
    if distinctive:
        rules.append((SignalKind.API_ERROR, rf"(?:^|[^\w./-])({distinctive})(?:[^\w+=(]|$)", ""))
    return rules


def _exceptions(traces: Iterable[Trace]) -> Iterator[Signal]:
    for trace in traces:
        for error in trace.chain:
            yield Signal(SignalKind.EXCEPTION, error.type, error.number, f"{error.type}: {error.message}", error.message)
        if trace.exception_type and not any(error.type == trace.exception_type for error in trace.chain):
            text = f"{trace.exception_type}: {trace.message}"
            yield Signal(SignalKind.EXCEPTION, trace.exception_type, trace.end_line, text, trace.message)
