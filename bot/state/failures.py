"""What the errors of a database mean: whether it cannot be used, or does not take what it was given, and why in a few words."""

from __future__ import annotations

import os

from sqlalchemy.exc import DataError, DBAPIError, NoSuchModuleError

from bot.errors import StateError

DATA_EXCEPTION = "22"
"""The class of SQLSTATE codes for values that cannot be stored as they are."""
WITHOUT_VALUE = ("22001", "22021")
"""Those whose message does not repeat the value: too long, not of the encoding."""


class RefusedError(StateError):
    """The database works and does not take these values: trying again does not help."""


def refused(error: Exception) -> bool:
    """Whether the database can be used and only the values of the statement cannot."""
    return isinstance(error, DataError) or _sqlstate(error).startswith(DATA_EXCEPTION)


def describe(error: Exception) -> str:
    """The cause of a failure in a few words, without the statement, its values and the password."""
    if isinstance(error, NoSuchModuleError | ImportError):
        return f"its driver is not installed: {error}"
    if isinstance(error, DBAPIError):
        cause = _cause(error)
        if refused(error) and _sqlstate(error) not in WITHOUT_VALUE:
            return type(cause).__name__
        said = str(cause).strip().splitlines()
        return said[0][:200] if said else type(cause).__name__
    if isinstance(error, TimeoutError):
        return str(error) or "no answer in time"
    if isinstance(error, ConnectionError) and error.errno is not None:  # what it says itself is the address
        return os.strerror(error.errno)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    if isinstance(error, OSError) and error.args:
        return str(error)[:200]
    return type(error).__name__


def _sqlstate(error: Exception) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "") if isinstance(error, DBAPIError) else ""


def _cause(error: DBAPIError) -> BaseException:
    """The driver's own error: SQLAlchemy puts one of another driver into its own before that."""
    found = error.orig
    assert found is not None
    return found.__cause__ if found.__cause__ is not None and type(found).__module__.startswith("sqlalchemy") else found
