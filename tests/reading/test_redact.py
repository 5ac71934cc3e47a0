"""Secrets planted in every notation are hidden, and what only looks like one survives."""

from __future__ import annotations

import json
import random
import re
import string
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.profile import NamedPattern, Profile
from bot.reading.redact import redact
from bot.reading.types import Redaction

PROFILE = Profile(
    name="product",
    secrets=(
        NamedPattern("product-key", r"\bpk9_[0-9a-f]{48}"),
        NamedPattern("agent-secret", r"agentsecret:\s*(\S+)"),
    ),
)
ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def draw(seed: object, letters: str, length: int) -> str:
    """Letters by lot, at least one digit and one letter among them, the same for the same seed."""
    chance = random.Random(str(seed))
    while True:
        word = "".join(chance.choices(letters, k=length))
        if any(c.isdigit() for c in word) and any(c.isalpha() for c in word):
            return word


SHAPED: dict[str, str] = {
    "product": "pk9_" + draw(1, HEX, 48),
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
UNSHAPED: dict[str, str] = {
    "hex": draw(30, HEX, 32),
    "forty": draw(31, HEX, 40),
    "mixed": draw(32, ALNUM, 24),
    "upper": draw(33, string.ascii_uppercase + string.digits, 32),
    "uuid": "3f1c0d52-9a7b-4e0e-8c55-0b6f7d2a9e41",
    "base64": draw(34, ALNUM + "+/", 43) + "=",
}
PLAIN: dict[str, Callable[[str], str]] = {
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
NAMED: dict[str, Callable[[str], str]] = {
    "env": lambda s: f"VENDOR_API_KEY={s}",
    "export": lambda s: f'export VENDOR_API_KEY="{s}"',
    "env spaced": lambda s: f"API_TOKEN = {s}",
    "powershell": lambda s: f'$env:VENDOR_API_KEY = "{s}"',
    "yaml": lambda s: f"  api_key: {s}",
    "json": lambda s: json.dumps({"model": "m", "api_key": s, "voice": "v"}),
    "json header": lambda s: json.dumps({"headers": {"x-api-key": s}}),
    "json in json": lambda s: json.dumps({"body": json.dumps({"apiKey": s})}),
    "json three deep": lambda s: json.dumps({"a": json.dumps({"b": json.dumps({"access_token": s})})}),
    "python dict": lambda s: repr({"xi-api-key": s, "accept": "*/*"}),
    "python bytes": lambda s: repr({b"xi-api-key": s.encode()}),
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


def hidden(text: str, secret: str) -> bool:
    """Whether nothing of a secret as long as a dozen characters is left."""
    safe, _ = redact(text, PROFILE)
    left = re.sub(r"[\n\u200b]|\x1b\[\d*m", "", safe)
    return not any(secret[i : i + 12] in left for i in range(max(len(secret) - 12, 0) + 1))


@pytest.mark.parametrize("wrapping", PLAIN)
@pytest.mark.parametrize("kind", SHAPED)
def test_a_secret_known_by_its_shape_is_hidden_wherever_it_stands(kind: str, wrapping: str) -> None:
    assert hidden(PLAIN[wrapping](SHAPED[kind]), SHAPED[kind])


@pytest.mark.parametrize("wrapping", NAMED)
@pytest.mark.parametrize("kind", [*UNSHAPED, *SHAPED])
def test_a_secret_known_by_its_name_is_hidden_in_every_notation(kind: str, wrapping: str) -> None:
    secret = {**UNSHAPED, **SHAPED}[kind]
    assert hidden(NAMED[wrapping](secret), secret)


@pytest.mark.parametrize("wrapping", PLAIN)
@pytest.mark.parametrize("kind", SHAPED)
def test_a_shaped_secret_split_by_a_line_wrap_is_hidden_on_both_lines(kind: str, wrapping: str) -> None:
    secret = SHAPED[kind]
    text = PLAIN[wrapping](secret)
    for cut in range(3, len(secret) - 3, 6):
        wrapped = text.replace(secret, secret[:cut] + "\n" + secret[cut:])
        assert hidden(wrapped, secret), (cut, redact(wrapped, PROFILE)[0])


@pytest.mark.parametrize("wrapping", NAMED)
@pytest.mark.parametrize("kind", UNSHAPED)
def test_a_named_secret_split_by_a_line_wrap_is_hidden_on_both_lines(kind: str, wrapping: str) -> None:
    secret = UNSHAPED[kind]
    text = NAMED[wrapping](secret)
    for cut in range(3, len(secret) - 3, 6):
        wrapped = text.replace(secret, secret[:cut] + "\n" + secret[cut:])
        assert hidden(wrapped, secret), (cut, redact(wrapped, PROFILE)[0])


def test_a_secret_wrapped_over_many_prefixed_lines_is_one_secret_on_all_of_them() -> None:
    token = SHAPED["jwt"]
    pieces = [token[i : i + 40] for i in range(0, len(token), 40)]
    safe, redactions = redact("\n".join(f"web-1  | {piece}" for piece in ["started", *pieces, "done"]), PROFILE)
    assert safe.split("\n") == ["web-1  | started", *["web-1  | ‹hidden-jwt›"] * len(pieces), "web-1  | done"]
    assert redactions == (Redaction("jwt", 2),)


def test_the_text_after_a_whole_key_stays_when_it_begins_the_next_line() -> None:
    for following in (
        "Traceback (most recent call last):",
        "2025-09-24 08:14:41 INFO x",
        "voice_id=EXAVITQu4vr4xnSDxMaL",
        "model_v2_5 fails",
    ):
        for key in ("api_key=" + UNSHAPED["mixed"], "token: " + UNSHAPED["hex"], SHAPED["product"]):
            safe, redactions = redact(f"{key}\n{following}", PROFILE)
            assert safe.split("\n")[1] == following
            assert len(redactions) == 1


def test_an_empty_assignment_does_not_hide_the_next_line() -> None:
    text = "API_KEY=\nVOICE_ID=EXAVITQu4vr4xnSDxMaL\nMODEL=x"
    assert redact(text, PROFILE) == (text, ())


@pytest.mark.parametrize(
    ("text", "expected", "kind"),
    [
        ("postgres://app:s3cr3tPw@db:5432/x", "postgres://app:‹hidden-password›@db:5432/x", "password"),
        ("redis://:s3cr3tPw@cache:6379", "redis://:‹hidden-password›@cache:6379", "password"),
        ("curl -u alice:s3cr3tPw https://x.example", "curl -u alice:‹hidden-password› https://x.example", "password"),
        ("DB_PASSWORD=correcthorse", "DB_PASSWORD=‹hidden-password›", "password"),
        ("password: hunter2!x", "password: ‹hidden-password›", "password"),
        ('{"pwd": "correct horse"}', '{"pwd": "‹hidden-password›"}', "password"),
        ("this is my key: 4f0c9d1be27a43d58c6e9b0a7f1d2c3e", "this is my key: ‹hidden-api-key›", "api-key"),
        ("my key is 4f0c9d1be27a43d58c6e9b0a7f1d2c3e", "my key is ‹hidden-api-key›", "api-key"),
        ("my password is hunter22", "my password is ‹hidden-password›", "password"),
        ("Uid=sa;Pwd=Str0ng;Database=x", "Uid=sa;Pwd=‹hidden-password›;Database=x", "password"),
        ("Cookie: session=a81f3c; theme=dark", "Cookie: ‹hidden-cookie›", "cookie"),
        ("mail jane.roe@acme-corp.com please", "mail ‹hidden-e-mail› please", "e-mail"),
        ('"from": "+14155550132"', '"from": "‹hidden-phone›"', "phone"),
        ("call +49 151 2345 6789", "call ‹hidden-phone›", "phone"),
        ("File /Users/janeroe/dev/bot.py", "File /Users/‹hidden-user›/dev/bot.py", "user"),
        ("at f (/home/janeroe/bot.js:1:2)", "at f (/home/‹hidden-user›/bot.js:1:2)", "user"),
        ("C:\\Users\\Jane Roe\\bot.py", "C:\\Users\\‹hidden-user›\\bot.py", "user"),
        ("C:\\\\Users\\\\nora\\\\bot.py", "C:\\\\Users\\\\‹hidden-user›\\\\bot.py", "user"),
        ("file:///C:/Users/janeroe/x.js", "file:///C:/Users/‹hidden-user›/x.js", "user"),
        ("agentsecret: zebra", "agentsecret: ‹hidden-agent-secret›", "agent-secret"),
        (
            "https://discord.com/api/webhooks/123456789012345678/" + "aB3_" * 17,
            "https://discord.com/api/webhooks/123456789012345678/‹hidden-webhook›",
            "webhook",
        ),
        (
            "https://hooks.slack.com/services/T0AB/B0CD/x1y2z3x1y2z3",
            "https://hooks.slack.com/services/‹hidden-webhook›",
            "webhook",
        ),
    ],
)
def test_other_kinds_are_hidden_and_named(text: str, expected: str, kind: str) -> None:
    assert redact(text, PROFILE) == (expected, (Redaction(kind, 1),))


PEM = "\n".join(draw(i, ALNUM + "+/", 64) for i in range(40, 46)) + "\n" + draw(46, ALNUM, 21) + "="


@pytest.mark.parametrize(
    "text",
    [
        f"-----BEGIN PRIVATE KEY-----\n{PEM}\n-----END PRIVATE KEY-----\nafter that",
        f"-----BEGIN RSA PRIVATE KEY-----\n{PEM}\nafter that",
        json.dumps({"private_key": f"-----BEGIN PRIVATE KEY-----\n{PEM}\n-----END PRIVATE KEY-----\n", "id": "after that"}),
        "\n".join(
            f"web-1  | {x}"
            for x in f"-----BEGIN EC PRIVATE KEY-----\n{PEM}\n-----END EC PRIVATE KEY-----\nafter that".split("\n")
        ),
        f"-----BEGIN PRIVATE KEY----- {PEM.replace(chr(10), ' ')} -----END PRIVATE KEY-----\nafter that",
    ],
    ids=["whole", "cut", "json", "container", "one line"],
)
def test_private_keys_are_hidden_whole_or_cut(text: str) -> None:
    safe, redactions = redact(text, PROFILE)
    assert not any(line in safe for line in PEM.split("\n"))
    assert "after that" in safe
    assert {redaction.kind for redaction in redactions} == {"private-key"}


@pytest.mark.parametrize(
    "text",
    [
        "xi-api-key: YOUR_API_KEY",
        'curl -H "x-api-key: $VENDOR_API_KEY"',
        'curl -H "x-api-key: ${VENDOR_API_KEY}"',
        'api_key=os.getenv("VENDOR_API_KEY")',
        "apiKey: process.env.VENDOR_API_KEY,",
        "apiKey: import.meta.env.VITE_KEY,",
        "api_key = settings.vendor_api_key",
        'api_key="<your key here>"',
        "API_KEY=sk_xxxxxxxxxxxxxxxxxxxxxxxx",
        "api_key: sk_...",
        "api_key: ****************",
        "'vendor_api_key': 'REDACTED'",
        "Authorization: Bearer YOUR_TOKEN",
        "Authorization: Bearer {token}",
        "Authorization: Bearer ${process.env.TOKEN}",
        '{"api_key": null, "password": ""}',
        "password = getpass.getpass()",
        "password=args.password",
        "def login(self, password: str = None, token: Optional[str] = None):",
        "fetch(url, { credentials: 'same-origin' })",
        "password: must be at least 8 characters",
        "Invalid API key: please check the key you sent",
        "token expired, request a new token",
        "PWD=/srv/app/current",
        "postgres://user:password@localhost/db",
        "{'type': 'authorization_error', 'code': 'invalid_api_key'}",
        "max_tokens=2048 token_count: 12 next_page_token=abc123def456ghi7",
        "write to you@example.com or noreply@acme.com",
        "git@github.com:acme/bot.git",
        "render@bundle.js:12:1917",
        "onPress@index.android.bundle:12:2336",
        "org.acme.Handler@org.acme.Base",
        "/home/user/project/tts.py and /Users/runner/work and C:\\Users\\user\\bot",
        "https://shop.example.net/home/pricing/",
        "2025-09-24T08:14:40+00:00 and 14:00:00 +0200",
        "@@ -1,6 +12,8 @@",
        "main.main()\n\t/app/main.go:12 +0x1d",
        "getty@tty1.service",
        "npm i vendor-sdk@2.73.0-beta.1",
    ],
)
def test_what_only_stands_in_for_a_secret_stays(text: str) -> None:
    assert redact(text, PROFILE) == (text, ())


def ordinary(chance: random.Random) -> list[str]:
    """Values that stand in every honest log and look drawn by lot as well."""

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
    '{{"voice_id": "{}", "text": "hi"}}',
    "'x-trace-id': '{}', 'via': '1.1 proxy'",
    "request_id: {}",
    "wss://api.example.net/v1/tts/{}/stream-input?model_id=abc&inactivity_timeout=180",
    '{{"audio": "{}", "isFinal": null}}',
    "commit {0}\n{0}\n{0}",
    "> {0}\n> next line {0}",
    "x-api-key: $KEY\n{}\nmodel",
    'api_key=os.getenv("API_KEY"), voice_id="{}"',
    '{{"api_key": "YOUR_API_KEY", "id": "{}"}}',
    "api key missing\nvoice {}",
    "Authorization: Bearer $TOKEN\nX-Request-Id: {}",
    "API_KEY=\nVOICE_ID={}",
    "2025-09-24 08:14:41,441 - app - INFO - {0}\n2025-09-24 08:14:42,441 - app - INFO - {0}",
)


def test_at_most_two_in_a_hundred_ordinary_values_are_hidden() -> None:
    chance = random.Random(11)
    texts = [form.format(value) for _ in range(12) for value in ordinary(chance) for form in ORDINARY]
    changed = [text for text in texts if redact(text, PROFILE)[0] != text]
    assert len(changed) <= len(texts) * 0.02, changed[:5]


def test_redactions_carry_kind_and_line_and_never_the_value() -> None:
    text = f"one\napi_key={UNSHAPED['mixed']}\nthree\n{SHAPED['product']} and {SHAPED['aws']}"
    safe, redactions = redact(text, PROFILE)
    assert redactions == (Redaction("api-key", 2), Redaction("product-key", 4), Redaction("aws-key", 4))
    assert safe == "one\napi_key=‹hidden-api-key›\nthree\n‹hidden-product-key› and ‹hidden-aws-key›"


def test_a_five_megabyte_line_is_redacted_at_both_ends_and_in_the_middle() -> None:
    filler = "x1y2z3 " * 357_000
    safe, redactions = redact(f"{SHAPED['product']} {filler}{SHAPED['github']} {filler}{SHAPED['stripe']}", PROFILE)
    assert len(redactions) == 3
    assert not any(SHAPED[kind] in safe for kind in ("product", "github", "stripe"))


GLUE = (
    "api_key",
    "password",
    "token",
    "Bearer ",
    "=",
    ": ",
    '"',
    "'",
    "\\",
    "\\n",
    "\n",
    "\r\n",
    " ",
    "%22",
    "\x1b[31m",
    "\u200b",
    "{",
    "}",
    ",",
)
MARKS = ("-----BEGIN PRIVATE KEY-----", "/home/", "://a:", "@", "‹hidden-x›", "\ud800", "é", "web | ", "> ")
PARTS = st.sampled_from([*SHAPED.values(), *UNSHAPED.values(), *GLUE, *MARKS])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.one_of(PARTS, st.text(max_size=8)), max_size=12).map("".join))
def test_any_text_keeps_its_lines_and_is_not_changed_twice(text: str) -> None:
    safe, redactions = redact(text, PROFILE)
    assert safe.count("\n") == text.count("\n")
    assert all(1 <= redaction.number <= text.count("\n") + 1 for redaction in redactions)
    assert redact(safe, PROFILE)[0] == safe


@pytest.mark.parametrize(
    "unit",
    [
        "token=",
        'token="',
        "password: ",
        "key=Abc1\n",
        "ab-1",
        "eyJaaaaaaaaa.",
        "a@b.",
        "ab://c:",
        "-----BEGIN PRIVATE KEY-----\n",
        "\\",
        "%25",
        "A\n",
    ],
)
def test_time_grows_with_the_length_of_hostile_text_not_faster(unit: str) -> None:
    def seconds(size: int) -> float:
        text = f"api_key=Ab1\n-----BEGIN PRIVATE KEY-----{unit * (size // len(unit))}!\n-----END"
        started = time.process_time()
        redact(text, PROFILE)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(64_000) < 12 * max(seconds(16_000), 0.01)
