"""BM25 over stemmed words and whole identifiers, in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

K1 = 1.5
B = 0.75
METHOD = "lucene"
"""Variant of the formula: the one whose inverse document frequency is never negative (Kamphuis et al., ECIR 2020)."""

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
        parts = [part for piece in SEPARATORS.split(identifier) for part in CAMEL.split(piece)]
        if len(parts) > 1 and len(identifier) <= MAX_IDENTIFIER:
            terms.append(identifier.lower())
        words = [word for word in map(str.lower, parts) if word not in STOP_WORDS and len(word) <= MAX_IDENTIFIER]
        terms.extend(stemmer.stemWords(words))
    return terms


class LexicalIndex:
    """BM25 scores of texts for a query; immutable, thread-safe."""

    def __init__(self, texts: Sequence[str], *, method: str = METHOD) -> None:
        self._size = len(texts)
        stemmer = Stemmer.Stemmer("english")
        terms = [tokenize(text, stemmer) for text in texts]
        self._model: bm25s.BM25 | None = None
        if any(terms):
            self._model = bm25s.BM25(k1=K1, b=B, method=method)
            self._model.index(terms, show_progress=False)

    def scores(self, query: str) -> npt.NDArray[np.float32]:
        """BM25 of every text, float32 (n,); 0 where no term of the query occurs. A term counts once however often it is said."""
        # PyStemmer keeps a cache inside a stemmer and is not thread-safe: one for each call.
        return self.term_scores(tokenize(query, Stemmer.Stemmer("english")))

    def term_scores(self, terms: Iterable[str]) -> npt.NDArray[np.float32]:
        """BM25 of every text for terms as `tokenize` gives them, float32 (n,)."""
        if self._model is None:
            return np.zeros(self._size, dtype=np.float32)
        vocabulary = self._model.vocab_dict
        known = [vocabulary[term] for term in dict.fromkeys(terms) if term in vocabulary]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._model.get_scores_from_ids(known), dtype=np.float32)
