"""Patterns made for one paste: they find nothing but the text they were written for, and cannot find another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bot.checks.examined import PATTERNS, Examined
from bot.errors import Problem
from bot.patterns import compile_pattern

CODE = "too-narrow"
MAX_LITERAL = 80
"""Characters that a pattern may ask for one after another; the longest message a program prints in one piece is about so long."""
# The parts of a regular expression: what allows several characters, what asks for one, what is only syntax.
_PART = re.compile(
    r"(?P<several>\[(?:\\.|[^\]\\])*\]|\\[A-Za-z]|\.)|\\(?P<escaped>.)"
    r"|(?P<syntax>\{\d*,?\d*\}|\(\?(?:P?<\w+>|[a-zA-Z-]*:?)|[()*+?^$])|(?P<bar>\|)|(?P<plain>.)",
    re.DOTALL,
)
ONE_OFF = compile_pattern(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}"  # the beginning of a UUID
    r"|\breq(?:uest)?[-_ ]?(?:id)?[-_ :=]+[a-z]*\d\w{5,}"  # a request id
    r"|\b\d{6,}\b|\b0x[0-9a-f]{6,}"  # a process, thread or account number, an address in memory
    r"|\b20\d\d-[01]\d-[0-3]\d\b|\b[0-2]\d:[0-5]\d:[0-5]\d\b"  # a time
    r"|/home/\w|/users/\w|/tmp/\w|\bc:\\\w"  # a path of one machine
    r"|\b(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}\b"  # an address of one network
)
"""What belongs to one paste and to no other."""


def narrow_patterns(corpus: Examined) -> Iterator[Problem]:
    """A problem for each pattern that is found in at most one text of the corpus and is too long or holds a one-off value."""
    snapshot = corpus.snapshot
    texts = {test.text for cause in snapshot.causes.values() for test in cause.tests}
    texts |= {test.text for symptom in snapshot.symptoms.values() for test in symptom.tests}
    texts |= {example.text for example in snapshot.quiet}
    found = Counter(key for text in texts for key in corpus.hits(text))
    for rules, conditions in corpus.rules():
        for name, condition in conditions.items():
            if condition.kind in PATTERNS and found[condition.key] <= 1 and (why := _narrow(str(condition.value))):
                says = f"the pattern of `{name}` {why} and is found in no other text; ask for what every such failure prints"
                yield Problem(rules.path, rules.document.line(("signals", name)), CODE, says)


def _narrow(pattern: str) -> str:
    """Why the pattern can hardly match a second paste, or ""."""
    alternatives = literals(pattern)
    if match := ONE_OFF.search("|".join(alternatives)):
        return f"holds `{match.group()}`, which belongs to one paste,"
    shortest = min(map(len, alternatives))
    return f"asks for {shortest} characters in a row" if shortest > MAX_LITERAL else ""


def literals(pattern: str) -> list[str]:
    """The characters that each alternative of a pattern asks for, with a space where it allows several."""
    found = [""]
    for part in _PART.finditer(pattern):
        if part["bar"]:
            found.append("")
        elif part["several"]:
            found[-1] += " "
        else:
            found[-1] += part["escaped"] or part["plain"] or ""
    return found
