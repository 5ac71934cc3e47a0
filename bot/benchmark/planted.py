"""Secrets that are none, in every notation in which real ones are pasted."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.benchmark.notations import AROUND, NAMED, PLAIN, Form
from bot.benchmark.ordinary import ALNUM, HEX
from bot.patterns import compile_pattern
from bot.reading.profile import Profile

STEP = 6
"""Characters between two places at which a secret is split by a line wrap."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A secret of a kind inside a text; `wrapping` names the notation."""

    kind: str
    wrapping: str
    secret: str
    text: str


def draw(seed: object, letters: str, length: int) -> str:
    """Letters by lot, at least one digit and one letter among them, the same for the same seed."""
    chance = random.Random(str(seed))
    while True:
        word = "".join(chance.choices(letters, k=length))
        if any(c.isdigit() for c in word) and any(c.isalpha() for c in word):
            return word


SHAPED: Mapping[str, str] = MappingProxyType(
    {
        "openai": "sk-proj-" + draw(2, ALNUM, 48),
        "underscored": "sk_" + draw(3, HEX, 48),
        "anthropic": "sk-ant-api03-" + draw(4, ALNUM, 60),
        "jwt": f"eyJ{draw(5, ALNUM, 33)}.eyJ{draw(6, ALNUM, 80)}.{draw(7, ALNUM + '-_', 43)}",
        "aws": "AKIA" + draw(8, string.ascii_uppercase + string.digits, 16),
        "google": "AIza" + draw(9, ALNUM, 35),
        "github": "ghp_" + draw(10, ALNUM, 36),
        "github-fine": "github_pat_" + draw(11, ALNUM, 22) + "_" + draw(12, ALNUM, 59),
        "slack": f"xoxb-{draw(13, string.digits + 'a', 11)}-{draw(14, ALNUM, 24)}",
        "stripe": "sk_live_" + draw(15, ALNUM, 24),
        "webhook-signing": "whsec_" + draw(16, ALNUM, 32),
        "discord": f"M{draw(17, ALNUM, 23)}.{draw(18, ALNUM, 6)}.{draw(19, ALNUM + '-_', 38)}",
        "huggingface": "hf_" + draw(20, ALNUM, 34),
        "telegram": f"{random.Random(21).randrange(10**9, 10**10)}:AA{draw(22, ALNUM, 33)}",
        "sendgrid": f"SG.{draw(23, ALNUM, 22)}.{draw(24, ALNUM, 43)}",
    }
)
"""Known by their shape, wherever they stand."""
UNSHAPED: Mapping[str, str] = MappingProxyType(
    {
        "hex": draw(30, HEX, 32),
        "forty": draw(31, HEX, 40),
        "mixed": draw(32, ALNUM, 24),
        "upper": draw(33, string.ascii_uppercase + string.digits, 32),
        "uuid": "3f1c0d52-9a7b-4e0e-8c55-0b6f7d2a9e41",
        "base64": draw(34, ALNUM + "+/", 43) + "=",
    }
)
"""Known only by the name before them."""
PEM = "\n".join(draw(i, ALNUM + "+/", 64) for i in range(40, 46)) + "\n" + draw(46, ALNUM, 21) + "="
FORMED: Mapping[str, tuple[str, Form]] = MappingProxyType(
    {
        "url-password": ("s3cr3tPw9xK2", lambda s: f"postgres://app:{s}@db.internal:5432/x"),
        "url-signature": (draw(50, HEX, 40), lambda s: f"https://files.example.net/a.wav?expires=9&signature={s}"),
        "bearer": (draw(51, ALNUM, 40), lambda s: f"Authorization: Bearer {s}"),
        "cookie": (draw(52, ALNUM, 26), lambda s: f"Cookie: session={s}"),
        "discord-webhook": (draw(53, ALNUM + "-_", 68), lambda s: f"https://discord.com/api/webhooks/123456789012345678/{s}"),
        "slack-webhook": (draw(54, ALNUM, 24), lambda s: f"https://hooks.slack.com/services/T0AB1CD2E/B0AB1CD2E/{s}"),
        "private-key": (
            PEM.replace("\n", "\\n"),
            lambda s: f"-----BEGIN PRIVATE KEY-----\\n{s}\\n-----END PRIVATE KEY-----",
        ),
        "drawn value": (
            draw(55, HEX, 32),
            lambda s: f"    client = connect(key)\n             │       └ '{s}'\n             └ <function>",
        ),
        "header value first": (draw(57, HEX, 32), lambda s: f'request.setValue("{s}", forHTTPHeaderField: "x-api-key")'),
        "subprotocol": (draw(58, HEX, 40), lambda s: f"Sec-WebSocket-Protocol: token, {s}"),
        "cookies": (draw(59, ALNUM, 26), lambda s: f"cookies={{'session': '{s}'}}"),
        "piped": (draw(60, HEX, 32), lambda s: f"echo {s} | npx wrangler secret put VENDOR_API_KEY"),
        "key pair": (
            f"3f1c0d52-9a7b-4e0e-8c55-0b6f7d2a9e41:{draw(61, HEX, 32)}",
            lambda s: f"I use {s} there",
        ),
        "command password": ("s3cr3tPw9xK2", lambda s: f"docker login -u app -p {s} registry.example.net"),
        "glued password": ("s3cr3tPw9xK2", lambda s: f"mysql -u root -p{s} app"),
        "machine password": ("s3cr3tPw9xK2", lambda s: f"machine api.example.net login app password {s}"),
        "environment password": ("qwmzxjvhtplk", lambda s: f"PGPASSWORD={s} psql -h db app"),
        "e-mail": ("jane.roe@acme-corp.com", lambda s: f"account {s} signed in"),
        "phone": ("+14155550132", lambda s: f"calling {s} now"),
        "home-folder": ("janeroe", lambda s: f"/Users/{s}/dev/bot.py"),
        "windows-home": ("janeroe", lambda s: f"C:\\Users\\{s}\\dev\\bot.py"),
    }
)
"""Known by what stands around them: the secret, and the text that makes it one."""


