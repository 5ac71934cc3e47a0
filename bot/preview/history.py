"""An invented month of answers for the state of a simulated server, so that its insights have something to count."""

from __future__ import annotations

from collections.abc import Iterator

from bot.diagnosis.types import Verdict
from bot.knowledge.types import Snapshot
from bot.state import Outcome, StoredAnswer

DAYS = 30
DAY_S = 86_400
FIRST_ID = 1_000
UNEXPLAINED = (
    "RuntimeError: worker # stopped before it was ready",
    "OSError: [Errno #] Invalid sample rate",
    "SyntaxError: Unexpected token < in JSON at position #",
)
VERDICTS = (Verdict.DIAGNOSIS,) * 5 + (Verdict.OVERVIEW,) * 2 + (Verdict.ANSWER, Verdict.ABSTAIN)
OUTCOMES = (Outcome.FIXED, Outcome.FIXED, None, Outcome.FIXED, Outcome.MISSED, None, Outcome.HUMAN)


def invented_month(snapshot: Snapshot, guild_id: int, channel_id: int, author_id: int, now: int) -> Iterator[StoredAnswer]:
    """Answers over the last DAYS days up to `now` (seconds since 1970), the same ones for the same corpus and day."""
    causes, number, unknowns = sorted(snapshot.causes), 0, 0
    for day in range(DAYS):
        for hour in range(4 + day * 7 % 5 + day // 6):
            number += 1
            verdict = VERDICTS[number * 7 % len(VERDICTS)]
            decided = verdict is Verdict.DIAGNOSIS
            unknown = {}
            if verdict is Verdict.ABSTAIN:
                # Two of the first kind for each of the others: a list by frequency has an order.
                unknowns += 1
                kind = max(unknowns % (len(UNEXPLAINED) + 1) - 1, 0)
                unknown = {f"{kind + 1:016x}": UNEXPLAINED[kind]}
            yield StoredAnswer(
                source_id=FIRST_ID + 2 * number,
                channel_id=channel_id,
                author_id=author_id,
                verdict=verdict,
                guild_id=guild_id,
                reply_ids=() if unknown else (FIRST_ID + 2 * number + 1,),
                cause=causes[number % len(causes)] if decided and causes else None,
                fingerprints=frozenset(unknown),
                corpus=snapshot.version,
                created_at=now - (DAYS - 1 - day) * DAY_S - hour * 60,
                outcome=OUTCOMES[number % len(OUTCOMES)] if decided else None,
                templates=unknown,
            )
