"""What changed inside one cause or symptom, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from bot.knowledge.types import Advice, Candidate, Cause, Clause, Level, RuleTest, Symptom

MAX_SHOWN = 60
"""Characters of a text that are repeated."""

Item = TypeVar("Item")


def describe_rules(old: Cause | Symptom, new: Cause | Symptom) -> list[str]:
    """One phrase for each part that differs; empty when only comments or the order of lines do."""
    phrases: list[str] = []
    if old.title != new.title:
        phrases.append(f"title is now {_shown(new.title)}")
    phrases += _signals(old, new)
    if isinstance(old, Cause) and isinstance(new, Cause):
        phrases += _cause(old, new)
    if isinstance(old, Symptom) and isinstance(new, Symptom):
        phrases += _symptom(old, new)
    if old.ask != new.ask:
        phrases.append("questions to the user changed")
    phrases += _counted("phrase", old.phrases, new.phrases)
    for match, word in ((True, "test that must match"), (False, "test that must not match")):
        phrases += _counted(word, _tested(old.tests, match), _tested(new.tests, match))
    return phrases


def _cause(old: Cause, new: Cause) -> Iterator[str]:
    if old.area != new.area:
        yield f"moved to area {new.area}"
    for level in Level:
        yield from _listed(f"{level} rule", old.rules[level], new.rules[level], _clause)
    if old.summary != new.summary:
        yield "summary changed"
    yield from _advice("fix", old.fixes, new.fixes)
    if old.exclusions != new.exclusions:
        yield "what rules it out changed"
    yield from _listed("suppressed cause", old.suppresses, new.suppresses, str)


def _symptom(old: Symptom, new: Symptom) -> Iterator[str]:
    yield from _listed("rule", old.when, new.when, _clause)
    yield from _advice("statement", old.says, new.says)
    yield from _listed("candidate", _named(old.candidates), _named(new.candidates), str)
    if _named(old.candidates) == _named(new.candidates) and old.candidates != new.candidates:
        yield "advice on a candidate changed"
    yield from _advice("step", old.steps, new.steps)
    if old.rank != new.rank:
        yield f"rank is now {new.rank}"


def _signals(old: Cause | Symptom, new: Cause | Symptom) -> Iterator[str]:
    before, after = old.conditions, new.conditions
    changed = [name for name in after if name in before and before[name] != after[name]]
    added, removed = _missing(after, before), _missing(before, after)
    for word, names in (("added", added), ("removed", removed), ("changed", changed)):
        if names:
            yield f"signal{'s' if len(names) > 1 else ''} {word}: {', '.join(names)}"


def _advice(word: str, old: Sequence[Advice], new: Sequence[Advice]) -> Iterator[str]:
    before, after = [advice.text for advice in old], [advice.text for advice in new]
    if len(before) == len(after):
        yield from (f"{word} reworded: {_shown(b)}" for a, b in zip(before, after, strict=True) if a != b and b not in before)
        if sorted(before) == sorted(after) and before != after:
            yield f"order of the {word}s changed"
    else:
        yield from _listed(word, before, after, _shown)
    sources = {advice.text: advice.cite for advice in old}
    yield from (f"pages of a {word} changed: {_shown(a.text)}" for a in new if sources.get(a.text, a.cite) != a.cite)


def _listed(word: str, old: Sequence[Item], new: Sequence[Item], show: Callable[[Item], str]) -> Iterator[str]:
    yield from (f"{word} added: {show(item)}" for item in _missing(new, old))
    yield from (f"{word} removed: {show(item)}" for item in _missing(old, new))
    if old != new and sorted(map(show, old)) == sorted(map(show, new)):
        yield f"order of {word}s changed"


def _counted(word: str, old: Sequence[Item], new: Sequence[Item]) -> Iterator[str]:
    head, _, tail = word.partition(" ")
    for verb, count in (("added", len(_missing(new, old))), ("removed", len(_missing(old, new)))):
        if count:
            yield f"{count} {head}{'s' if count > 1 else ''}{' ' + tail if tail else ''} {verb}"


def _missing(items: Iterable[Item], others: Sequence[Item] | Mapping[Item, object]) -> list[Item]:
    return [item for item in items if item not in others]


def _tested(tests: Sequence[RuleTest], match: bool) -> list[tuple[str, Level | None]]:
    return [(test.text, test.level) for test in tests if test.match is match]


def _named(candidates: Sequence[Candidate]) -> list[str]:
    return [f"{candidate.title} ({', '.join(candidate.causes)})" for candidate in candidates]


def _clause(clause: Clause) -> str:
    return " and ".join((*clause.present, *(f"not {name}" for name in clause.absent)))


def _shown(text: str) -> str:
    return f"“{text}”" if len(text) <= MAX_SHOWN else f"“{text[: MAX_SHOWN - 1].rstrip()}…”"
