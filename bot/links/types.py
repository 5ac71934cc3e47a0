"""What a check of the cited pages finds, from the answer of a server to a verdict on each point."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PageStatus(StrEnum):
    """What became of a cited page."""

    OK = "ok"
    MOVED = "moved"  # it answers, and the server says that its address changed for good
    GONE = "gone"  # 404 or 410
    SOFT_404 = "soft-404"  # 200, and yet the page says that it is not there, or is a start page
    UNREACHABLE = "unreachable"  # no answer, or one that says nothing about the page: nothing can be concluded


class PointState(StrEnum):
    """Whether the page still says what the point claims, as far as its keys tell."""

    CURRENT = "current"
    STALE = "stale"
    UNKNOWN = "unknown"  # the page could not be read


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the HTTP status and the address it leads to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered for `url`, in the end from `final`.

    `status` is None and `error` says why when there was no usable answer. `body` is the decoded text, empty for what is no text;
    not `complete` when there is more than was read.
    """

    url: str
    final: str
    status: int | None = None
    redirects: tuple[Redirect, ...] = ()
    content_type: str = ""
    body: str = ""
    complete: bool = True
    error: str = ""


@dataclass(frozen=True, slots=True)
class PointCheck:
    """One point of a page; `missing` are those of its keys that the page no longer holds."""

    id: str
    state: PointState
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageCheck:
    """One cited page; `moved_to` is its new address, `detail` what led to the status, in words."""

    source: str
    url: str
    status: PageStatus
    http_status: int | None
    redirects: tuple[Redirect, ...]
    moved_to: str
    detail: str
    points: tuple[PointCheck, ...]
