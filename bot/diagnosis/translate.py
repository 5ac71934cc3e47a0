"""Words of another language into the English words of the field, by the corpus's glossary: enough to search with, not to read.

No word of an English text is touched: another language is seen only where enough of its own words stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.knowledge.folding import IS_UNSPACED, fold, pieces, tokens
from bot.knowledge.glossary import MAX_PHRASE
from bot.knowledge.types import Glossary, Language, Snapshot
from bot.patterns import pattern_set
from bot.reading.types import Reading, Signal, SignalKind
from bot.retrieval.lexical import STOP_WORDS

MAX_CHARACTERS = 4000
"""Characters of a text that are translated: as many as of prose are kept."""
MAX_WORDS = 150
"""Words that say which language it is."""
LEAST_WORDS = 2
"""Different words of a language in Latin letters that make a text that language; in another script one is enough."""
MAX_WORD = 40
"""Letters of a word that are looked at: no stem is longer."""
LEAST_REST = 4
"""Letters behind a stem from which they are looked up as a word of their own (German compounds)."""
LINKS = ("", "s", "n", "en", "es")
"""What joins the parts of a compound."""
LEAST_SHARE = 0.25
"""Of the different words of a text that are not English, those that its language must explain."""
LATIN_BELOW = "\u0250"


@dataclass(frozen=True, slots=True)
class Match:
    """A word or phrase of a text (folded), and its English: "" for a function word, None when the glossary does not have it."""

    source: str
    english: str | None


def in_english(reading: Reading, snapshot: Snapshot) -> Reading:
    """The reading with its prose in English words, and the topics that these name; one in English stays the same object."""
    return into_english(reading, language_of(reading.prose, snapshot.glossary), snapshot)


def into_english(reading: Reading, language: Language | None, snapshot: Snapshot) -> Reading:
    """The same where the language of the prose is known already."""
    if language is None:
        return reading
    prose = translate(reading.prose, language)
    topics = snapshot.profile.topics
    number = min(reading.prose_lines, default=1)
    named = [Signal(SignalKind.TOPIC, topics[i], number, prose) for i in pattern_set(topics).matches(prose)]
    return replace(reading, prose=prose, signals=(*reading.signals, *named))


def to_english(text: str, glossary: Glossary) -> str:
    """The English words for a text in another language, in its order, among its names, identifiers and numbers.

    A text that is English, or in no language of the glossary, is returned as it is.
    """
    language = language_of(text, glossary)
    return text if language is None else translate(text, language)


def language_of(text: str, glossary: Glossary) -> Language | None:
    """The language most of whose own words stand in the text; None for English and for what no language explains."""
    if not glossary.languages:
        return None
    words = _words(text)[:MAX_WORDS]
    own = {word for word in words if word not in STOP_WORDS and word not in glossary.english}
    best, most = None, 0
    for language in glossary.languages if own else ():
        found = {match.source for match in _matches(words, language) if match.english is not None}
        telling = {source for source in found if not (source in STOP_WORDS or source in glossary.english)}
        against = len({word for word in words if word in STOP_WORDS} - found)
        latin = all(source < LATIN_BELOW for source in telling)
        least = max(LEAST_WORDS if latin else 1, LEAST_SHARE * len(own))
        if len(telling) > max(most, against) and len(telling) >= least:
            best, most = language, len(telling)
    return best


def translate(text: str, language: Language) -> str:
    """The English words of a text in a language. Words that the glossary does not have stay as they are: most are names."""
    kept: list[str] = []
    for match in _matches(_words(text), language):
        word = match.source if match.english is None else match.english
        if word and word != (kept[-1] if kept else ""):
            kept.append(word)
    return " ".join(kept)


def _words(text: str) -> list[str]:
    """Folded words; an identifier stays whole, a hyphenated word does not."""
    found: list[str] = []
    for token in tokens(fold(text[:MAX_CHARACTERS])):
        found += [token] if _is_name(token) else pieces(token)
    return found


def _is_name(token: str) -> bool:
    """Whether a word is an identifier or a number: the same in every language."""
    return not token.isalpha() and ("_" in token or any(letter.isdecimal() for letter in token))


def _matches(words: list[str], language: Language) -> Iterator[Match]:
    """Every word of the text once, alone or in the longest phrase that the glossary has."""
    at = 0
    while at < len(words):
        word = words[at]
        size = 1
        if IS_UNSPACED.match(word):
            yield from _parts(word, language.parts)
        else:
            longest = min(MAX_PHRASE, len(words) - at) if word in language.openers else 1
            for size in range(longest, 1, -1):
                english = _phrase(words[at : at + size], language)
                if english is not None:
                    break
            else:
                size, english = 1, _one(word, language)
            yield Match(" ".join(words[at : at + size]), english)
        at += size


def _phrase(words: list[str], language: Language) -> str | None:
    """English for words that stand together."""
    phrase, head = " ".join(words), " ".join(words[:-1])
    if phrase in language.words:
        return language.words[phrase]
    if head in language.heads:
        for size in range(min(len(phrase), len(head) + MAX_WORD), len(head) + 1, -1):
            if phrase[:size] in language.stems:
                return language.stems[phrase[:size]]
    return None


def _one(word: str, language: Language) -> str | None:
    """English for one word: as it stands, or without what is written in front of it."""
    if _is_name(word):
        return None
    if word in language.common:
        return ""
    found = _look_up(word[:MAX_WORD], language)
    for prefix in language.prefixes if found is None else ():
        if word.startswith(prefix) and (found := _look_up(word[len(prefix) : MAX_WORD], language)) is not None:
            break
    return found


def _look_up(word: str, language: Language) -> str | None:
    """English for a word, by itself or by its longest stem; what follows the stem counts if it is a word too."""
    if word in language.words:
        return language.words[word]
    for size in range(len(word), 0, -1):
        if word[:size] in language.stems:
            rest = word[size:]
            behind = _behind(rest, language) if len(rest) >= LEAST_REST else None
            return f"{language.stems[word[:size]]} {behind}" if behind else language.stems[word[:size]]
    return None


def _behind(rest: str, language: Language) -> str | None:
    """English for the last part of a compound."""
    for link in LINKS:
        part = rest.removeprefix(link)
        if len(part) < LEAST_REST or not rest.startswith(link):
            continue
        if part in language.words:
            return language.words[part]
        for size in range(len(part), LEAST_REST - 1, -1):
            if part[:size] in language.stems:
                return language.stems[part[:size]]
    return None


def _parts(run: str, parts: Mapping[str, str]) -> Iterator[Match]:
    """The longest term at each place of a run without spaces, from left to right; what is between them is skipped."""
    longest = max(map(len, parts), default=0)
    at = 0
    while at < len(run):
        size = next((n for n in range(min(longest, len(run) - at), 0, -1) if run[at : at + n] in parts), 0)
        if size:
            yield Match(run[at : at + size], parts[run[at : at + size]])
        at += max(size, 1)
