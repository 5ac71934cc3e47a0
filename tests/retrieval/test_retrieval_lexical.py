"""BM25: what counts as a term, and scores equal to those of a reference implementation."""

from __future__ import annotations

import math

import bm25s
import numpy as np
import pytest
import Stemmer
from growth import grows_faster_than_linear
from rank_bm25 import BM25Okapi

from bot.retrieval.lexical import K1, B, LexicalIndex, tokenize

TEXTS = [
    "The server closes the connection with code 1008 after 20 seconds without input.",
    "A 401 means the key is missing, wrong or revoked; check the header.",
    "Set output_format to pcm_24000 for raw samples; mp3_44100_128 is the default.",
    "Connections beyond the limit are refused with code 1008 and a reason.",
    "websockets.exceptions.ConnectionClosedError names the close code and the reason.",
    "the of and",
    "Retry after a 429; connections, connecting and connected all stem alike.",
]
QUERIES = [
    "connection closed code 1008",
    "which output_format is raw",
    "ConnectionClosedError reason reason reason",
    "429 retry",
    "nothingknown 1008 code",
]


class LuceneReference(BM25Okapi):  # type: ignore[misc] # rank_bm25 ships no type information
    """The reference with Lucene's inverse document frequency, its only difference but for a constant factor."""

    def _calc_idf(self, nd: dict[str, int]) -> None:
        self.idf = {word: math.log(1 + (self.corpus_size - df + 0.5) / (df + 0.5)) for word, df in nd.items()}


def terms(text: str) -> list[str]:
    return tokenize(text, Stemmer.Stemmer("english"))


@pytest.mark.parametrize("query", QUERIES)
def test_scores_equal_those_of_two_references(query: str) -> None:
    corpus, unique = [terms(text) for text in TEXTS], list(dict.fromkeys(terms(query)))
    lucene = LuceneReference(corpus, k1=K1, b=B).get_scores(unique) / (K1 + 1)
    assert LexicalIndex(TEXTS).scores(query) == pytest.approx(lucene, rel=1e-5)
    other = bm25s.BM25(k1=K1, b=B, method="lucene")
    other.index(corpus, show_progress=False)
    known = [other.vocab_dict[term] for term in unique if term in other.vocab_dict]
    assert LexicalIndex(TEXTS).scores(query) == pytest.approx(other.get_scores_from_ids(known), rel=1e-5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Closing connections", ["close", "connect"]),
        ("the server is not there", ["server"]),
        ("pcm_24000", ["pcm_24000", "pcm", "24000"]),
        ("voiceSettings", ["voicesettings", "voic", "set"]),
        ("HTTPError", ["httperror", "http", "error"]),
        ("multi-stream-input", ["multi-stream-input", "multi", "stream", "input"]),
        ("asyncio.exceptions.TimeoutError:", ["asyncio.exceptions.timeouterror", "asyncio", "except", "timeout", "error"]),
        ("__init__.py", ["init__.py", "init", "py"]),
        ("code 1008.", ["code", "1008"]),
        ("status_code=-1", ["status_code", "status", "code", "1"]),
        ("I don't; it’s", []),
        ("naïve Überlauf", ["naïv", "überlauf"]),
        ("", []),
        ("... --- ___", []),
        ("x" * 65, []),
        ("short_" + "x" * 65, ["short"]),
    ],
)
def test_identifiers_stay_whole_and_come_apart(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_a_repeated_word_of_the_query_counts_once() -> None:
    index = LexicalIndex(TEXTS)
    assert index.scores("code " * 50).tolist() == index.scores("code").tolist()


@pytest.mark.parametrize("texts", [[], ["the of"], ["", ""]])
def test_a_corpus_without_terms_scores_nothing(texts: list[str]) -> None:
    assert LexicalIndex(texts).scores("code").tolist() == [0.0] * len(texts)


@pytest.mark.parametrize("query", ["", "the of", "nothingknown", "\x00\ud800 \udfff"])
def test_a_query_without_known_terms_scores_nothing(query: str) -> None:
    scores = LexicalIndex(TEXTS).scores(query)
    assert scores.dtype == np.float32
    assert not scores.any()


@pytest.mark.parametrize("unit", ["_.-", "aB", "a.", "a_", "A", "1-", "é’"])
def test_hostile_repetition_takes_linear_time(unit: str) -> None:
    index = LexicalIndex(TEXTS)
    assert not grows_faster_than_linear(lambda size: index.scores(unit * size), 25_000, 400_000)
