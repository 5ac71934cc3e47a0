"""Small corpora that servers may have of their own: each knows one failure, by a word that stands in no other."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "product.yaml": """\
name: {name}
docs: {name} notes
help: "https://help.{word}.example"
fallback: unclear
marks:
  - {{id: name, pattern: '\\b{word}\\b'}}
topics: ['\\b{word}s?\\b']
secrets:
  - {{id: {word} key, pattern: '\\b({word}_key_[0-9a-z]{{20,}})', example: {word}_key_7f3k9q2m5x8r1t6w4z0b}}
packages: [{word}]
""",
    "sources.yaml": """\
- {{id: {word}-notes, title: Notes on {name}, url: "https://docs.{word}.example/notes", reviewed: "2026-05-01"}}
""",
    "points/core.yaml": """\
- id: {word}-tank
  text: The {word} tank holds 7 litres; an empty one stops the pump.
  source: {word}-notes
  as_of: "2026-05-01"
  keys: ["7"]
  questions: [how much does the {word} tank hold]
""",
    "symptoms/unclear.yaml": """\
id: unclear
title: A {word} failure of unknown kind
says: [{{says: the tank may be empty., cite: {word}-tank}}]
ask: [the full error text]
""",
    "causes/tank/{word}-empty.yaml": """\
id: {word}-empty
title: The {word} tank is empty
area: tank
summary: {{says: "the {word} tank is empty, which stops the pump.", cite: {word}-tank}}
signals:
  says: {{text: '{word} pump stopped'}}
  told: {{prose: '{word} (?:is dry|ran out)'}}
certain: [says]
likely: [told]
fixes:
  - {{do: 'Fill the {word} tank.', cite: {word}-tank}}
phrases: [the {word} tank ran dry, nothing comes out of the {word} pump]
tests:
  match:
    - {{text: 'RuntimeError: {word} pump stopped', level: certain}}
    - {{text: 'our {word} ran out again, what now?', level: likely}}
  no_match:
    - 'RuntimeError: {word} pump started'
    - 'where do I buy a {word} tank?'
""",
}


def make_corpus(folder: Path, word: str) -> Path:
    """A corpus about a product called after the word."""
    for path, text in FILES.items():
        file = folder / path.format(word=word)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(word=word, name=word.title()), "utf-8")
    return folder


def failure(word: str) -> str:
    """What the corpus of a word knows, and no other."""
    return f"RuntimeError: {word} pump stopped"
