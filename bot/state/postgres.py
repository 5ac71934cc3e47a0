"""How a PostgreSQL server is reached, so that one that does not answer is an error within seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

if TYPE_CHECKING:
    import asyncpg

CONNECT_S = 5.0
"""How long a connection may take to be made."""
STATEMENT_S = 60.0
"""How long one statement may take, whatever limit its caller sets."""
LOCK_S = 4.0
"""How long a statement waits for a lock: less than its caller waits for it, so that the connection need not be given up."""
SESSION = {
    # A process that vanished in the middle must not keep what it locked: neither idle, nor with its network gone.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": f"{LOCK_S:g}s",
    "tcp_user_timeout": "15s",
    "tcp_keepalives_idle": "30s",
    "tcp_keepalives_interval": "10s",
    "tcp_keepalives_count": "3",
    "application_name": "support-bot",
}
NOT_KNOWN = frozenset(
    {"channel_binding", "connect_timeout", "gssencmode", "keepalives", "keepalives_count", "keepalives_idle"}
    | {"keepalives_interval", "pgbouncer", "sslcompression", "sslsni", "tcp_user_timeout"}
)
"""Parameters of URLs that other drivers read; this one would pass them on to the server, which refuses them."""


def is_postgres(url: URL) -> bool:
    """Whether the URL is one of PostgreSQL, over the driver that is used."""
    return url.drivername in ("postgresql", "postgresql+asyncpg")


def dsn(url: URL) -> str:
    """The URL as asyncpg reads it, with the password."""
    query = {name: value for name, value in url.query.items() if name not in NOT_KNOWN}
    if "ssl" in query:  # as SQLAlchemy spells it
        query.setdefault("sslmode", query.pop("ssl"))
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)


def failures() -> tuple[type[Exception], ...]:
    """The errors of a database that cannot be used, as asyncpg raises them."""
    import asyncpg

    return (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


async def connect(url: URL, statement_s: float = STATEMENT_S, *, patient: bool = False) -> asyncpg.Connection[Any]:
    """A connection; raises one of `failures`, which do not repeat the password. patient: it may wait for locks, and be idle."""
    import asyncpg

    try:
        connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn(url), timeout=CONNECT_S, command_timeout=statement_s)
    except (ValueError, TypeError) as error:
        raise ConnectionError(f"it cannot be read ({type(error).__name__})") from None
    values = SESSION if not patient else {"application_name": SESSION["application_name"]}
    try:
        await connection.execute("; ".join(f"SET {name} = '{value}'" for name, value in values.items()), timeout=CONNECT_S)
    except BaseException:
        connection.terminate()
        raise
    return connection


def make_engine(
    url: URL,
    *,
    statement_s: float = STATEMENT_S,
    patient: bool = False,
    made: Callable[[asyncpg.Connection[Any]], None] | None = None,
    **options: Any,
) -> AsyncEngine:
    """An engine whose connections are made by `connect`; `made` is told of each. options: of create_async_engine."""

    async def create(*_: object, **__: object) -> asyncpg.Connection[Any]:
        connection: asyncpg.Connection[Any] = await connect(url, statement_s, patient=patient)
        if made is not None:
            made(connection)
        return connection

    # The parameters of the URL are read from the DSN alone: SQLAlchemy would not know some of them.
    plain = URL.create("postgresql+asyncpg", host=url.host, port=url.port, database=url.database)
    engine = create_async_engine(plain, connect_args={"async_creator_fn": create}, **options)
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Have the pool make a connection anew that the server has closed meanwhile, as a restart of it does."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError
