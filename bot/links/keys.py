"""Whether a page still holds a key: compared without what differs between a page's source and how it is shown."""

from __future__ import annotations

import re
import unicodedata

SAME = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-", "−": "-"})
INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u200c\u200d\u2060\ufeff")
# Signs of Markdown: a key may have been copied from a page's source.
MARKUP = re.compile(r"`|\*\*")
SPACE = re.compile(r"\s+")


def normalise(text: str) -> str:
    """The text in one spelling: case, white space, quotes, dashes and Markdown signs do not count."""
    folded = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).translate(SAME).casefold()
    return SPACE.sub(" ", MARKUP.sub("", folded)).strip()


def occurs(key: str, page: str) -> bool:
    """Whether the key is in the page, both normalised; a number is never found inside a longer one."""
    at = page.find(key)
    while at >= 0:
        end = at + len(key)
        if not (_continues(page[max(at - 2, 0) : at][::-1], key[:1]) or _continues(page[end : end + 2], key[-1:])):
            return True
        at = page.find(key, at + 1)
    return False


def _continues(beside: str, edge: str) -> bool:
    """Whether the digit at a key's edge goes on in the page: with a digit, or with a point or comma and a digit."""
    if not edge.isdigit() or not beside:
        return False
    return beside[0].isdigit() or (beside[0] in ".," and beside[1:].isdigit())
