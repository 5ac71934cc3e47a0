"""BM25 over stemmed words and whole identifiers, in memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import Stemmer

K1 = 1.5
B = 0.75

MAX_CHARACTERS = 100_000
"""Characters of a query that are looked at."""

MAX_IDENTIFIER = 64
"""Characters of a term; longer runs are data (base64, hashes), not names."""

ENGLISH = """
a about after again all also am an and any are arent as at be because been before being but by can cant could d did didnt do
does doesnt doing dont for from had has have having he hello her here hers hey hi him his how i id if im in into is isnt it
its itself ive just ll m me my no nor not now of off on once only or other our ours out own please re s same she should so
some such t than thanks that thats the their theirs them then there theres these they this those through to too under until
up ve very was wasnt we were what whats when where which while who whom why will with wont would you your yours
"""
"""Words that say nothing about a topic, and greetings; apostrophes are gone before they are looked up."""
STOP_WORDS = frozenset(ENGLISH.split())

# One identifier: word characters, and single separators between them. Both quantifiers are over disjoint sets, so linear.
IDENTIFIER = re.compile(r"[^\W_]+(?:[_.\-]+[^\W_]+)*")
# The border before a capital that starts a word: fooBar, HTTPError. Fixed width, no quantifier.
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
SEPARATORS = re.compile(r"[_.\-]+")


def tokenize(text: str, stemmer: Stemmer.Stemmer) -> list[str]:
    """Lower-case terms in order of the text: identifiers whole and in parts, words stemmed, numbers kept, stop words dropped.

    "voiceSettings" gives voicesettings, voic, set; "output_format" gives output_format, output, format; "pcm_24000" gives
    pcm_24000, pcm, 24000. An apostrophe ends no word: "don't" is dont.
    """
    terms: list[str] = []
    for identifier in IDENTIFIER.findall(text[:MAX_CHARACTERS].replace("'", "").replace("’", "")):
        if identifier.isalnum() and identifier[1:].islower():  # a plain word, as most are: nothing to take apart
            word = identifier.lower()
            if word not in STOP_WORDS and len(word) <= MAX_IDENTIFIER:
                terms.append(stemmer.stemWord(word))
            continue
        parts = [part for piece in SEPARATORS.split(identifier) for part in CAMEL.split(piece)]
        if len(parts) > 1 and len(identifier) <= MAX_IDENTIFIER:
            terms.append(identifier.lower())
        words = [word for word in map(str.lower, parts) if word not in STOP_WORDS and len(word) <= MAX_IDENTIFIER]
        terms.extend(stemmer.stemWords(words))
    return terms


@lru_cache(maxsize=16_384)
def _terms(text: str) -> tuple[str, ...]:
    """The terms of a text of the corpus; remembered, because a reload finds most texts as they were. Never used on a query."""
    return tuple(tokenize(text, Stemmer.Stemmer("english")))


class LexicalIndex:
    """BM25 scores of texts for a query; immutable, thread-safe.

    Of each term the texts that hold it stand side by side with what it adds to their score: a query only touches those of its
    own terms. With the inverse document frequency that is never negative ("lucene" in Kamphuis et al., ECIR 2020).
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._size = len(texts)
        terms = [_terms(text) for text in texts]
        self._vocabulary: dict[str, int] = {}
        number = self._vocabulary
        numbers = np.array([number.setdefault(term, len(number)) for found in terms for term in found], dtype=np.int64)
        lengths = np.array([len(found) for found in terms], dtype=np.int64)
        holding = np.repeat(np.arange(self._size, dtype=np.int64), lengths)
        # One posting for each term and text, sorted by term, then text; how often the term stands there is counted.
        postings, counts = np.unique(numbers * max(self._size, 1) + holding, return_counts=True)
        term, self._texts = np.divmod(postings, max(self._size, 1))
        self._starts = np.searchsorted(term, np.arange(len(number) + 1))
        frequency = np.diff(self._starts)
        rarity = np.log1p((self._size - frequency + 0.5) / (frequency + 0.5))
        length = K1 * (1 - B + B * lengths / (lengths.mean() if len(numbers) else 1.0))
        self._adds = (rarity[term] * counts / (counts + length[self._texts])).astype(np.float32)

    def scores(self, query: str) -> npt.NDArray[np.float32]:
        """BM25 of every text, float32 (n,); 0 where no term of the query occurs. A term counts once however often it is said."""
        # PyStemmer keeps a cache inside a stemmer and is not thread-safe: one for each call.
        scores = np.zeros(self._size, dtype=np.float32)
        for term in dict.fromkeys(tokenize(query, Stemmer.Stemmer("english"))):
            number = self._vocabulary.get(term)
            if number is not None:
                start, end = self._starts[number], self._starts[number + 1]
                scores[self._texts[start:end]] += self._adds[start:end]
        return scores
