"""What stands between the name of a secret and its value: signs, words, fields of a record; and how much each of them says."""

from __future__ import annotations

import re

from bot.reading.secrecy import looks_random
from bot.reading.secret_kinds import Strength

SHORTEST_CERTAIN = 6
SHORTEST_KEY = 16
"""Characters from which a value that looks random is its name's, where a word or a space is all that joins them."""
SHORTEST_NEAR = 20
"""The same where nothing but its place joins a value with a name."""

_S = r"[ \t]"
_MARKUP = r"[*_`]{0,3}"
_END = rf"{_MARKUP}[\"']?[\])]?{_MARKUP}{_S}{{0,20}}"
"""What closes a name."""
_TYPE = (
    rf":{_S}{{0,2}}(?:(?:Optional|Final)\[)?(?:str|[sS]tring|SecretStr|bytes|char|[aA]ny|&(?:'static )?str)\]?\??"
    rf"(?: \| (?:None|null|undefined))?{_S}{{0,4}}="
)
_VERB = rf"(?:(?:I|we)(?:['’]m| am| are)? (?:us(?:e|ing)|have|got) )?(?:is|was|es|est|ist){_S}{{0,2}}:?{_S}{{1,4}}"
_VERB = rf"(?:(?:I|we)(?:['’]m| am| are)? (?:us(?:e|ing)|have|got) )?(?:is|was|es|est|ist){_S}{{0,2}}:?{_S}{{1,4}}"
_OPENER = r"(?:string\(\d{1,5}\)|(?:Some|Just|Secret|SecretStr|SecretString|[sS]tring|str)\(|[\[(]{1,2}|[|>][-+]?\r?\n)"
"""What a value is wrapped in: a constructor, a list, PHP's `string(32) "…"`, YAML's block of lines."""
ASSIGNED = "(?:{})".format(
    "|".join(
        (
            rf"[\"']?{_S}{{0,4}},?\s{{0,80}}[\"']?(?i:value)[\"']?\s{{0,8}}[:=]\s{{0,8}}",  # `name: …, value: …`
            r"</key>\s{0,80}<string>",  # the same in a property list
            rf"{_END}(?:{_TYPE}|=>|:=|->|={{1,3}}|:|~>|[→⇒：＝]){_MARKUP}\s{{0,80}}{_OPENER}\s{{0,60}}",
            rf"{_END}(?:{_TYPE}|=>|:=|->|={{1,3}}|:|~>|[→⇒：＝]){_MARKUP}{_S}{{0,20}}",  # a sign of assignment
            rf"{_END}(?:\|\||\?\?|\bor\b){_S}{{0,8}}",  # the value to fall back on
            rf"[\"']?>|{_S}{{0,2}}\({_S}{{0,4}}",  # the end of a tag, the bracket of a call
            rf"[\"']\]?{_S}{{0,4}},{_S}{{0,8}}",  # the comma of a pair
            rf"{_MARKUP}{_S}{{0,60}}[|│║┃]{_S}{{0,20}}",  # the border of a table's cell
            rf"{_S}{{1,4}}--body[ =]{_S}{{0,4}}",  # the option of a command that stores secrets
            rf"[*_`\"']{{0,3}}{_S}{{1,4}}(?:{_VERB})?",
            rf"[\"']?\r?\n{_S}{{0,40}}",  # the next line
        )
    )
)
"""What may stand between the end of a name and its value (RE2); a space, a verb, a line break are the weakest of them."""

_WRAPPED = re.compile(rf"[=:>→⇒：＝]\s{{0,80}}{_OPENER}\s{{0,60}}$")
_FALLBACK = re.compile(r"(?:\|\||\?\?|\bor)\s{0,8}$")


def is_assigned(text: str, name: int, after: int) -> bool:
    """Whether only a sign that assigns (`=`) stands between the name that begins at `name` and the value at `after`."""
    return text[name:after].rstrip("*_` \t")[-1:] in ("=", ">", "＝")


def is_linked(text: str, name: int, after: int, value: str, strength: Strength, quote: str) -> bool:
    """Whether what stands between a name and a value makes it the name's value; `quote` is what the value opens with."""
    between = text[name:after]
    joint = between.rstrip("*_` \t")
    random, length = looks_random(value), len(value)
    if _WRAPPED.search(between):
        return True
    if _FALLBACK.search(between):
        return bool(quote) and random
    if joint.endswith((" is", " was", " es", " est", " ist")):
        return random and length >= (SHORTEST_CERTAIN if strength is Strength.CERTAIN else SHORTEST_KEY)
    sign = joint[-1:]
    if sign in (",", "("):
        return (bool(quote) and (sign == "(" or random)) or (sign == "(" and random and length >= SHORTEST_NEAR)
    if sign and sign in ":=>→⇒：＝":
        return True
    if strength is Strength.WEAK:
        return _is_option(text, name)
    if sign and sign in "|│║┃":
        return random and length >= SHORTEST_KEY
    if sign == "\n":
        return random and length >= SHORTEST_NEAR and _stands_alone(text, name, after + len(quote) + length)
    return _is_option(text, name) or (random and length >= (SHORTEST_CERTAIN if strength is Strength.CERTAIN else SHORTEST_KEY))


def _is_option(text: str, name: int) -> bool:
    """Whether the name ends an option (`--api-key`), after which a space joins the value."""
    word = text[max(name - 40, 0) : name].rsplit(None, 1)[-1:] if name and not text[name - 1].isspace() else []
    return bool(word) and word[0].startswith("--")


def _stands_alone(text: str, name: int, end: int) -> bool:
    """Whether the name has its line for itself, but for a word or two, and the value its own."""
    before = text[max(name - 40, 0) : name].rsplit("\n", 1)[-1]
    return len(before.split()) <= 2 and text[end : end + 2].strip("\"'` \t\r,")[:1] in ("", "\n")
