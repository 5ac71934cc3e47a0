"""What every way in offers: diagnosing with a memory of the conversation, searching, reading traces, showing causes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from bot.api.corpus_json import cause_json, causes_json, hits_json
from bot.api.question import Question
from bot.api.refusal import RefusedError, unavailable
from bot.api.threads import Threads
from bot.commands.diagnose import as_json
from bot.diagnosis.conversation import Conversation
from bot.engine import Answer
from bot.errors import UserError
from bot.knowledge.types import Snapshot
from bot.reply.json import trace_json
from bot.service import Service

log = logging.getLogger(__name__)

T = TypeVar("T")


class Answering:
    """One for all ways in of a process. Callers are told apart, so that none continues the conversation of another."""

    def __init__(self, service: Service, surface: str) -> None:
        self._service = service
        self._surface = surface
        # The callers are those who have a token: as many as the settings name.
        self._threads: dict[str, Threads] = {}

    @property
    def snapshot(self) -> Snapshot:
        """The corpus that answers now."""
        return self._service.snapshot

    async def diagnose(self, question: Question, caller: str) -> dict[str, Any]:
        """The answer, as `python -m bot diagnose --format json` gives it; raises RefusedError."""
        if question.thread is None:
            return (await self._answer(question, Conversation(), caller))[1]
        threads = self._threads.setdefault(caller, Threads())
        async with threads.turn(question.thread) as before:
            answer, found = await self._answer(question, before, caller)
            threads.put(question.thread, answer.conversation)
        return found

    async def search(self, query: str, limit: int) -> dict[str, Any]:
        """The points and causes nearest to a query; raises RefusedError."""

        def work() -> dict[str, Any]:
            engine = self._service.engine
            return hits_json(engine.snapshot, engine.index.search(query, ("point", "cause"), limit))

        return await self.blocking(work)

    async def read_traces(self, text: str) -> dict[str, Any]:
        """The stack traces of a text, as `python -m bot traces` gives them; raises RefusedError."""
        return await self.blocking(lambda: {"traces": [trace_json(trace) for trace in self._service.engine.read(text).traces]})

    def causes(self) -> dict[str, Any]:
        """Every cause of the corpus by its title."""
        return causes_json(self.snapshot)

    def cause(self, name: str) -> dict[str, Any]:
        """One cause of the corpus; raises RefusedError when there is none of this name."""
        snapshot = self.snapshot
        if name not in snapshot.causes:
            raise RefusedError(404, "unknown_cause", "There is no cause of this id; the list of causes names them all.")
        return cause_json(snapshot, snapshot.causes[name])

    async def blocking(self, work: Callable[[], T]) -> T:
        """The result of blocking work, done in the service's threads; raises RefusedError when the corpus or the model fails."""
        try:
            return await self._service.run(work)
        except RefusedError:
            raise
        except UserError as error:
            log.error("A request cannot be answered: %s", error)  # noqa: TRY400 - the text is written for the admin
            raise unavailable() from None

    async def _answer(self, question: Question, before: Conversation, caller: str) -> tuple[Answer, dict[str, Any]]:
        def work() -> tuple[Answer, dict[str, Any]]:
            # One engine for the answer and its form: the corpus may be replaced meanwhile.
            engine = self._service.engine
            answer = engine.answer(question.text, before)
            return answer, as_json(engine, question.id, answer)

        answer, found = await self.blocking(work)
        self._note(answer, caller)
        return answer, found

    def _note(self, answer: Answer, caller: str) -> None:
        """One line an answer, with the fields of the answers on Discord, and without anything of what was asked."""
        diagnosis = answer.diagnosis
        best = diagnosis.decided
        fields: dict[str, Any] = {
            "event": "answered",
            "surface": self._surface,
            "caller": caller,
            "verdict": str(diagnosis.verdict),
            "cause": best.cause.id if best is not None else "",
            "certainty": str(best.level) if best is not None else "",
            "corpus": answer.snapshot.version,
            **{f"{stage}_ms": round(ms, 1) for stage, ms in answer.timing_ms.items()},
        }
        log.info("Request: %s", diagnosis.verdict, extra=fields)
