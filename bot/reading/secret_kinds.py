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

_UNDERSCORED = (
    "hf|api_org|npm|gsk|r8|sbp|sb_secret|lin_api|ntn|secret|dckr_pat|dop_v1|shpat|shpss|shpca|shppa|fal|figd|sntry[su]|glsa|glc|pscale_[a-z]+"
    "|lsv2_[a-z]{2}|bk[a-z]a|phx|pn[ub]|rnd|vc[pkr]|fo1|fm2"
)
_HYPHENED = "pypi|xai|PMAK|tvly|nvapi|pplx|NRAK|pul|tskey-[a-z]+|AGE-SECRET-KEY|v1\\.0-[0-9a-f]{24}"
"""What the tokens of single services begin with, before an underscore or a hyphen."""
_SHORT_MARKS = (
    r"npg_[A-Za-z0-9]{12,}|re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"
    r"|dapi[0-9a-f]{32}|key-[0-9a-f]{32}|EAA[A-Za-z0-9]{80,}"
)
_ANY = r"\s{0,8}[\"']([^\s\"']{8,})[\"']\s{0,8}"
_TELLING = r"\s{0,8}[\"'][\w-]{0,60}(?i:key|token|secret|password|authorization|cookie)[\"']"
"""A quoted value, and a quoted name behind it that says the value is secret."""

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
        rf"(?:{_UNDERSCORED})_|(?:{_HYPHENED})-|(?:SG|hv[sbr]|dp)\.|1//0",
        rf"{_B}((?:{_UNDERSCORED})_[\w-]{{20,}}|(?:{_HYPHENED})-[\w-]{{20,}}|SG\.[\w-]{{16,}}\.[\w-]{{16,}}"
        r"|hv[sbr]\.[\w-]{24,}|dp\.(?:pt|st|sa|ct|scim|audit)\.(?:[\w-]{2,35}\.)?[\w-]{40,}|1//0[\w-]{40,})",
    ),
    Shape("access-token", r"npg_|re_|pat|dapi|key-|EAA", rf"{_B}({_SHORT_MARKS})"),
    Shape("secret-key", r":[0-9a-f]{32}", rf"{_B}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}:[0-9a-f]{{32}})"),
    Shape("bearer-token", r"(?i)bearer", r"(?i)\bbearer[ :=]{1,3}[\"'`]?([\w.~+/=-]{12,})"),
    Shape("password", r"://[^\s/]*@", r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,200}:([^\s/\"'<>]{1,200})@[\w.\[-]"),
    Shape(
        "password",
        r"(?:^|\s)(?:-u|--user|--proxy-user)\s",
        r"(?:^|\s)(?:-u|--user|--proxy-user)\s{1,4}[\"']?[^\s:\"']{1,100}:([^\s\"']{4,})",
    ),
    Shape(
        "password",
        r"(?:login|sshpass|mysql\w*) ",
        r"\b(?:login(?: [^\n]{0,80})? -p {1,2}|sshpass -p {0,2}|mysql\w{0,8}(?: [^\n]{0,80})? -p"
        r"|machine \S{1,100}\s{1,20}login \S{1,100}\s{1,20}password )[\"']?([^\s\"']{4,})",
    ),
    Shape(
        "secret",
        r"\becho ",
        r"\becho (?:-n )?[\"']?([^\s\"'|]{16,})[\"']? {0,2}\| ?(?:[\w-]{1,20} ){1,4}(?:secret|login|env|config)",
    ),
    Shape(
        "api-key",
        r"(?i)[\"']value[\"']",
        rf"(?i)[\"']value[\"']\s{{0,8}}[:=]\s{{0,8}}{_ANY},\s{{0,80}}[\"'](?:name|key)[\"']\s{{0,8}}[:=]{_TELLING}",
    ),
    Shape("api-key", r"forHTTPHeaderField", rf"\({_ANY},\s{{0,8}}forHTTPHeaderField:{_TELLING}"),
    # What loguru draws under a line of code: the name may be anywhere on it.
    Shape("api-key", r"└ [\"']", r"└ [\"']([A-Za-z0-9_+/=]{24,})[\"']"),
    Shape(
        "cookie",
        r"(?i)cookies",
        rf"(?i)cookies[\"']?\s{{0,4}}[:=]\s{{0,4}}\{{\s{{0,8}}[\"'][^\"'\n]{{1,60}}[\"']\s{{0,4}}:{_ANY}",
    ),
    Shape(
        "token",
        r"(?i)websocket-protocol",
        r"(?i)sec-websocket-protocol[\"']?\s{0,4}[:=]\s{0,4}[\"']?[\w.-]{1,40},\s{0,4}([\w.~+/=-]{16,})",
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
    Name("token", Strength.KEY, r"[\"':]_?auth"),
    Name("api-key", Strength.KEY, r"\b(?:my|our) (?:[\w-]{1,20} )?key"),
    Name("password", Strength.KEY, r"passwort|contraseña|mot de passe|senha|пароль|密码|パスワード|비밀번호"),
    Name(
        "api-key",
        Strength.KEY,
        r"api[-_ ]?(?:schl(?:ü|ue)ssel|nøkkel|nyckel|sleutel|ключ\w?|密钥|密鑰|金鑰|キー|키)|密钥|密鑰"
        r"|(?:clave|clé|llave|chave|chiave|klucz|kunci|ключ\w?) (?:de |da |d['’]|della )?(?:la |l['’])?(?:api|апи)",
    ),
    Name("api-key", Strength.WEAK, r"[_-]key|[?&]key|\bkey"),
)
