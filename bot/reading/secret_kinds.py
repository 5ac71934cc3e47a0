"""What a secret looks like: the shapes of keys, and the names that secrets are given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Shape:
    """A secret known by its form: `mark` (RE2) is a cheap sign that one may be there, the first group of `pattern` the secret."""

    kind: str
    mark: str
    pattern: str


class Strength(Enum):
    """How sure a name makes it that its value is secret."""

    CERTAIN = "certain"  # anything but a stand-in is hidden
    KEY = "key"  # hidden when it looks like a key
    WEAK = "weak"  # hidden when it can hardly be anything else


@dataclass(frozen=True, slots=True)
class Name:
    """What a secret is called; `pattern` (RE2) is the end of the name."""

    kind: str
    strength: Strength
    pattern: str


_B = r"(?:^|[^A-Za-z0-9])"
_SEGMENT = r"[^\s/\\\"'`<>:|?*,;()\[\]{}]{1,64}"

SHAPES: tuple[Shape, ...] = (
    Shape("webhook", r"(?i)/webhooks/", r"(?i)discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/\d{5,25}/([\w-]{20,})"),
    Shape("webhook", r"hooks\.slack\.com", r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]{16,})"),
    Shape("jwt", r"eyJ", rf"{_B}(eyJ[\w-]{{8,}}\.[\w-]{{8,}}(?:\.[\w-]*)?)"),
    Shape("bot-token", r"\.[\w-]{6}\.[\w-]{27}", r"(?:^|[^\w-])([\w-]{23,28}\.[\w-]{6}\.[\w-]{27,45})"),
    Shape("bot-token", r":AA", rf"{_B}(?:bot)?(\d{{8,10}}:AA[\w-]{{30,40}})"),
    Shape("aws-key", r"A(?:KIA|SIA|BIA|CCA)", rf"{_B}((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{{16}})"),
    Shape("google-key", r"AIza|ya29\.|GOCSPX-", rf"{_B}(AIza[\w-]{{30,}}|ya29\.[\w-]{{20,}}|GOCSPX-[\w-]{{20,}})"),
    Shape("github-token", r"gh[pousr]_|github_pat_", rf"{_B}(gh[pousr]_[A-Za-z0-9]{{20,}}|github_pat_\w{{20,}})"),
    Shape("gitlab-token", r"glpat-", rf"{_B}(glpat-[\w.-]{{18,}})"),
    Shape("slack-token", r"xox[a-z]-|xapp-", rf"{_B}(xox[a-z]-[\w-]{{10,}}|xapp-[\w-]{{20,}})"),
    Shape("payment-key", r"_(?:live|test)_|whsec_", rf"{_B}([rsp]k_(?:live|test)_\w{{10,}}|whsec_[\w+/=-]{{16,}})"),
    Shape("secret-key", r"[sr]k[-_]", rf"{_B}([sr]k[-_](?:[a-z][a-z0-9]{{1,15}}[-_]){{0,4}}[A-Za-z0-9][\w-]{{15,}})"),
    Shape(
        "access-token",
        r"(?:hf|npm|gsk|r8|sbp|sb_secret|lin_api|ntn|dckr_pat|dop_v1|shp..|fal)_|(?:pypi|xai|PMAK|tvly|nvapi|pplx)-|SG\.",
        rf"{_B}((?:hf|npm|gsk|r8|sbp|sb_secret|lin_api|ntn|dckr_pat|dop_v1|shpat|shpss|shpca|shppa|fal)_[\w-]{{20,}}"
        r"|(?:pypi|xai|PMAK|tvly|nvapi|pplx)-[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,})",
    ),
    Shape("bearer-token", r"(?i)bearer", r"(?i)\bbearer[ :=]{1,3}[\"'`]?([\w.~+/=-]{12,})"),
    Shape("password", r"://[^\s/]*@", r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,200}:([^\s/\"'<>]{1,200})@[\w.\[-]"),
    Shape(
        "password",
        r"(?:^|\s)(?:-u|--user|--proxy-user)\s",
        r"(?:^|\s)(?:-u|--user|--proxy-user)\s{1,4}[\"']?[^\s:\"']{1,100}:([^\s\"']{4,})",
    ),
    Shape(
        "e-mail",
        r"[\w+-]@[\w-]",
        r"(?:^|[^\w.%+@/-])([A-Za-z0-9_][\w.%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})(?:$|[^\w@:.-]|[.:](?:[^\w]|$))",
    ),
    Shape(
        "phone",
        r"\+[1-9]",
        r"(?:^|[\s\"'(:=,<>;\[])(\+[1-9]\d{0,2}(?:[ .-]?\(\d{1,4}\))?(?:[ .-]?\d{2,14}){1,5})(?:$|[^\w.+-]|\.(?:\s|$))",
    ),
    Shape("user", r"(?i)/(?:home|users)/", rf"(?:^|[^A-Za-z0-9.])/(?:home|Users)/({_SEGMENT})"),
    Shape(
        "user",
        r"(?i):[\\/]{1,4}users[\\/]",
        rf"(?i)(?:^|[^a-z])[a-z]:(?:\\{{1,4}}|/)users(?:\\{{1,4}}|/)(?:({_SEGMENT}(?: {_SEGMENT}){{0,3}})[\\/]|({_SEGMENT}))",
    ),
)
"""Most telling first: where two overlap, the first names what was hidden. The secret is the first group that took part."""

PERSONAL = {"user": "a user name in a path", "e-mail": "an e-mail address", "phone": "a phone number"}
"""Kinds that say who somebody is and open nothing, and what people call them: hidden, but not to be revoked."""

_J = r"[-_. ]?"
NAMES: tuple[Name, ...] = (
    Name("password", Strength.CERTAIN, r"passw(?:or)?d|passphrase|pass_wd|pwd|[_-]pass"),
    Name("secret", Strength.CERTAIN, rf"secrets?|secret{_J}(?:access{_J}|api{_J})?(?:key|token|value)|credentials?"),
    Name("cookie", Strength.KEY, r"set-cookie|cookie"),
    Name("authorization", Strength.KEY, r"authorization|x-auth"),
    Name("token", Strength.KEY, r"token|signature|[?&]sig|[?&]auth|[?&]jwt"),
    Name(
        "api-key",
        Strength.KEY,
        rf"(?:api|access|private|auth|sign(?:ing)?|encryption|account|subscription|master|license|service){_J}key",
    ),
    Name("api-key", Strength.WEAK, r"[_-]key|[?&]key|\bkey"),
)

_S = r"[ \t]"
ASSIGNED = (
    rf"(?:[\"']\]?{_S}{{0,4}},{_S}{{0,8}}"  # the comma of a pair
    rf"|[*_`]{{0,3}}[\"']?[\])]?[*_`]{{0,3}}{_S}{{0,20}}(?:=>|:=|={{1,3}}|:|~>)[*_`]{{0,3}}{_S}{{0,20}}"  # a sign of assignment
    rf"|>|{_S}{{0,2}}\({_S}{{0,4}}"  # the end of a tag, the bracket of a call
    rf"|[*_`\"']{{0,3}}{_S}{{1,4}}(?:(?:is|was){_S}{{0,2}}:?{_S}{{1,4}})?)"  # a space, or a verb
)
"""What may stand between the end of a name and its value."""