def planted(profile: Profile) -> Iterator[Planted]:
    """Every kind in every notation that shows it as a secret; the product's own kinds are those with an example in the corpus."""
    for kind, example, secret in (*((kind, key, key) for kind, key in SHAPED.items()), *_examples(profile)):
        for wrapping, form in PLAIN.items():
            yield Planted(kind, wrapping, secret, form(example))
    for kind, secret in {**UNSHAPED, **SHAPED}.items():
        for wrapping, form in NAMED.items():
            yield Planted(kind, f"named: {wrapping}", secret, form(secret))
    for kind, (secret, around) in FORMED.items():
        for wrapping in AROUND:
            yield Planted(kind, wrapping, secret, PLAIN[wrapping](around(secret)))


def _examples(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """Each kind of the product's own keys, with its example and what in it is the secret."""
    for named in profile.secrets:
        found = compile_pattern(named.pattern, ignore_case=False).search(named.example) if named.example else None
        if found:
            yield f"product: {named.id}", named.example, next((group for group in found.groups() if group), found.group(0))


def wrapped(one: Planted) -> Iterator[Planted]:
    """The same text with the secret split over two lines, at every few characters."""
    for cut in range(3, len(one.secret) - 3, STEP):
        split = one.secret[:cut] + "\n" + one.secret[cut:]
        if one.secret in one.text:
            yield Planted(one.kind, f"{one.wrapping}, split", one.secret, one.text.replace(one.secret, split))


def left_of(secret: str, safe: str, piece: int = 12) -> bool:
    """Whether a redacted text still shows the secret, or as many of its characters in a row as `piece`."""
    plain = re.sub(r"[\n\u200b]|\x1b\[\d*m", "", safe)
    size = min(piece, len(secret))
    return any(secret[i : i + size] in plain for i in range(len(secret) - size + 1))
