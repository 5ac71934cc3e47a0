"""Hosts, regions, parameters, plans, runtimes and systems are read as real software prints them."""

from __future__ import annotations

import pytest

from bot.reading.profile import NamedPattern, Profile
from bot.reading.signals import SignalReader
from bot.reading.types import SignalKind
from bot.reading.unwrap import unwrap

READER = SignalReader(
    Profile(
        name="Parcelo",
        settings=("weight_limit", "speed", "use_tape"),
        regions=(NamedPattern("eu", r"\bapi\.eu\.parcelo\.example\b"),),
        plans=(NamedPattern("free", r"\bfree (?:plan|tier)\b"), NamedPattern("depot", r"\bdepot plan\b")),
        packages=("parcelo", "@parcelo/client", "parcelo-agents", "httpx"),
    )
)


def found(text: str, kind: SignalKind) -> list[tuple[str, str]]:
    return [(signal.value, signal.detail) for signal in READER.read(unwrap(text), ()) if signal.kind is kind]


HOSTS = [
    ("a URL", "POST https://api.parcelo.example/v2/labels failed", ["api.parcelo.example"]),
    ("a socket with a port", "wss://rt.parcelo.example:443/live?x=1", ["rt.parcelo.example"]),
    ("credentials", "https://me:pw@api.parcelo.example/", ["api.parcelo.example"]),
    ("an address", "http://127.0.0.1:8080/x and http://localhost:3000", ["127.0.0.1", "localhost"]),
    ("urllib3", "HTTPSConnectionPool(host='api.parcelo.example', port=443): Max retries", ["api.parcelo.example"]),
    ("Node DNS", "Error: getaddrinfo ENOTFOUND api.parcelo.example", ["api.parcelo.example"]),
    ("Node DNS, busy", "getaddrinfo EAI_AGAIN api.parcelo.example", ["api.parcelo.example"]),
    ("undici", "(attempted address: api.parcelo.example:443, timeout: 10000ms)", ["api.parcelo.example"]),
    ("curl", "curl: (6) Could not resolve host: api.parcelo.example", ["api.parcelo.example"]),
    ("Go", "dial tcp: lookup api.parcelo.example: no such host", ["api.parcelo.example"]),
    ("a Node object", "  hostname: 'api.parcelo.example'", ["api.parcelo.example"]),
    ("an HTTP header", "Host: api.parcelo.example", ["api.parcelo.example"]),
    ("a module's file", "the host app.py:12 is down", []),
    ("no host", "https:// is missing", []),
]


@pytest.mark.parametrize(("text", "hosts"), [row[1:] for row in HOSTS], ids=[row[0] for row in HOSTS])
def test_a_host_is_read_from_urls_and_resolver_errors(text: str, hosts: list[str]) -> None:
    assert [value for value, _ in found(text, SignalKind.HOST)] == hosts


def test_a_region_is_that_of_the_host_or_of_the_response() -> None:
    assert found("GET https://api.eu.parcelo.example/v2", SignalKind.REGION) == [("eu", "api.eu.parcelo.example")]
    assert found("{'x-region': 'us-central1', 'via': '1.1 proxy'}", SignalKind.REGION) == [("us-central1", "")]
    assert found("< x-region: europe-west4", SignalKind.REGION) == [("europe-west4", "")]


SETTINGS = [
    ("JSON", '"weight_limit": 0.35, "speed": 1', [("weight_limit", "0.35"), ("speed", "1")]),
    ("camel case", "weightLimit: 0.5, useTape: true", [("weight_limit", "0.5"), ("use_tape", "true")]),
    ("a call", "Settings(speed=1.2, use_tape=False)", [("speed", "1.2"), ("use_tape", "false")]),
    ("escaped JSON", r"{\"speed\": .7}", [("speed", ".7")]),
    ("a query", "wss://x.example/?speed=1.1&use_tape=true", [("speed", "1.1"), ("use_tape", "true")]),
    ("told", "with speed at 0.7 and weight limit of 0.3", [("speed", "0.7"), ("weight_limit", "0.3")]),
    ("an annotation", "speed: float = None", []),
    ("another word", "airspeed: 3, speeds: 4", []),
    ("a sentence", "the speed is 300 Mbps", []),
]


@pytest.mark.parametrize(("text", "settings"), [row[1:] for row in SETTINGS], ids=[row[0] for row in SETTINGS])
def test_a_parameter_is_read_with_its_value(text: str, settings: list[tuple[str, str]]) -> None:
    assert sorted(found(text, SignalKind.SETTING)) == sorted(settings)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('"language_code": "de"', "de"),
        ("language_code='pt-BR',", "pt-br"),
        ("languageCode: 'ja',", "ja"),
        ("wss://x.example/?language_code=hi&model=a", "hi"),
        (r"{\"language_code\":\"eng\"}", "eng"),
        ("language: fr", "fr"),
    ],
)
def test_a_language_code_is_read(text: str, code: str) -> None:
    assert [value for value, _ in found(text, SignalKind.LANGUAGE)] == [code]


@pytest.mark.parametrize("text", ["language: str = None", "language: German", "language_code=None", "the language is nice"])
def test_a_word_is_no_language_code(text: str) -> None:
    assert found(text, SignalKind.LANGUAGE) == []


def test_a_plan_is_read_by_its_name() -> None:
    assert [value for value, _ in found("I am on the free tier\nand he has the Depot plan", SignalKind.PLAN)] == ["free", "depot"]


