from __future__ import annotations

import pytest
from simcord.preview._markdown import markdown_tokens

from bot.preview.line_breaks import end_blocks, like_discord


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("> said\n**next**", "> said\n\n**next**"),
        ("> one\n> two", "> one\n> two"),
        ("- one\n- two\n**next**\n- three", "- one\n- two\n\n**next**\n- three"),
        ("- one\n> said", "- one\n\n> said"),
        ("> said\n\nnext", "> said\n\nnext"),
        ("```\n> code\nstays\n```\nafter", "```\n> code\nstays\n```\nafter"),
        ("plain\ntext", "plain\ntext"),
        ("", ""),
    ],
)
def test_what_follows_a_quote_or_a_list_does_not_belong_to_it(text: str, drawn: str) -> None:
    assert end_blocks(text) == drawn


def test_the_preview_draws_the_line_after_a_quote_outside_of_it() -> None:
    before = markdown_tokens("> said\nnext")
    with like_discord():
        within = markdown_tokens("> said\nnext")
    assert len(before) == 1, "CommonMark takes the line into the quote"
    assert len(within) == 2
    assert markdown_tokens("> said\nnext") == before
