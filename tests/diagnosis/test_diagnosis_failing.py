"""Which lines report a failure, and that finding them takes no more than a look at each."""

from __future__ import annotations

import pytest
from growth import grows_faster_than_linear

from bot.diagnosis.failing import failing_lines
from bot.knowledge.types import Snapshot
from bot.reading import Reader

LINES = [
    ('parcelo.ApiError: 422 {"fault": "weight_exceeded"}', True),
    ("2026-01-01 10:00:00,000 - app - ERROR - boom", True),
    ("2026-01-01 10:00:00,000 - app - WARNING - closed: code 4001", True),
    ("2026-01-01 10:00:00,000 - app - INFO - closed: code 1000", False),
    ("2026-01-01 10:00:00,000 - app - INFO - errors=0 failed=0", False),
    ("except ApiError as error:", False),
    ("logger.error('label failed: %s', error.body)", False),
    ("my label fails and I do not know why", False),
]


@pytest.mark.parametrize(("line", "fails"), LINES)
def test_a_line_reports_a_failure_or_only_names_one(snapshot: Snapshot, line: str, fails: bool) -> None:
    assert bool(failing_lines(Reader(snapshot.profile).read(line))) is fails


def test_the_time_grows_with_the_lines(snapshot: Snapshot) -> None:
    reader = Reader(snapshot.profile)
    readings = {size: reader.read("job 7: label refused by depot (x)\n" * size) for size in (250, 2_000, 16_000)}
    assert not grows_faster_than_linear(lambda size: failing_lines(readings[size]), 2_000, 16_000)
