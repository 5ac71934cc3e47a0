"""An answer as Discord Markdown: messages under 2,000 characters, cut between sentences, never inside a code span."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.diagnosis.types import Evidence
from bot.knowledge.types import Source
from bot.reply.types import Reply, Section, Sentence, Style

LIMIT = 1990
"""Characters of one message: Discord's limit of 2,000 with room to spare."""
_SPACE = re.compile(r"\s+")


def render(reply: Reply) -> list[str]:
    """The messages, ready to send, each shorter than Discord's limit whatever the corpus holds."""
    numbers = {source.id: number for number, source in enumerate(reply.sources, start=1)}
    blocks = [block for section in reply.sections for block in _section(section, numbers)]
    blocks += _sources(reply.sources)
    messages: list[str] = []
    for block in blocks:
        for piece in _pieces(block):
            if messages and len(messages[-1]) + 1 + len(piece) <= LIMIT:
                messages[-1] += "\n" + piece
            else:
                messages.append(piece)
    return messages


def quote_code(text: str) -> str:
    """Pasted text as an inline code span: nothing in it is Markdown, a link or a mention."""
    return "`" + _SPACE.sub(" ", text.replace("`", "ˋ")).strip() + "`"


def _section(section: Section, numbers: Mapping[str, int]) -> list[str]:
    """The lines of a section; each may stand at the top of a message, but a title never stays alone at the end of one."""
    lines = [_sentence(sentence, numbers) for sentence in section.sentences]
    if section.style is Style.BULLETS:
        lines = [f"- {line}" for line in lines]
    lines += [_quote(evidence) for evidence in section.evidence]
    if section.title and lines:
        lines[0] = f"**{section.title}**\n{lines[0]}"
    return lines


def _sentence(sentence: Sentence, numbers: Mapping[str, int]) -> str:
    lead = f"**{sentence.lead}** " if sentence.lead else ""
    cited = "".join(f"[{number}]" for number in sorted(numbers[source] for source in sentence.sources))
    return (lead + sentence.text + (f" {cited}" if cited else "")).strip()


def _quote(evidence: Evidence) -> str:
    where = "an earlier message, " if evidence.earlier else ""
    why = f" ← {evidence.why}" if evidence.why else ""
    return f"> {where}{evidence.number} │ {quote_code(evidence.quote)}{why}"


def _sources(sources: tuple[Source, ...]) -> list[str]:
    """The pages in a few lines: each may be cut from the next."""
    links = [f"[{number}] [{_label(source.title)}](<{source.url}>)" for number, source in enumerate(sources, start=1)]
    lines: list[str] = []
    for link in links:
        if lines and len(lines[-1]) + len(link) < 600:
            lines[-1] += " · " + link
        else:
            lines.append(link)
    if lines:
        lines[0] = "**Sources:** " + lines[0]
    return lines


def _label(title: str) -> str:
    return title.replace("[", "(").replace("]", ")")


def _pieces(block: str) -> list[str]:
    """The block, or its parts where one sentence exceeds a message; cut at spaces, code spans closed and opened again."""
    pieces = []
    while len(block) > LIMIT:
        at = block.rfind(" ", LIMIT // 2, LIMIT - 2)
        at = at if at > 0 else LIMIT - 2
        head, block = block[:at], block[at:].lstrip()
        if head.count("`") % 2:
            head, block = head + "`", "`" + block
        pieces.append(head)
    return [*pieces, block]
