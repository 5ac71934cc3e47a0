"""One corpus, ready to answer: reading, diagnosis and reply behind a single call."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.checked import Checked
from bot.condensed import condensed
from bot.diagnosis.conditions import ConditionIndex
from bot.diagnosis.conversation import Conversation
from bot.diagnosis.diagnose import Diagnostician
from bot.diagnosis.query import search_texts
from bot.diagnosis.template import templates, vocabulary
from bot.diagnosis.types import Diagnosis, Verdict
from bot.diagnosis.votes import Ballot
from bot.diagnosis.weights import Weights, load_weights
from bot.errors import CorpusError
from bot.indexing import build_index
from bot.knowledge.load import load_sound_parts
from bot.knowledge.types import Snapshot
from bot.links.stale import read_stale
from bot.reading import Reader
from bot.reading.profile import Profile
from bot.reading.types import Reading
from bot.reply.compose import compose
from bot.reply.types import Reply
from bot.retrieval.documents import Document, documents
from bot.retrieval.index import Index
from bot.settings import Settings
from bot.tested import retest

EMPTY_CONVERSATION = Conversation()


@dataclass(frozen=True, slots=True)
class Answer:
    """What one message led to. `conversation` goes with the next message of the same thread; times in milliseconds.

    snapshot: the corpus that it was taken from.
    templates: where no cause was found, what its failures look like (see bot.diagnosis.template), by fingerprint.
    """

    reading: Reading
    diagnosis: Diagnosis
    reply: Reply
    conversation: Conversation
    timing_ms: Mapping[str, float]
    snapshot: Snapshot = field(repr=False)
    templates: Mapping[str, str] = field(default_factory=dict)


class Engine:
    """Answers messages with one snapshot; holds no state between calls and is safe to share between threads."""

    def __init__(self, snapshot: Snapshot, reader: Reader, diagnostician: Diagnostician) -> None:
        self.snapshot = snapshot
        self._reader = reader
        self._diagnostician = diagnostician
        self._words = vocabulary(snapshot)

    @property
    def index(self) -> Index:
        """The index that serves searches."""
        return self._diagnostician.index

    def with_index(self, index: Index) -> Engine:
        """The same corpus and rules over another index: for measuring what each kind of search adds."""
        return Engine(self.snapshot, self._reader, replace(self._diagnostician, index=index))

    def with_weights(self, weights: Weights) -> Engine:
        """The same corpus and searches under other weights: for measuring weights on cases they were not fitted on."""
        return Engine(self.snapshot, self._reader, replace(self._diagnostician, weights=weights))

    @property
    def conditions(self) -> ConditionIndex:
        """The compiled conditions of the corpus."""
        return self._diagnostician.conditions

    def ballot(self, text: str) -> Ballot:
        """Everything that votes about a message of its own, likeness included: what weights are fitted on."""
        return self._diagnostician.full_ballot(self._reader.read(text))

    def read(self, text: str) -> Reading:
        """Only the first step: what the text shows."""
        return self._reader.read(text)

    def answer(self, text: str, conversation: Conversation = EMPTY_CONVERSATION, *, before: Reading | None = None) -> Answer:
        """The answer to one message of a conversation; blocking. `before`: the reading of the message by which `text` is safe.

        Raises ModelError when the model is needed and cannot be loaded.
        """
        start = time.perf_counter()
        reading = self._reader.read(text)
        if before is not None:
            hidden = (*before.redactions, *reading.redactions)
            reading = replace(reading, redactions=hidden, dropped=before.dropped + reading.dropped)
        read = time.perf_counter()
        diagnosis, after = self._diagnostician.diagnose(reading, conversation)
        diagnosed = time.perf_counter()
        reply = compose(self.snapshot, reading, diagnosis)
        end = time.perf_counter()
        steps = {"reading": read - start, "diagnosis": diagnosed - read, "reply": end - diagnosed, "total": end - start}
        times = {name: round(seconds * 1000, 2) for name, seconds in steps.items()}
        open_ = {} if diagnosis.verdict is Verdict.DIAGNOSIS else templates(reading, self._words)
        return Answer(reading, diagnosis, reply, after, times, self.snapshot, open_)


def build_engine(settings: Settings, *, own: bool = False) -> Engine:
    """Load the corpus, run its own tests unless this very version passed them before, and index it.

    own: it is the corpus of one server, beside the shared one.
    Raises CorpusError with every problem, or ModelError when texts must be embedded and the model cannot be used.
    """
    snapshot, problems = load_sound_parts(settings.knowledge_dir)
    if snapshot is None:
        raise CorpusError(problems)
    snapshot = replace(snapshot, stale=read_stale(settings.cache_dir, snapshot))
    reader = _reader(snapshot.profile, settings.analysis_limit)
    conditions = ConditionIndex(snapshot)
    checked = Checked(settings.cache_dir)
    if problems or not checked.has(snapshot.version):
        problems += retest(snapshot, reader, conditions, settings)
        if not problems:
            checked.add(snapshot.version)
    if problems:
        raise CorpusError(problems)
    index = build_index(settings, indexed_documents(snapshot, reader, settings), own=own)
    return Engine(snapshot, reader, Diagnostician(snapshot, conditions, index, load_weights()))


@lru_cache(maxsize=2)
def _reader(profile: Profile, limit: int) -> Reader:
    """The reader for a profile; remembered, because the reload of a corpus seldom changes it."""
    return Reader(profile, limit)


def indexed_documents(snapshot: Snapshot, reader: Reader, settings: Settings) -> list[Document]:
    """What is searched of a corpus; its examples are cut to what a paste is searched with."""
    examples = [example.text for example in snapshot.examples]
    return documents(snapshot, condensed(examples, lambda text: search_texts(reader.read(text)), snapshot.profile, settings))
