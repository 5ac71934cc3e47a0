"""Tells a secret from what only stands in for one, and from what only has the shape of one."""

from __future__ import annotations

import re

from bot.reading.secret_kinds import Strength

_VARIABLE = "$<{[(%‹@…"
"""What a variable, a template, a mask or a file reference begins with."""
_WORDS = re.compile(
    r"(?:your|my|the|insert|replace|put|enter|add|paste|set|use|change|some|new|fill|example|sample|dummy|fake|test|demo|todo|redacted"
    r"|hidden|masked|filtered|removed|secret|password|passwd|token|api|key|none|null|nil|undefined|true|false|nan|empty|missing|invalid"
    r"|unset|required|optional|default|string|str|bytes|bool|int|object|any|unknown|env|os|process|import|config|settings|self|this|args"
    r"|options|params|props|data|request|req|res|response|ctx|app|user|username|pass|pwd|here|changeme|abc|foo|bar|baz|value|wrong"
    r"|incorrect|not|is|was|and|or|for|in|of|from|to|with|without|has|have|must|should|error|failed|expired|ok|yes|no|on|off|valid|bearer"
    r"|basic|authorization|credentials?|access|auth|getenv|environ|len|type|function|async|await|const|let|var|return|public|private"
    r"|include|same|omit|length|count|hash|id|name|field|headers?|provided|given|via|as|at|by|but|if|when|it|i|a|an|only|too|also|still)"
    r"(?:$|[^A-Za-z0-9])",
    re.IGNORECASE,
)
_CONSTANT = re.compile(r"[A-Z]+$|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|[a-z]+(?:_[a-z]+)+$|[a-z]+(?:-[a-z]+)+$")
_ATTRIBUTE = re.compile(r"[A-Za-z_]{1,40}(?:\??\.[A-Za-z_]{1,40}){1,6}$")
_CALL = re.compile(r"(?:await )?[A-Za-z_][\w.]{0,80}\((?:.{0,200}\)[;,]?)?$")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$", re.IGNORECASE)
_PATH = re.compile(r"(?:/|~/|\.{1,2}/|[A-Za-z]:[\\/])[\w.@+-]{1,100}(?:[\\/][\w.@+-]{1,100})*[\\/]?$")
_CLASSES = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")
_MASK = re.compile(r"[*•…#?_]{3,}|\.{3,}|[xX]{4,}|0{8,}")
_LONG_RUN = re.compile(r"[A-Za-z0-9]{12,}")

_GENERIC_USER = re.compile(
    r"(?:user|users|username|me|you|name|yourname|yourusername|your-name|your_name|root|app|ubuntu|debian|centos|fedora|admin"
    r"|administrator|runner|runneradmin|containeradministrator|node|vscode|docker|appuser|coder|codespace|jovyan|vagrant"
    r"|circleci|travis|public|default|shared|azureuser|opc|ec2-user|www-data|worker|server|python|nonroot|site|dev|developer"
    r"|bot|deploy|home|git|jenkins|gitpod|pi|service|project|webapp|nodejs|nextjs|web|api|backend|daemon|nobody|build"
    r"|builder|test|tester|guest|frappe|deno|bun|linuxbrew|all|sbx_user\d*|x{2,})$",
    re.IGNORECASE,
)
_NO_DOMAIN = re.compile(
    r"(?:js|mjs|cjs|jsx|ts|tsx|py|pyc|rb|go|java|kt|kts|swift|dart|php|html|htm|css|scss|vue|svelte|json|map|png|jpg|jpeg"
    r"|gif|svg|webp|mp3|wav|mp4|txt|service|socket|target|scope|timer|local|internal|lan|localhost|lock|log|cpp|hpp"
    r"|yml|yaml|toml|cfg|ini|dll|exe|jar|class|example|invalid|test|latest|next|beta|alpha|bundle)$",
    re.IGNORECASE,
)
"""Last parts of what reads like an e-mail address: file names, units, versions."""
_NO_MAILBOX = re.compile(
    r"(?:git|noreply|no-reply|donotreply|you|your|name|someone|user|email|me)$",
    re.IGNORECASE,
)
_PACKAGE = re.compile(
    r"(?:com|org|net|io|java|javax|jdk|sun|kotlin|scala)$",
    re.IGNORECASE,
)
"""What a class name begins with, where an object is printed as `id@class`."""


def is_secret(value: str, strength: Strength, *, quoted: bool, assigned: bool, followed: bool) -> bool:
    """Whether the value of a name is a secret and no stand-in.

    quoted: it stands in quotes; assigned: a sign that only assigns (`=`) is before it; followed: more words stand behind it.
    """
    if is_stand_in(value) or _CALL.match(value) or (_ATTRIBUTE.match(value) and not looks_random(value)):
        return False
    if strength is Strength.CERTAIN:
        if len(value) < 3 or _PATH.match(value):
            return False
        return quoted or (assigned and not followed) or _sorts(value) >= 2 or (len(value) >= 12 and not followed)
    if strength is Strength.WEAK:
        return len(value) >= 20 and looks_random(value) and not is_uuid(value) and "/" not in value
    if len(value) < 8:
        return False
    return looks_random(value) or (not followed and len(value) >= (12 if quoted else 16) and value.isalnum() and value.islower())


def is_stand_in(value: str) -> bool:
    """Whether a value only stands where a secret would: a placeholder, a variable, a mask, an empty word."""
    if not value or value[0] in _VARIABLE or len(set(value.lower())) < 3:
        return True
    if _LONG_RUN.search(value) and any(looks_random(run) for run in _LONG_RUN.findall(_MASK.sub(" ", value))):
        return False
    return any(pattern.match(value) for pattern in (_CONSTANT, _WORDS)) or _MASK.search(value) is not None


def looks_random(value: str) -> bool:
    """Whether a value looks drawn by lot, not thought up: letters with digits, or letters that change case all the time."""
    if any(map(str.isdigit, value)):
        return any(map(str.isalpha, value))
    return len(value) >= 12 and len(_CLASSES.findall(value)) / len(value) >= 0.3


def is_uuid(value: str) -> bool:
    """Whether a value is a whole UUID."""
    return _UUID.match(value) is not None


def has_only_the_shape(kind: str, value: str) -> bool:
    """Whether what has the shape of a secret is none: a placeholder, nobody's name, a file that reads like an address."""
    if kind == "user":
        return _GENERIC_USER.match(value) is not None or value[0] in _VARIABLE + "*.~"
    if kind == "e-mail":
        mailbox, _, domain = value.partition("@")
        parts = domain.split(".")
        if parts[-2].lower() in ("example", "domain", "yourdomain"):
            return True
        return any((_NO_DOMAIN.match(parts[-1]), _PACKAGE.match(parts[0]), _NO_MAILBOX.match(mailbox)))
    if kind == "phone":
        digits = [c for c in value if c.isdigit()]
        return not (10 if value[1:].isdigit() else 8) <= len(digits) <= 15 or len(set(digits)) < 3
    if kind == "password":
        return is_stand_in(value)
    return is_stand_in(value) or not looks_random(value)


def _sorts(value: str) -> int:
    """How many sorts of characters a value has: small and capital letters, digits, others."""
    return any(map(str.islower, value)) + any(map(str.isupper, value)) + any(map(str.isdigit, value)) + (not value.isalnum())
