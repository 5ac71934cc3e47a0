"""Corpora made up from a seed, of any size: documents with vectors, and causes with rules."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from bot.knowledge.types import Advice, Cause, Clause, Condition, Level, Snapshot
from bot.reading.profile import NamedPattern, Profile
from bot.retrieval.documents import Document
from bot.retrieval.embedder import Vectors

SEED = 20_261_122
VOCABULARY = 20_000
WORDS = 20
"""Words of a document: what a point of a corpus has, more or less."""
STATUSES = (400, 401, 402, 403, 404, 409, 413, 422, 429, 500)
FORMS = (
    "{a} {b} (?:was|is) not {c}",
    r"\b{a}\w* {b}\b|\b{b} (?:was|is|has been) not {c}\b",
    r"{a} {b}|{a}\.{b}[.:/]{c}|{a}_{b}_{c}",
    r"\b(?:{a}|{c}) '?[a-z-]{{2,12}}'?|{b} (?:never|was not) {c}",
)
GAP, GAPS = r"\b{a}\b.{{0,40}}\b{c}\b", 15
"""Patterns like those of a corpus written by hand: alternatives, borders and classes in most, a gap in one of fifteen."""
OTHERS = 1_000_000
"""Numbers of the words that messages have and causes have not."""
SYLLABLES = [c + v for c in "bcdfghjklmnprstvwz" for v in "aeiou"]


class RandomEmbedder:
    """Unit vectors that depend on nothing but a hash of the text: what a search costs without what an embedding costs."""

    identity = "random"

    def __init__(self, dimension: int = 384) -> None:
        self._dimension = dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 array (len(texts), dimension) of unit length."""
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text in texts]
        return unit(np.stack([np.random.default_rng(seed).standard_normal(self._dimension) for seed in seeds]))


def unit(rows: npt.NDArray[np.float64]) -> Vectors:
    """Rows scaled to unit length, float32."""
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def vectors(count: int, dimension: int = 384) -> Vectors:
    """Distinct unit vectors, float32 (count, dimension)."""
    rows = np.random.default_rng(SEED).standard_normal((count, dimension), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


class Clusters:
    """Vectors as texts have them: of a topic, and within it about one thing, of which some fifty speak.

    Cosines between vectors of one thing are about 0.6, within a topic 0.4, else 0.
    """

    def __init__(self, count: int, dimension: int = 384) -> None:
        draw = np.random.default_rng(SEED)
        self._dimension, self._things = dimension, max(4, count // 50)
        topics = unit(draw.standard_normal((max(2, count // 2_000), dimension)))
        of_topic = draw.integers(0, len(topics), self._things)
        self._centres = 0.6 * topics[of_topic] + 0.5 * unit(draw.standard_normal((self._things, dimension)))

    def vectors(self, start: int, end: int) -> Vectors:
        """As many vectors as there are numbers from one to the other: the same for the same two numbers; below 0, others."""
        draw = np.random.default_rng([SEED, start + (1 << 40)])
        chosen = draw.integers(0, self._things, end - start)
        return unit(self._centres[chosen] + 0.62 * unit(draw.standard_normal((end - start, self._dimension))))


def word(number: int) -> str:
    """A pronounceable word of its own for each number."""
    syllables = []
    number += len(SYLLABLES)
    while number:
        number, rest = divmod(number, len(SYLLABLES))
        syllables.append(SYLLABLES[rest])
    return "".join(syllables)


def sentences(count: int, words: int = WORDS, seed: int = SEED) -> list[str]:
    """Texts whose words are as unevenly frequent as those of a language (Zipf's law)."""
    ranks = np.random.default_rng(seed).zipf(1.2, count * words) % VOCABULARY
    spelled = [word(int(rank)) for rank in ranks]
    return [" ".join(spelled[i : i + words]) for i in range(0, count * words, words)]


def documents(count: int) -> list[Document]:
    """Points with an id and a text each."""
    return [Document(f"point-{i}", "point", text) for i, text in enumerate(sentences(count))]


def rules_snapshot(count: int) -> Snapshot:
    """A corpus of `count` causes, each with a code, a message, an exception and a phrase of its own, and a status and the
    product's mark shared with others.

    The clauses are those that causes have in a corpus written by hand: the code proves, the message makes likely, what users
    say makes possible.
    """
    causes = {cause.id: cause for cause in map(_cause, range(count))}
    marks = (NamedPattern("host", r"api\.synthetic\.example"),)
    profile = Profile(
        "synthetic", marks=marks, error_fields=("code",), error_codes=frozenset(f"code_{word(i)}" for i in range(count))
    )
    return Snapshot("synthetic", profile, MappingProxyType({}), {}, {}, MappingProxyType(causes), {})


def message(number: int) -> str:
    """What somebody pastes about one of the causes: a trace, a body with its code, and words of their own."""
    draw = random.Random(SEED + number)
    cause = draw.randrange(100)  # one that the smallest corpus has, too

    def other() -> str:
        return word(OTHERS + int(draw.paretovariate(0.5)) % VOCABULARY)

    frames = "".join(
        f'  File "/srv/app/{other()}.py", line {draw.randrange(900)}, in {other()}\n    {other()} = {other()}({other()})\n'
        for _ in range(12)
    )
    body = f'{{"code": "code_{word(cause)}", "message": "{_said(cause)}"}}'
    prose = " ".join(other() for _ in range(20))
    return (
        f"{prose}\nTraceback (most recent call last):\n{frames}"
        f"app.errors.ApiError: https://api.synthetic.example/v1, status_code: {draw.choice(STATUSES)}, body: {body}"
    )


def _said(number: int) -> str:
    a, b, c = (word(n) for n in _words_of(number))
    return f"the {a} {b} was not {c}"


def _words_of(number: int) -> tuple[int, int, int]:
    return number, number * 7 + 3, number * 13 + 5


def _cause(number: int) -> Cause:
    a, b, c = (word(n) for n in _words_of(number))
    form = GAP if number % GAPS == GAPS - 1 else FORMS[number % len(FORMS)]
    said = form.format(a=a, b=b, c=c)
    conditions = (
        Condition("code", "api_error", (f"code_{word(number)}",)),
        Condition("said", "text", said),
        Condition("logged", "text", rf"\b{word(number * 19 + 2)}(?:Error|Exception|Failure)\b"),
        Condition("phrase", "prose", rf"\b{word(number * 17 + 1)} (?:{word(number * 3)}|fails)\b"),
        Condition("status", "http_status", (STATUSES[number % len(STATUSES)],)),
        Condition("product", "product", True),
    )
    named = MappingProxyType({condition.name: condition for condition in conditions})
    rules = {
        Level.CERTAIN: (Clause(("code",)),),
        Level.LIKELY: (Clause(("said",)), Clause(("product", "logged"))),
        Level.POSSIBLE: (Clause(("status", "logged")), Clause(("product", "phrase"))),
    }
    return Cause(
        id=f"cause-{number}",
        title=f"Cause {number}",
        area="synthetic",
        summary=Advice("", ()),
        conditions=named,
        rules=MappingProxyType(rules),
        exclusions=(),
        suppresses=(),
        fixes=(),
        ask=(),
        phrases=(),
        tests=(),
        path="",
        keys=frozenset(condition.key for condition in conditions),
    )
