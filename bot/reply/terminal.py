"""An answer for a terminal: the same words, wrapped, with the pages listed at the end."""

from __future__ import annotations

import textwrap

from bot.reply.types import Reply, Section, Sentence, Style

WIDTH = 100


def render(reply: Reply, *, color: bool = False) -> str:
    """The answer as plain text, with bold titles where the terminal shows them."""
    numbers = {source.id: number for number, source in enumerate(reply.sources, start=1)}
    first = next((sentence.lead for section in reply.sections for sentence in section.sentences), "")
    parts = [] if reply.headline in first else [_bold(reply.headline, color)]
    parts += [_section(section, numbers, color) for section in reply.sections]
    if reply.sources:
        pages = [
            f"[{number}] {source.title} ({source.reviewed})\n    {source.url}"
            for number, source in enumerate(reply.sources, start=1)
        ]
        parts.append("\n".join([_bold("Sources", color), *pages]))
    return "\n\n".join(parts)


def _section(section: Section, numbers: dict[str, int], color: bool) -> str:
    bullet = "- " if section.style is Style.BULLETS else ""
    lines = [_bold(section.title, color)] if section.title else []
    lines += [_wrap(bullet + _sentence(sentence, numbers, color), "  " if bullet else "") for sentence in section.sentences]
    for evidence in section.evidence:
        where = "earlier message, " if evidence.earlier else ""
        lines.append(f"  {where}{evidence.number:>4} │ {evidence.quote}" + (f"\n       └ {evidence.why}" if evidence.why else ""))
    return "\n".join(lines)


def _sentence(sentence: Sentence, numbers: dict[str, int], color: bool) -> str:
    cited = "".join(f"[{number}]" for number in sorted(numbers[source] for source in sentence.sources))
    return " ".join(part for part in (_bold(sentence.lead, color), sentence.text, cited) if part)


def _wrap(text: str, indent: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if color and text else text
