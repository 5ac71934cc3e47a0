"""Discord's limits hold whatever the corpus and the paste hold, and nothing pasted is live."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis.types import Evidence
from bot.knowledge.types import Source
from bot.reply.markdown import LIMIT, quote_code, render
from bot.reply.types import Reply, Section, Sentence, Style

SOURCES = tuple(Source(f"s{i}", f"Page {i}", f"https://docs.example/{i}", "2026-01-01") for i in range(4))


def section(title: str, *texts: str, evidence: tuple[Evidence, ...] = (), style: Style = Style.BULLETS) -> Section:
    return Section(title, style, tuple(Sentence(text, ("s0",)) for text in texts), evidence)


def test_each_claim_carries_the_number_of_its_page_and_each_page_is_listed_once() -> None:
    sentences = (Sentence("One.", ("s1", "s0")), Sentence("Two.", ("s0",)))
    (message,) = render(Reply("x", (Section("Why", Style.BULLETS, sentences),), (SOURCES[1], SOURCES[0])))
    assert message == (
        "**Why**\n- One. [1][2]\n- Two. [2]\n**Sources:** [1] [Page 1](<https://docs.example/1>) · [2] [Page 0](<https://docs.example/0>)"
    )


def test_a_long_answer_is_cut_between_sentences_and_a_title_keeps_its_first_one() -> None:
    sections = tuple(section(f"Part {i}", *(f"sentence {i}.{j} " + "x" * 300 for j in range(4))) for i in range(4))
    messages = render(Reply("x", sections, SOURCES[:1]))
    assert len(messages) > 2
    assert all(len(message) <= LIMIT for message in messages)
    assert not [message for message in messages if message.splitlines()[-1].startswith("**Part")]
    assert sum(message.count("sentence") for message in messages) == 16


def test_a_sentence_longer_than_a_message_is_cut_outside_code() -> None:
    messages = render(Reply("x", (section("T", "word " * 300 + "`code " + "c" * 2500 + "`"),), SOURCES[:1]))
    assert all(len(message) <= LIMIT and message.count("`") % 2 == 0 for message in messages)


def test_a_pasted_line_is_quoted_as_code_in_which_nothing_is_live() -> None:
    evidence = (Evidence(3, "@everyone <@123> [x](http://evil) `**bold**`", "why"),)
    (message,) = render(Reply("x", (section("", "Text.", evidence=evidence, style=Style.PARAGRAPH),), SOURCES))
    assert "> 3 │ `@everyone <@123> [x](http://evil) ˋ**bold**ˋ` ← why" in message


def test_a_line_of_an_earlier_message_is_marked() -> None:
    (message,) = render(Reply("x", (Section("", Style.PARAGRAPH, evidence=(Evidence(3, "boom", "", earlier=True),)),)))
    assert message == "> an earlier message, 3 │ `boom`"


@given(st.text())
def test_a_quote_is_one_code_span_on_one_line(text: str) -> None:
    shown = quote_code(text)
    assert shown.count("`") == 2
    assert "\n" not in shown


@given(st.lists(st.text(max_size=3000), max_size=6), st.text(max_size=300))
def test_no_message_exceeds_the_limit(texts: list[str], quoted: str) -> None:
    reply = Reply("x", (section("Title", *texts, evidence=(Evidence(1, quoted, ""),)),), SOURCES)
    assert all(len(message) <= LIMIT for message in render(reply))
