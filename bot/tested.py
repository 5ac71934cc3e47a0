"""Tests a corpus after a change, on the texts that the change can matter to; what was found before is in the cache folder."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.checked import code_version
from bot.diagnosis.conditions import ConditionIndex, Hits
from bot.diagnosis.facts import Facts
from bot.diagnosis.retest import Past, Record, Rules, record_of, rules_of, unaffected
from bot.diagnosis.selftest import Outcome, SelfTest, tested_texts
from bot.errors import Problem
from bot.knowledge.types import Level, Snapshot
from bot.reading import Reader
from bot.settings import Settings

FILE_NAME = "tested.json"
log = logging.getLogger(__name__)


def retest(snapshot: Snapshot, reader: Reader, conditions: ConditionIndex, settings: Settings) -> list[Problem]:
    """A problem for each of the corpus's own tests that fails. A text that nothing that changed can matter to is not read again.

    What was tested is remembered when nothing failed. The file may be deleted at any time; a damaged one is not used.
    """
    path, made_with = settings.cache_dir / FILE_NAME, _made_with(snapshot, settings)
    texts = tested_texts(snapshot)
    past = _read(path, made_with)
    records: dict[str, Record] = {}
    if past is not None:
        keys = {_key(text): text for text in texts}
        by_text = {keys[key]: record for key, record in past.records.items() if key in keys}
        past = Past(past.rules, by_text)
        records = {text: by_text[text] for text in unaffected(past, snapshot, texts)}

    def remember(text: str, facts: Facts, hits: Hits, outcome: Outcome) -> None:
        records[text] = record_of(facts, hits, outcome)

    known = {text: record.outcome for text, record in records.items()}
    problems = SelfTest(snapshot, reader, conditions, known, remember).problems()
    if not problems:
        _write(path, made_with, Past(rules_of(snapshot), {_key(text): record for text, record in records.items()}))
    return problems


def _made_with(snapshot: Snapshot, settings: Settings) -> str:
    """A hash of all that decides what is read in a text: after a change of it nothing that is remembered counts."""
    languages = [
        [one.code, sorted(one.common), dict(one.words), dict(one.stems), dict(one.parts), one.prefixes]
        for one in snapshot.glossary.languages
    ]
    parts = [code_version(), asdict(snapshot.profile), languages, settings.analysis_limit]
    return hashlib.sha256(json.dumps(parts, default=sorted).encode()).hexdigest()


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _write(path: Path, made_with: str, past: Past) -> None:
    """Replace the file in one step: another process may be reading it."""
    names = sorted(past.rules.conditions)
    numbers = {name: number for number, name in enumerate(names)}
    records = {key: _packed(record, numbers) for key, record in past.records.items()}
    data = {
        "made_with": made_with,
        "clauses": {clause: sorted(present) for clause, present in past.rules.clauses.items()},
        "conditions": names,
        "english": sorted(past.rules.english),
        "records": records,
    }
    new = path.with_name(f"{FILE_NAME}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(data), encoding="ascii")
        new.replace(path)
    except OSError as error:
        log.warning("%s cannot be written (%s): the next change tests the whole corpus", path, error.strerror)


def _read(path: Path, made_with: str) -> Past | None:
    """What the file holds, if it was made with the same code and profile; None for a damaged one."""
    try:
        data = json.loads(path.read_text(encoding="ascii"))
        if data["made_with"] != made_with:
            return None
        names: list[str] = data["conditions"]
        clauses = {clause: frozenset(present) for clause, present in data["clauses"].items()}
        records = {key: _unpacked(packed, names) for key, packed in data["records"].items()}
        return Past(Rules(clauses, frozenset(names), frozenset(data["english"])), records)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None  # absent or damaged: everything is tested


def _packed(record: Record, numbers: Mapping[str, int]) -> list[Any]:
    outcome = record.outcome
    held = [numbers[name] for name in record.held if name in numbers]
    found = [outcome.fired, sorted(outcome.suppressed), sorted(outcome.symptoms)]
    return [record.items, sorted(record.signals), sorted(held), *found]


def _unpacked(packed: list[Any], names: list[str]) -> Record:
    items, signals, held, fired, suppressed, symptoms = packed
    outcome = Outcome({name: Level(level) for name, level in fired.items()}, frozenset(suppressed), frozenset(symptoms))
    return Record(items, frozenset(map(tuple, signals)), frozenset(names[number] for number in held), outcome)
