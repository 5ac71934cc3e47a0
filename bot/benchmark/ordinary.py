"""Ordinary values that look like secrets, in texts that hold none."""

from __future__ import annotations

import random
import string

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


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
    '{{"name": "item_id", "value": "{}"}}',
    "| item | {} |",
    "kind: ConfigMap\ndata:\n  item: {}\n",
    "the key was wrong\nitem {}",
    "tokens used: 12\n{}\n",
    "my keyboard and item {}",
    "item: str = '{}'",
    "items: map[Id:[{}]]",
    "invalid token, trace\nid {}",
    "2025-09-24 08:14:41,441 - app - INFO - {0}\n2025-09-24 08:14:42,441 - app - INFO - {0}",
)


def ordinary_texts(seed: int = 11, rounds: int = 12) -> list[str]:
    """Texts without a secret, in which nothing is to be hidden."""
    chance = random.Random(seed)
    return [form.format(value) for _ in range(rounds) for value in ordinary_values(chance) for form in ORDINARY]