RUNTIMES = [
    ("Python 3.11.4 (main, Jun  7 2023)", ("python", "3.11.4")),
    (r'File "C:\Users\u\AppData\Local\Programs\Python\Python312\Lib\asyncio\runners.py"', ("python", "3.12")),
    ("User-Agent: Python/3.12 aiohttp/3.9.1", ("python", "3.12")),
    ("Node.js v20.20.2", ("node", "20.20.2")),
    ("deno 1.40.2 (release)", ("deno", "1.40.2")),
    ("Bun v1.1.8 (Linux x64)", ("bun", "1.1.8")),
    ("go version go1.22.1 linux/amd64", ("go", "1.22.1")),
    ('openjdk version "17.0.9" 2023-10-17', ("java", "17.0.9")),
    (".NET SDK 8.0.100", ("dotnet", "8.0.100")),
    ("PHP 8.2.12 (cli)", ("php", "8.2.12")),
    ("ruby 3.2.2 (2023-03-30 revision e51014f9c0)", ("ruby", "3.2.2")),
    ("Dart SDK version: 3.2.3 (stable)", ("dart", "3.2.3")),
    ("Flutter 3.16.5 • channel stable", ("flutter", "3.16.5")),
    ("rustc 1.75.0 (82e1608df)", ("rust", "1.75.0")),
    ("Unity 2022.3.10f1", ("unity", "2022.3.10f1")),
    ('"react-native": "0.73.2"', None),
    ("react-native@0.73.2", ("react-native", "0.73.2")),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0", ("chrome", "120.0.0.0")),
    ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.1 Safari/605.1.15", ("safari", "17.1")),
    ("Gecko/20100101 Firefox/121.0", ("firefox", "121.0")),
    ("let's go 1.5 times", None),
    ("java.lang.IllegalStateException", None),
]


@pytest.mark.parametrize(("text", "expected"), RUNTIMES)
def test_a_runtime_is_read_from_what_it_prints(text: str, expected: tuple[str, str] | None) -> None:
    assert found(text, SignalKind.RUNTIME) == ([expected] if expected else [])


SYSTEMS = [
    ("I'm on Ubuntu 22.04.3 LTS", ("ubuntu", "22.04.3")),
    ("Linux-5.15.0-91-generic-x86_64-with-glibc2.35", ("linux", "5.15.0")),
    ("FROM python:3.11-slim-bookworm", ("debian", "")),
    ("FROM node:20-alpine", ("alpine", "")),
    ("Alpine Linux v3.19", ("alpine", "3.19")),
    ("Amazon Linux 2023", ("amazon-linux", "2023")),
    ("CentOS 7", ("red-hat", "7")),
    ("Windows 11 Pro", ("windows", "11")),
    (r"C:\Users\user\bot\main.py", ("windows", "")),
    ("Linux 5.15.90.1-microsoft-standard-WSL2", ("wsl", "")),
    ("macOS 14.2.1", ("macos", "14.2.1")),
    ("Mac OS X 10_15_7", ("macos", "10.15.7")),
    ("/opt/homebrew/lib/python/asyncio/x.py", ("macos", "")),
    ("CPU iPhone OS 17_1_2 like Mac", ("ios", "17.1.2")),
    ("Android 14; Pixel 8", ("android", "14")),
]


@pytest.mark.parametrize(("text", "expected"), SYSTEMS)
def test_an_operating_system_is_read_with_its_version(text: str, expected: tuple[str, str]) -> None:
    assert found(text, SignalKind.SYSTEM)[0] == expected


@pytest.mark.parametrize("text", ["audios 17", "the windows are open", "darwinism", "linuxserver", "iOS"])
def test_another_word_is_no_operating_system(text: str) -> None:
    assert found(text, SignalKind.SYSTEM) == []


PACKAGES = [
    ("pnpm", "/app/node_modules/.pnpm/@parcelo+client@2.5.0/node_modules/@parcelo/client/index.js", ("@parcelo/client", "2.5.0")),
    ("a user agent", "user-agent: python-httpx/0.27.0", ("httpx", "0.27.0")),
    ("a generated client", "{'X-Fern-SDK-Name': 'parcelo', 'X-Fern-SDK-Version': '2.16.0'}", ("parcelo", "2.16.0")),
    ("its attribute", "print(parcelo.__version__)  # 2.16.0", ("parcelo", "2.16.0")),
    ("yarn.lock", '"@parcelo/client@^2":\n  version "2.5.0"', ("@parcelo/client", "2.5.0")),
    ("Pipfile.lock", '"parcelo": {\n    "version": "==2.16.0"', ("parcelo", "2.16.0")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in PACKAGES], ids=[row[0] for row in PACKAGES])
def test_a_package_is_read_where_only_software_writes_it(text: str, expected: tuple[str, str]) -> None:
    assert found(text, SignalKind.PACKAGE) == [expected]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/app/.venv/lib/python3.12/site-packages/parcelo/core/client.py", "parcelo"),
        (r"C:\bot\venv\Lib\site-packages\parcelo\core\client.py", "parcelo"),
        ("/app/node_modules/@parcelo/client/dist/index.js:12:3", "@parcelo/client"),
        ("/usr/lib/python3/dist-packages/parcelo/agents/x.py", "parcelo-agents"),
    ],
)
def test_a_path_shows_which_package_is_installed(path: str, name: str) -> None:
    assert (name, "") in found(path, SignalKind.LIBRARY)
    assert found(path, SignalKind.PACKAGE) == []
