"""Secrets that are none, in every notation in which real ones are pasted, and ordinary values that only look like them."""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from bot.patterns import compile_pattern
from bot.reading.profile import Profile

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
STEP = 6
"""Characters between two places at which a secret is split by a line wrap."""

Form = Callable[[str], str]
"""From a secret to the text in which it stands."""


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
        "e-mail": ("jane.roe@acme-corp.com", lambda s: f"account {s} signed in"),
        "phone": ("+14155550132", lambda s: f"calling {s} now"),
        "home-folder": ("janeroe", lambda s: f"/Users/{s}/dev/bot.py"),
        "windows-home": ("janeroe", lambda s: f"C:\\Users\\{s}\\dev\\bot.py"),
    }
)
"""Known by what stands around them: the secret, and the text that makes it one."""

PLAIN: Mapping[str, Form] = MappingProxyType(
    {
        "bare": lambda s: s,
        "prose": lambda s: f"I use {s}, is that the problem?",
        "quoted": lambda s: f"client = Client('{s}')",
        "brackets": lambda s: f"({s})",
        "markdown": lambda s: f"my key is `{s}`",
        "path": lambda s: f"GET /v1/user/{s}?x=1",
        "query": lambda s: f"wss://host.example.net/socket?model=a&x={s}&b=2",
        "escaped newline": lambda s: f'{{"message": "first\\n{s}\\nlast"}}',
        "tabbed": lambda s: f'"col\\t{s}\\tcol"',
        "coloured": lambda s: f"\x1b[31m{s}\x1b[0m",
        "zero width": lambda s: f"{s[:9]}\u200b{s[9:]}",
        "container": lambda s: f"web-1  | {s}",
    }
)
AROUND = ("bare", "prose", "quoted", "markdown", "escaped newline", "tabbed", "coloured", "container")
"""The plain notations that do not take a formed secret's own surroundings away."""
NAMED: Mapping[str, Form] = MappingProxyType(
    {
        "env": lambda s: f"VENDOR_API_KEY={s}",
        "export": lambda s: f'export VENDOR_API_KEY="{s}"',
        "env spaced": lambda s: f"API_TOKEN = {s}",
        "powershell": lambda s: f'$env:VENDOR_API_KEY = "{s}"',
        "yaml": lambda s: f"  api_key: {s}",
        "json": lambda s: json.dumps({"model": "m", "api_key": s, "voice": "v"}),
        "json header": lambda s: json.dumps({"headers": {"x-api-key": s}}),
        "json in json": lambda s: json.dumps({"body": json.dumps({"apiKey": s})}),
        "json three deep": lambda s: json.dumps({"a": json.dumps({"b": json.dumps({"access_token": s})})}),
        "python dict": lambda s: repr({"ab-api-key": s, "accept": "*/*"}),
        "python bytes": lambda s: repr({b"ab-api-key": s.encode()}),
        "header pairs": lambda s: repr([(b"accept", b"*/*"), (b"x-api-key", s.encode())]),
        "raw headers": lambda s: f"  rawHeaders: [ 'Host', 'a.example.net', 'X-Api-Key', '{s}' ]",
        "python argument": lambda s: f'Client(api_key="{s}", timeout=3)',
        "python call": lambda s: f"set_api_key('{s}')",
        "js object": lambda s: f"const c = new Client({{ apiKey: '{s}', retries: 2 }});",
        "js template": lambda s: f"headers: {{ 'x-api-key': `{s}` }}",
        "js set": lambda s: f'headers.set("x-api-key", "{s}")',
        "ruby": lambda s: f"'api_key' => '{s}'",
        "go": lambda s: f'apiKey := "{s}"',
        "curl": lambda s: f"curl -H 'x-api-key: {s}' https://api.example.net/v1",
        "curl double": lambda s: f'curl -H "X-Api-Key:{s}" -d @body.json',
        "curl bearer": lambda s: f'-H "Authorization: Bearer {s}"',
        "curl basic": lambda s: f'-H "Authorization: Basic {s}"',
        "header line": lambda s: f"authorization: {s}",
        "option": lambda s: f"tool --api-key {s} --verbose",
        "option with sign": lambda s: f"tool --api-key={s} --verbose",
        "query": lambda s: f"https://api.example.net/v1?api_key={quote(s)}&model=x",
        "query token": lambda s: f"wss://rt.example.net/?access_token={quote(s)}",
        "percent encoded": lambda s: quote(f'{{"api_key": "{s}"}}', safe=""),
        "unicode escaped": lambda s: "{\\u0022api_key\\u0022: \\u0022" + s + "\\u0022}",
        "xml": lambda s: f"<apiKey>{s}</apiKey>",
        "markup": lambda s: f"{{&quot;api_key&quot;: &quot;{s}&quot;}}",
        "prose": lambda s: f"my API key is {s} and it worked before",
        "prose colon": lambda s: f"**API key:** {s}",
        "colours": lambda s: f"\x1b[36mapi_key\x1b[0m=\x1b[35m{s}\x1b[0m",
        "escaped request": lambda s: f"send: b'POST /v1 HTTP/1.1\\r\\nx-api-key: {s}\\r\\n\\r\\n'",
        "secret": lambda s: f"client_secret={s}",
        "password": lambda s: f'"password": "{s}"',
        "log": lambda s: f"2025-09-24 08:14:41,441 - app - DEBUG - connecting with token={s}, voice=abc",
    }
)


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


def ordinary_values(chance: random.Random) -> list[str]:
    """Values that stand in every honest log and look drawn by lot as well: ids, hashes, models, versions, addresses."""

    def pick(letters: str, length: int) -> str:
        return "".join(chance.choices(letters, k=length))

    return [
        pick(ALNUM, 20),
        "agent_01jx" + pick(string.ascii_lowercase + string.digits, 22),
        pick(HEX, 32),
        pick(HEX, 40),
        pick(HEX, 7),
        pick(HEX, 64),
        "-".join(pick(HEX, n) for n in (8, 4, 4, 4, 12)),
        "model_turbo_v2_5",
        "gpt-4o-mini-2024-07-18",
        "pcm_44100",
        "2.78.0rc1",
        pick(ALNUM + "+/", 400),
        "AbstractSingletonProxyFactoryBean",
        "MZ" + pick(HEX, 32),
        "AJ_" + pick(ALNUM, 12),
        "127.0.0.1:43056",
    ]


ORDINARY: tuple[str, ...] = (
    "Error with {} today",
    '{{"item_id": "{}", "text": "hi"}}',
    "'x-trace-id': '{}', 'via': '1.1 proxy'",
    "request_id: {}",
    "wss://api.example.net/v1/items/{}/stream?model_id=abc&idle_timeout=180",
    '{{"audio": "{}", "isFinal": null}}',
    "commit {0}\n{0}\n{0}",
    "> {0}\n> next line {0}",
    "x-api-key: $KEY\n{}\nmodel",
    'api_key=os.getenv("API_KEY"), item_id="{}"',
    '{{"api_key": "YOUR_API_KEY", "id": "{}"}}',
    "api key missing\nitem {}",
    "Authorization: Bearer $TOKEN\nX-Request-Id: {}",
    "API_KEY=\nITEM_ID={}",
    "2025-09-24 08:14:41,441 - app - INFO - {0}\n2025-09-24 08:14:42,441 - app - INFO - {0}",
)


def ordinary_texts(seed: int = 11, rounds: int = 12) -> list[str]:
    """Texts without a secret, in which nothing is to be hidden."""
    chance = random.Random(seed)
    return [form.format(value) for _ in range(rounds) for value in ordinary_values(chance) for form in ORDINARY]
