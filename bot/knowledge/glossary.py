"""The glossary: words of other languages with their English, so that whoever writes in another language is understood.

Both the glossary and what is looked up in it are folded in the same way: lower case, no accents, one form of each letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType

from bot.errors import Problem
from bot.knowledge.files import Entry
from bot.knowledge.schema import GlossarySpec
from bot.knowledge.types import Glossary, Language

STEM = "*"
"""A term that ends so means every word that begins so."""
MARKS_END = 0x900
"""Below: alphabets whose marks are accents (Latin, Greek, Cyrillic, Arabic). From here on marks are vowels and stay."""
LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ى": "ي", "ة": "ه", "ـ": "", "\u200c": " "}
)
"""Letters that Unicode does not decompose, and that people write in two ways."""
# Scripts written without spaces between words: kana, ideographs, and what repeats or lengthens them.
UNSPACED = "々\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Scripts of India: their vowel signs are no word characters to `re`.
INDIC = "\u0900-\u0dff"
# A run of an unspaced script; or a word, with single separators inside as identifiers have them. Disjoint classes, so linear.
TOKEN = re.compile(rf"[{UNSPACED}]+|[{INDIC}]+|[^\W_{UNSPACED}{INDIC}]+(?:[_.\-]+[^\W_{UNSPACED}{INDIC}]+)*")
ONLY_UNSPACED = re.compile(rf"[{UNSPACED}]+")


def fold(text: str) -> str:
    """Lower case without accents, one form of each letter; what marks a vowel in scripts of India stays."""
    out = []
    for letter in unicodedata.normalize("NFKC", text).casefold():
        code = ord(letter)
        if code < 0x80:
            out.append(letter)
        elif code < MARKS_END or 0x1E00 <= code < 0x2000:
            out += [part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part)]
        else:
            out.append(letter)
    return "".join(out).translate(LETTERS)


def tokens(folded: str) -> list[str]:
    """The words of a folded text; an identifier is one word, and so is a run of a script without spaces."""
    return TOKEN.findall(folded)


def build_glossary(entries: Iterable[Entry[GlossarySpec]], english: Iterable[str]) -> Glossary:
    """The glossary in memory; `english` are the corpus's own texts, whose words need no translation."""
    languages = tuple(_language(entry.spec) for entry in entries)
    words = frozenset(word for text in english for token in tokens(fold(text)) for word in (token, *_parts(token)))
    return Glossary(languages, words if languages else frozenset())


def check_glossary(entries: Sequence[Entry[GlossarySpec]]) -> Iterator[Problem]:
    """A problem for each language that is there twice, and for each term that cannot be found or is a term already."""
    seen: set[str] = set()
    for entry in entries:
        if entry.spec.language in seen:
            yield Problem(entry.path, entry.line, "duplicate", f"language `{entry.spec.language}` is listed above")
        seen.add(entry.spec.language)
        known: dict[str, str] = {}
        lines = entry.document_lines
        given = [(("common", i), term) for i, term in enumerate(entry.spec.common)]
        given += [(("terms", term), term) for term in entry.spec.terms]
        for path, term in given:
            key = _key(term)
            if not tokens(key.removesuffix(STEM)):
                yield Problem(entry.path, lines(path), "wrong-value", f"`{term}` holds no word")
            elif key in known:
                yield Problem(entry.path, lines(path), "duplicate", f"`{term}` is the same as `{known[key]}` of this language")
            known.setdefault(key, term)


def _parts(token: str) -> list[str]:
    return [part for part in re.split(r"[_.\-]+", token) if part]
