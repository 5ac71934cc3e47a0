"""Keys are found however a page spells them, and numbers only as whole numbers."""

from __future__ import annotations

import pytest

from bot.links.keys import normalise, occurs


@pytest.mark.parametrize(
    ("key", "page", "found"),
    [
        ("maximum weight", "The  Maximum\n\tWeight is 31.5 kg", True),
        ("31.5 kg", "at most 31.5\u00a0kg", True),
        ("31.5", "at most 131.5 kg", False),
        ("31.5", "at most 31.55 kg", False),
        ("31", "at most 31.5 kg", False),
        ("5", "at most 31.5 kg", False),
        ("31.5", "It weighs 31.5.", True),
        ("20", "in 2025 or 120 s, and 20 s after that", True),
        ("20", "2025, 120", False),
        ("20", "20s", True),
        ("20", "20,000", False),
        ("20", "10, 20, 30", True),
        ("v1", "v1.2", False),
        ("v1", "only in v1.", True),
        ("`weight_limit`", "the weight_limit field", True),
        ("**1 GB** and **2 hours**", "up to 1 GB and 2 hours", True),
        ("sender's name", "the sender’s name", True),
        ('"express"', "“express”", True),
        ("on-demand", "on–demand", True),
        ("pick up", "pick\u200b up", True),
        ("removed", "it was here", False),
        ("``", "anything", True),
    ],
)
def test_a_key_is_compared_by_what_a_reader_sees(key: str, page: str, found: bool) -> None:
    assert occurs(normalise(key), normalise(page)) is found
