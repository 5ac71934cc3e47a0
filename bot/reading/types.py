"""What reading a paste yields: facts, each with the line it came from.

Lines count from 1 in the text as given, before anything was unwrapped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line: `text` without its wrapping, and the `number` of the pasted line it stands on.

    A JSON log line with a traceback inside becomes several logical lines of the same number. `raw` is the pasted line
    (secrets and control characters removed) for the first logical line of a pasted line, and empty for the others.
    """

    number: int
    text: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """One stack frame; what the trace does not say is None."""

    file: str | None
    line: int | None
    function: str | None
    number: int
    """Line of the paste."""


@dataclass(frozen=True, slots=True)
class RaisedError:
    """One exception of a chain: its type, message, the pasted line that names it, and the place where it was raised."""

    type: str
    message: str
    number: int
    innermost: Frame | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One stack trace.

    `exception_type` and `message` are those of the exception that ended the program (the outermost of a chain; Python
    prints it last, Java first). `chain` holds every exception in the order raised, root first. `innermost` is the frame
    where the reported exception was raised. `attempts` counts the same trace repeated by retries.
    """

    language: str
    exception_type: str | None
    message: str
    frames: tuple[Frame, ...]
    innermost: Frame | None
    start_line: int
    end_line: int
    truncated: bool = False
    chain: tuple[RaisedError, ...] = ()
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record of a program's log; `at` in seconds since 1970 (UTC unless the line says otherwise), None without a time."""

    number: int
    at: float | None
    level: str
    logger: str
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


class EventKind(StrEnum):
    """What happened on a connection."""

    CONNECT = "connect"
    SEND = "send"
    KEEPALIVE = "keepalive"
    FLUSH = "flush"
    RECEIVE = "receive"
    ERROR = "error"
    CLOSE = "close"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a known time (`at`, seconds) on a line; a retry announcement carries its `delay` in seconds."""

    kind: EventKind
    at: float
    number: int
    text: str
    delay: float | None = None


class SignalKind(StrEnum):
    """Kinds of typed facts about a failure; the comment says what `Signal.value` holds."""

    PRODUCT = "product"  # the mark that names the product, lower case
    TOPIC = "topic"  # the pattern of the product's field that was found
    VENDOR = "vendor"  # id of another vendor
    HTTP_STATUS = "http_status"  # "401"; detail = the reason phrase as printed
    WS_CLOSE = "ws_close"  # "1008"; detail = the close reason as printed: on the wire at most 123 bytes, so often cut
    WS_CLOSED_BY = (
        "ws_closed_by"  # "remote", "local" or "neither", seen from the program that printed it; detail = the close code
    )
    API_ERROR = "api_error"  # the API's error code or legacy status; detail = its message
    API_MESSAGE = "api_message"  # the message of an API error body; of a validation error, detail = the field
    API_TYPE = "api_type"  # the type of an API error body
    API_PARAM = "api_param"  # the parameter or field (path with points) that an API error body complains about
    UNLISTED_ERROR = "unlisted_error"  # the code of an error body that the product's list does not have
    REQUEST_ID = "request_id"  # the id of a request or trace, for the vendor's support
    EXCEPTION = "exception"  # full type name; detail = message
    ENDPOINT = "endpoint"  # id of an endpoint in product.yaml
    HOST = "host"  # host name
    REGION = "region"  # id of a region in product.yaml, or the region that a response header names; detail = what showed it
    MODEL = "model"  # model id
    OUTPUT_FORMAT = "output_format"  # output format id
    SETTING = "setting"  # name of a parameter in product.yaml; detail = its value
    LANGUAGE = "language"  # language code of a request
    PLAN = "plan"  # id of a plan in product.yaml
    PACKAGE = "package"  # package name; detail = version
    LIBRARY = "library"  # name of a package that a path shows to be installed, without a version
    RUNTIME = "runtime"  # "python", "node", …; detail = version
    SYSTEM = "system"  # operating system; detail = version, where it is said


@dataclass(frozen=True, slots=True)
class Signal:
    """One typed fact: `value` normalised, `detail` what belongs to it, `text` the logical line it was read from."""

    kind: SignalKind
    value: str
    number: int
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Redaction:
    """A secret that was hidden: what kind, and on which line. Its value is nowhere."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from one message; no text in it holds a secret."""

    text: str
    lines: tuple[Line, ...]
    traces: tuple[Trace, ...]
    records: tuple[LogRecord, ...]
    events: tuple[Event, ...]
    signals: tuple[Signal, ...]
    redactions: tuple[Redaction, ...]
    prose: str
    """What is left of the message when traces, logs and code are taken away: the question in the user's words."""
    prose_lines: frozenset[int] = frozenset()
    dropped: int = 0
    """Characters left out of the middle of a paste above the cap."""
