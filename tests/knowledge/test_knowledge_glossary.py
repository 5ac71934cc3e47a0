"""The glossary file: what it means, and where its errors are reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import CorpusError, Problem
from bot.knowledge.diff import describe_change
from bot.knowledge.folding import fold, tokens
from bot.knowledge.load import load_snapshot

SOUND = """de:
  common: [der, die]
  terms: {Schlüssel*: key, wie lange: how long, dynamische Variable*: dynamic variables}
zh:
  common: [的]
  terms:
    限制: limit
ar:
  common: [في]
  prefixes: [ال, وال]
  terms: {صوت: voice}
"""


def write(folder: Path, text: str) -> Path:
    (folder / "glossary.yaml").write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(CorpusError) as caught:
        load_snapshot(folder)
    return list(caught.value.problems)


BROKEN = [
    ("unknown key", SOUND.replace("common: [的]", "commons: [的]"), (5, "unknown-key")),
    ("no terms", SOUND.replace("    限制: limit\n", "    {}\n"), (6, "wrong-value")),
    ("unknown language code", SOUND.replace("zh:", "Chinese:"), (4, "wrong-value")),
    ("a term twice", SOUND.replace("Schlüssel*: key,", "Schlüssel*: key, Schlüssel*: keys,"), (3, "yaml-duplicate-key")),
    ("two spellings of a term", SOUND.replace("限制: limit", "限制: limit\n    Ａb: x\n    ab: x"), (9, "duplicate")),
    ("a term that is a function word", SOUND.replace("wie lange", "Die"), (3, "duplicate")),
    ("no word", SOUND.replace("限制: limit", "限制: limit\n    '*': x"), (8, "wrong-value")),
    ("a phrase among the function words", SOUND.replace("[der,", "[auf der,"), (2, "wrong-value")),
    ("two scripts", SOUND.replace("限制: limit", "api 限制: limit"), (7, "wrong-value")),
    ("a phrase that is too long", SOUND.replace("wie lange", "a b c d e f"), (3, "wrong-value")),
    ("English that is none", SOUND.replace("限制: limit", "限制: límite"), (7, "wrong-value")),
    ("no English", SOUND.replace("限制: limit", "限制: ''"), (7, "wrong-value")),
    ("a word that YAML reads as a truth value", SOUND.replace("[der,", "[no,"), (2, "wrong-value")),
    ("a list", "- de", (1, "wrong-type")),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_an_error_of_the_glossary_is_reported_with_its_line(parcel: Path, text: str, expected: tuple[int, str]) -> None:
    found = {(problem.line, problem.code) for problem in problems(write(parcel, text)) if problem.path == "glossary.yaml"}
    assert expected in found


def test_a_corpus_without_a_glossary_has_no_languages(parcel: Path) -> None:
    assert load_snapshot(parcel).glossary.languages == ()


def test_terms_are_kept_as_they_are_looked_up(parcel: Path) -> None:
    german, chinese, arabic = load_snapshot(write(parcel, SOUND)).glossary.languages
    assert (german.code, german.common) == ("de", frozenset({"der", "die"}))
    assert german.stems == {"schlussel": "key", "dynamische variable": "dynamic variables"}
    assert (german.words, german.heads) == ({"wie lange": "how long"}, frozenset({"dynamische"}))
    assert chinese.parts == {"的": "", "限制": "limit"}
    assert arabic.prefixes == ("وال", "ال")


def test_the_words_of_the_corpus_are_its_english(parcel: Path) -> None:
    glossary = load_snapshot(write(parcel, SOUND)).glossary
    assert {"parcel", "heavier"} <= glossary.english
    assert "schlussel" not in glossary.english


def test_a_changed_glossary_is_named(parcel: Path) -> None:
    old = load_snapshot(write(parcel, SOUND))
    assert describe_change(old, load_snapshot(write(parcel, SOUND))) == []
    assert describe_change(old, load_snapshot(write(parcel, SOUND.replace("limit", "bound")))) == ["glossary.yaml changed"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GRÖẞE Größe", "grosse grosse"),
        ("Crème brûlée", "creme brulee"),
        ("bağlantı BAĞLANTI İSTEK", "baglanti baglanti istek"),
        ("połączenie", "polaczenie"),
        ("œuvre", "oeuvre"),
        ("ключ ещё й", "ключ еще и"),
        ("أصوات الصَّوْت مكتبة", "اصوات الصوت مكتبه"),
        ("ｆｕｌｌ　ｗｉｄｔｈ １２", "full width 12"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("चाबी की", "चाबी की"),
        ("giọng nói", "giong noi"),
        ("한국어", "한국어"),
    ],
)
def test_folding_leaves_one_form_of_each_letter(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_identifiers_and_runs_without_spaces_are_one_token() -> None:
    assert tokens("eleven_v3の文字数 pcm_24000, multi-stream-input v2.5! कुंजी।") == [
        "eleven_v3",
        "の文字数",
        "pcm_24000",
        "multi-stream-input",
        "v2.5",
        "कुंजी",
    ]
