"""Who may ask: the bearer tokens of the settings."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from bot.errors import SettingError
from bot.settings import Settings

SCHEME = "bearer"


class Tokens:
    """The tokens that open the door. A caller is called after its token's place in the setting, never after the token."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self._digests = [(f"token-{place}", _digest(token.encode())) for place, token in enumerate(tokens, start=1)]

    def caller(self, authorization: str) -> str | None:
        """Who sends this `Authorization` header; None for nobody known. It takes the same time whatever token is given."""
        scheme, _, token = authorization.strip().partition(" ")
        given = _digest(token.strip().encode("latin-1", "replace"))  # as headers are decoded
        found = [name for name, digest in self._digests if hmac.compare_digest(digest, given)]
        return found[0] if found and scheme.lower() == SCHEME else None


def require_tokens(settings: Settings) -> Tokens:
    """The tokens of the settings; raises SettingError that says which variable to set and how to make one."""
    if not settings.api_tokens:
        raise SettingError(
            "API_TOKENS is not set, and without a token nobody could ask. Make one with: openssl rand -hex 24, and start "
            "again with API_TOKENS=<the token>; several are separated by commas."
        )
    return Tokens(token.get_secret_value() for token in settings.api_tokens)


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
