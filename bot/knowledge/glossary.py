"""The glossary: words of other languages with their English, so that whoever writes in another language is understood."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType

from bot.errors import Problem
from bot.knowledge import schema
from bot.knowledge.files import Files, Rules
from bot.knowledge.folding import IS_UNSPACED, fold, pieces, tokens
from bot.knowledge.located import Path
from bot.knowledge.types import NO_GLOSSARY, Glossary, Language

STEM = "*"
"""At the end of a term: every word that begins so."""
MAX_PHRASE = 5
"""Words of the longest phrase."""


def build_glossary(files: Files) -> Glossary:
    """The glossary in memory, with the words of the corpus's own English, which need no translation."""
    if files.glossary is None:
        return NO_GLOSSARY
    languages = tuple(_language(code, spec) for code, spec in files.glossary.spec.root.items())
    texts = [text for entry in files.points for text in (entry.spec.text, *entry.spec.questions)]
    texts += [text for rules in files.causes for text in (rules.spec.title, rules.spec.summary.says, *rules.spec.phrases)]
    texts += [text for rules in files.symptoms for text in (rules.spec.title, *rules.spec.phrases)]
    return Glossary(languages, frozenset[str]().union(*map(words_of, texts)))


@lru_cache(maxsize=16_384)
def words_of(text: str) -> frozenset[str]:
    """The folded words of a text of the corpus; remembered, because a reload finds most texts as they were."""
    return frozenset(word for token in tokens(fold(text)) for word in (token, *pieces(token)))


def check_glossary(glossary: Rules[schema.GlossarySpec] | None) -> Iterator[Problem]:
    """A problem for each term that no text can hold, and for each that its language has already."""
    if glossary is None:
        return
    for code, spec in glossary.spec.root.items():
        terms: list[tuple[Path, str]] = [((code, "common", i), word) for i, word in enumerate(spec.common)]
        terms += [((code, "terms", term), term) for term in spec.terms]
        seen: dict[str, str] = {}
        for path, term in terms:
            key = _key(term)
            line = glossary.document.line(path)
            if wrong := _unfindable(key, path[1] == "common"):
                yield Problem(glossary.path, line, "wrong-value", f"`{term}`: {wrong}")
            elif key in seen:
                yield Problem(glossary.path, line, "duplicate", f"`{term}` is the same as `{seen[key]}` of this language")
            seen.setdefault(key, term)


def _unfindable(key: str, common: bool) -> str:
    """Why no text can hold the term, or nothing."""
    words = key.removesuffix(STEM).split()
    if not words:
        return "this holds no word"
    if len(words) > 1 and (common or IS_UNSPACED.search(key)):
        return "this has to be one word (in Chinese and Japanese, without letters of another script)"
    if len(words) > MAX_PHRASE:
        return f"a phrase has at most {MAX_PHRASE} words"
    return ""


def _language(code: str, spec: schema.LanguageSpec) -> Language:
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    common = {_key(word) for word in spec.common}
    parts = {word: "" for word in common if IS_UNSPACED.search(word)}
    for term, english in spec.terms.items():
        key = _key(term)
        if IS_UNSPACED.search(key):
            parts[key.removesuffix(STEM)] = english
        elif key.endswith(STEM):
            stems[key.removesuffix(STEM)] = english
        else:
            words[key] = english
    return Language(
        code=code,
        common=frozenset(common),
        words=MappingProxyType(words),
        stems=MappingProxyType(stems),
        parts=MappingProxyType(parts),
        heads=frozenset(stem.rpartition(" ")[0] for stem in stems if " " in stem),
        prefixes=tuple(sorted((fold(prefix) for prefix in spec.prefixes), key=len, reverse=True)),
    )


@lru_cache(maxsize=65_536)
def _key(term: str) -> str:
    """The term as it is looked up: folded words with single spaces, and the star if it has one."""
    words = [piece for token in tokens(fold(term)) for piece in pieces(token)]
    return " ".join(words) + (STEM if term.endswith(STEM) else "")
