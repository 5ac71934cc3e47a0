"""A request that is not answered: why, and what its sender can do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.errors import UserError

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class RefusedError(UserError):
    """Why a request is not answered, for whoever sent it; `code` is stable, `status` and `headers` are those of HTTP."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] = NO_HEADERS) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers)

    def as_json(self) -> dict[str, Any]:
        """The body of the response."""
        return {"error": {"code": self.code, "message": str(self)}}


def busy() -> RefusedError:
    """The refusal of what would wait too long."""
    return RefusedError(503, "busy", "Too many requests are waiting. Try again in a few seconds.", {"Retry-After": "5"})


def unavailable() -> RefusedError:
    """The refusal while nothing can be answered, for a reason that is not the sender's."""
    return RefusedError(
        503, "unavailable", "Nothing can be answered at present; the server's log says why.", {"Retry-After": "60"}
    )
