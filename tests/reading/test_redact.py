"""Secrets planted in every notation are hidden, and what only looks like one survives."""

from __future__ import annotations

import json

import pytest
from growth import grows_faster_than_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.benchmark.notations import NAMED, NOT_SPLIT, PLAIN
from bot.benchmark.ordinary import HEX, ordinary_texts
from bot.benchmark.planted import PEM, UNSHAPED, draw, left_of
from bot.benchmark.planted import SHAPED as GENERAL
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
SHAPED = {"product": "pk9_" + draw(1, HEX, 48), **GENERAL}


def hidden(text: str, secret: str) -> bool:
    """Whether nothing of a secret as long as a dozen characters is left."""
    return not left_of(secret, redact(text, PROFILE)[0])


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


@pytest.mark.parametrize("wrapping", [name for name in NAMED if name not in NOT_SPLIT])
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


VENDOR_TOKENS = (
    *("AGE-SECRET-KEY-1" + "QZ9X" * 14, "NRAK-" + "A1B2C" * 5, "dapi" + "0a1b" * 8, "dp.pt." + "aB3" * 15, "figd_" + "aB3x" * 9),
    *(
        "fo1_" + "aB3x" * 9,
        "glsa_" + "aB3x" * 8 + "_0a1b2c3d",
        "hvs." + "aB3x" * 20,
        "key-" + "0a1b" * 8,
        "lsv2_pt_" + "0a1b" * 8,
    ),
    *("npg_" + "aB3x" * 4, "pat" + "aB3xyZ9" * 2 + "." + "0a1b" * 16, "pscale_pw_" + "aB3x" * 9, "pul-" + "0a1b" * 10),
    *("re_" + "aB3x" * 2 + "_" + "aB3x" * 6, "sntrys_" + "aB3x" * 12, "tskey-auth-" + "aB3x" * 10, "vcp_" + "aB3x" * 6),
)


@pytest.mark.parametrize("token", VENDOR_TOKENS, ids=[token[:6] for token in VENDOR_TOKENS])
def test_tokens_of_other_services_are_hidden_where_they_stand_alone(token: str) -> None:
    assert hidden(f"I use {token} and it fails", token)


@pytest.mark.parametrize(
    "text",
    [
        "login page password reset does not work",
        "mysql server is crash-prone",
        "| request_id | 4f0c9d1be27a43d58c6e9b0a7f1d2c3e |",
        '{"name": "voice_id", "value": "EXAVITQu4vr4xnSDxMaL"}',
        "kind: ConfigMap\ndata:\n  voice: EXAVITQu4vr4xnSDxMaL",
        "the api key was wrong\nEXAVITQu4vr4xnSDxMaL",
        "secret_manager_client_factory_settings",
        "api_key: str = os.environ['API_KEY']",
        "const key = process.env.API_KEY || 'YOUR_API_KEY';",
        "map[X-Api-Key:[***] X-Trace:[4f0c9d1be27a43d58c6e9b0a7f1d2c3e]]",
        "token -> next_token",
        "2026-03-01 10:00:00 api_key set\n2026-03-01 10:00:01 request 4f0c9d1be27a43d58c6e9b0a7f1d2c3e",
    ],
)
def test_what_only_stands_like_a_secret_stays(text: str) -> None:
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
        ("PGPASSWORD=horsebattery psql -h db", "PGPASSWORD=‹hidden-password› psql -h db", "password"),
        ("docker login -u bob -p s3cr3tPw ghcr.io", "docker login -u bob -p ‹hidden-password› ghcr.io", "password"),
        ("mysql -u root -ps3cr3tPw shop", "mysql -u root -p‹hidden-password› shop", "password"),
        ("machine a.b login bob password s3cr3tPw", "machine a.b login bob password ‹hidden-password›", "password"),
        ("Mein Passwort: hunter22!x", "Mein Passwort: ‹hidden-password›", "password"),
        ('{"auth": "Ym9iOmh1bnRlcjIyIXg="}', '{"auth": "‹hidden-token›"}', "token"),
        ("//registry.example.net/:_auth=Ym9iOmh1bnRlcjIyIXg=", "//registry.example.net/:_auth=‹hidden-token›", "token"),
        ("cookies={'sid': 'a81f3c99b2'}", "cookies={'sid': '‹hidden-cookie›'}", "cookie"),
        ("Sec-WebSocket-Protocol: token, 4f0c9d1be27a43d58c6e", "Sec-WebSocket-Protocol: token, ‹hidden-token›", "token"),
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


def test_at_most_two_in_a_hundred_ordinary_values_are_hidden() -> None:
    texts = ordinary_texts()
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
    def hide(size: int) -> object:
        return redact(f"api_key=Ab1\n-----BEGIN PRIVATE KEY-----{unit * (size // len(unit))}!\n-----END", PROFILE)

    assert not grows_faster_than_linear(hide, 16_000, 128_000)
