"""Typed facts about a failure: statuses, close codes, API errors, endpoints, models, versions, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.patterns import compile_pattern
from bot.reading import shapes, surroundings
from bot.reading.closes import closed_by, reason_near, reason_of
from bot.reading.error_body import Bodies
from bot.reading.line_search import LineSearch
from bot.reading.packages import below_name, beside_name, in_path
from bot.reading.profile import NamedPattern, Profile
from bot.reading.reasons import status_reason
from bot.reading.types import Line, Signal, SignalKind, Trace

SHORTEST = 3
"""Characters of a line that can hold a signal at least."""
MAX_LINE = 20_000
"""Characters of a logical line that are searched; longer lines are blobs."""

_COUNTED = re.compile(shapes.COUNTED, re.IGNORECASE)
_NUMBERED = (SignalKind.HTTP_STATUS, SignalKind.WS_CLOSE)
_ONCE = (SignalKind.PRODUCT, SignalKind.TOPIC, SignalKind.VENDOR, SignalKind.REGION, SignalKind.PLAN, SignalKind.SYSTEM)
"""Kinds of which one match of a pattern says all that the line has to say."""
_VERSIONED = (SignalKind.PACKAGE, SignalKind.RUNTIME, SignalKind.SYSTEM)
_AS_PRINTED = (SignalKind.API_MESSAGE, SignalKind.REQUEST_ID)
_PROXY_CODE = re.compile(shapes.PROXY_CODE, re.IGNORECASE)
_CONNECTION = re.compile(shapes.CONNECTION, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern, the kind of signal it yields, and the value where the pattern does not capture it."""

    kind: SignalKind
    pattern: Any
    value: str = ""


_Shape = tuple[SignalKind, str, str]
"""What a rule is made of: kind, pattern, value."""


class SignalReader:
    """Finds the signals of a product's failures; built once a profile, then only read."""

    def __init__(self, profile: Profile) -> None:
        rules = [*_generic_rules(), *_product_rules(profile)]
        self._packages = profile.packages
        self._rules = [_Rule(kind, compile_pattern(pattern), value) for kind, pattern, value in rules]
        self._search = LineSearch([pattern for _, pattern, _ in rules])
        self._codes = profile.error_codes
        self._settings = {_plain(name): name for name in profile.settings}

    def read(self, lines: Sequence[Line], traces: Iterable[Trace]) -> tuple[Signal, ...]:
        """All signals, in the order of their lines; each value once a line."""
        found = [*_exceptions(traces)]
        bodies = Bodies(lines)
        anchors: set[int] = set()
        for index, matching in self._search.find([line.text[:MAX_LINE] for line in lines]):
            if len(lines[index].text) < SHORTEST:
                continue
            of_line = list(self._of_line(lines, index, matching, bodies))
            if any(signal.kind is SignalKind.API_ERROR for signal in of_line):
                anchors.add(index)
            found += of_line
        found += below_name(lines, self._packages)
        if self._codes:
            found += bodies.signals(anchors, self._codes)
        seen: dict[tuple[SignalKind, str, int], Signal] = {}
        for signal in found:
            seen.setdefault((signal.kind, signal.value, signal.number), signal)
        return tuple(sorted(seen.values(), key=lambda signal: signal.number))

    def _of_line(self, lines: Sequence[Line], index: int, matching: Iterable[int], bodies: Bodies) -> Iterator[Signal]:
        """The signals of a line, given the rules whose patterns are found in it."""
        line = lines[index]
        text = line.text[:MAX_LINE]
        closes, of_socket = "", False
        seen: set[tuple[SignalKind, str]] = set()
        beside: dict[SignalKind, str] = {}
        for number in matching:
            rule = self._rules[number]
            if rule.kind is SignalKind.WS_CLOSED_BY:
                of_socket = True
                continue
            if rule.kind is SignalKind.EXCEPTION and text.lstrip().startswith(shapes.HANDLES):
                continue
            if rule.kind is SignalKind.WS_CLOSE and _PROXY_CODE.search(text) and not _CONNECTION.search(text):
                continue
            for found in rule.pattern.finditer(text):
                if rule.kind in _NUMBERED and not rule.value and _COUNTED.match(text, found.end(1)):
                    continue
                value, detail = self._value(rule, [g for g in found.groups() if g is not None], found.group(0))
                if not value or (rule.kind, value) in seen:
                    continue
                seen.add((rule.kind, value))
                if not detail and rule.kind is SignalKind.HTTP_STATUS:
                    detail = status_reason(value, text, found.start(), lines, index)
                elif not detail and rule.kind in (SignalKind.WS_CLOSE, SignalKind.API_ERROR):
                    if rule.kind not in beside:
                        of_body = rule.kind is SignalKind.API_ERROR
                        beside[rule.kind] = bodies.message(index) if of_body else reason_near(lines, index)
                    detail = beside[rule.kind]
                closes = closes or (value if rule.kind is SignalKind.WS_CLOSE else "")
                yield Signal(rule.kind, value, line.number, line.text, detail)
                if rule.kind in _ONCE:
                    break
        if (closes or of_socket) and (side := closed_by(text)):
            yield Signal(SignalKind.WS_CLOSED_BY, side, line.number, line.text, closes)

    def _value(self, rule: _Rule, groups: list[str], matched: str) -> tuple[str, str]:
        """Value and detail of a match, from the groups that took part; no value for what is none after all."""
        kind = rule.kind
        if kind is SignalKind.WS_CLOSE:
            code, *behind = groups if not rule.value else [rule.value, *groups]
            return code, reason_of("".join(behind[:1]))
        if kind is SignalKind.EXCEPTION:
            return groups[0], "".join(groups[1:2]).strip()
        if kind is SignalKind.SETTING:
            return self._settings[_plain(groups[0])], groups[1].lower()
        if kind in _VERSIONED:
            return rule.value, ".".join(groups).replace("_", ".")
        if kind is SignalKind.LANGUAGE and groups[0].lower() in surroundings.NO_LANGUAGE:
            return "", ""
        if rule.value:
            return rule.value, matched.lower() if kind is SignalKind.REGION else ""
        return ("".join(groups[:1]).rstrip("\\") if kind in _AS_PRINTED else groups[0].lower()), ""


