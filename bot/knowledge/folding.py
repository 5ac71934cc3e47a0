"""One written form for words that people write in several: lower case, no accents, one form of each letter."""

from __future__ import annotations

import re
import unicodedata

ACCENTED_BELOW = 0x900
"""Alphabets below this code point (Latin, Greek, Cyrillic, Arabic) have marks that people leave out."""
LATIN_EXTENDED = range(0x1E00, 0x2000)
"""Vietnamese letters among others: Latin too, and with accents."""
# Letters that have no decomposition, and letters that people use for each other.
LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ى": "ي", "ة": "ه", "ـ": "", "’": "'"})
# Scripts written without spaces between words: kana, ideographs, and the mark that repeats one.
UNSPACED = "々\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Scripts of India, whose vowel signs are no word characters to `re`; without their full stops.
INDIC = "\u0900-\u0963\u0966-\u0dff"
_WORD = rf"[^\W_{UNSPACED}{INDIC}]+"
# A run of an unspaced script, or a word with the single separators that identifiers have inside. The classes are disjoint.
TOKEN = re.compile(rf"[{UNSPACED}]+|[{INDIC}]+|{_WORD}(?:[_.\-]{_WORD})*")
IS_UNSPACED = re.compile(rf"[{UNSPACED}]")
SEPARATOR = re.compile(r"[_.\-]")


def fold(text: str) -> str:
    """The text in lower case, without accents, one form of each letter."""
    folded = []
    for letter in unicodedata.normalize("NFKC", text).casefold():
        code = ord(letter)
        if 0x80 <= code < ACCENTED_BELOW or code in LATIN_EXTENDED:
            folded += [part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part)]
        else:
            folded.append(letter)
    return "".join(folded).translate(LETTERS)


def tokens(folded: str) -> list[str]:
    """The words of a folded text in order: an identifier is one of them, and so is a run of a script without spaces."""
    return TOKEN.findall(folded)


def pieces(token: str) -> list[str]:
    """The words an identifier or hyphenated word is made of; of a plain word, itself."""
    return SEPARATOR.split(token)