def _plain(name: str) -> str:
    return re.sub(r"[_ -]", "", name.lower())


def _generic_rules() -> list[_Shape]:
    rules: list[_Shape] = [(SignalKind.HTTP_STATUS, pattern, "") for pattern in shapes.STATUS]
    rules += [(SignalKind.WS_CLOSE, pattern, "") for pattern in shapes.CLOSE]
    rules.append((SignalKind.WS_CLOSE, shapes.NO_CLOSE_FRAME, "1006"))
    rules += [(SignalKind.WS_CLOSE, pattern, code) for code, pattern in (*shapes.CLOSE_NAMED, *shapes.CLOSE_BYTES)]
    rules.append((SignalKind.WS_CLOSED_BY, shapes.WEBSOCKET, ""))
    rules += [(SignalKind.EXCEPTION, pattern, "") for pattern in shapes.EXCEPTION]
    rules.append((SignalKind.REQUEST_ID, shapes.REQUEST_ID, ""))
    rules += [(SignalKind.HOST, pattern, "") for pattern in surroundings.HOSTS]
    rules.append((SignalKind.REGION, surroundings.SERVED_BY, ""))
    rules.append((SignalKind.LANGUAGE, surroundings.LANGUAGE, ""))
    rules += [(SignalKind.RUNTIME, pattern, name) for name, pattern in surroundings.RUNTIMES]
    rules += [(SignalKind.SYSTEM, pattern, name) for name, pattern in surroundings.SYSTEMS]
    return rules


def _product_rules(profile: Profile) -> list[_Shape]:
    rules = _named(SignalKind.PRODUCT, profile.marks)
    rules += [(SignalKind.TOPIC, pattern, pattern) for pattern in profile.topics]
    for kind, named in (
        (SignalKind.VENDOR, profile.vendors),
        (SignalKind.ENDPOINT, profile.endpoints),
        (SignalKind.REGION, profile.regions),
        (SignalKind.PLAN, profile.plans),
        (SignalKind.MODEL, profile.model_names),
    ):
        rules += _named(kind, named)
    if profile.models:
        rules.append((SignalKind.MODEL, f"({profile.models})", ""))
    if profile.output_formats:
        rules.append((SignalKind.OUTPUT_FORMAT, f"({profile.output_formats})", ""))
    if profile.settings:
        rules += [(SignalKind.SETTING, pattern, "") for pattern in surroundings.setting(profile.settings)]
    if profile.error_codes:
        rules += _error_codes(profile)
        rules.append((SignalKind.API_MESSAGE, shapes.MESSAGE, ""))
    for name in profile.packages:
        rules += [(SignalKind.PACKAGE, pattern, name) for pattern in beside_name(name)]
        rules.append((SignalKind.LIBRARY, in_path(name), name))
    return rules


def _named(kind: SignalKind, patterns: Iterable[NamedPattern]) -> list[_Shape]:
    return [(kind, named.pattern, named.id) for named in patterns]


def _error_codes(profile: Profile) -> list[_Shape]:
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
