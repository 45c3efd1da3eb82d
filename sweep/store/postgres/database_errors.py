"""Errors of the database server as issues, each with a fix."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from geodata.errors import Code, InputError, Issue
from sweep.records.redact_store_address import redacted_address

# By SQLSTATE; the longest matching prefix counts.
_CODES = {
    "28": "S927",
    "3D000": Code.DATABASE_MISSING,
    "0A000": "S929",
    "58P01": "S929",
    "22023": "S929",
    "42501": "S934",
    "55P03": "S850",
    "53100": "S936",
    "53": "S936",
    "08": Code.STORE_LOST,
    "57P": Code.STORE_LOST,
    "SW003": "S985",
    "SW004": "S851",
    "SW006": "S853",
    "SW": "S943",
}
# A failed connection attempt has no SQLSTATE.
_TEXTS = (
    (
        r"password authentication failed|no password supplied|authentication failed|role .* does not exist"
        r"|certificate required|valid client certificate",
        "S927",
    ),
    (r"database .* does not exist", Code.DATABASE_MISSING),
    (r"invalid connection option|invalid port number|invalid \w+ value", "S939"),
    (
        r"server closed the connection|terminating connection|connection (?:is|was) (?:lost|closed)|consuming input",
        Code.STORE_LOST,
    ),
)


class ConnectionLostError(InputError):
    """Lost connection: it is unknown whether the current transaction was committed."""


@contextmanager
def as_input_errors(url: str) -> Iterator[None]:
    """
    Convert exceptions of the database driver in the block to InputError.

    Raises
    ------
    ConnectionLostError
        S933 for a lost connection.
    InputError
        S939 for an invalid address; S927 to S938 for other errors of the server.
    """
    try:
        yield
    except (psycopg.Error, DBAPIError) as error:
        raise input_error_of(error, url) from error


def input_error_of(error: psycopg.Error | DBAPIError, url: str) -> InputError:
    """Return a driver's exception as InputError with its code; `ConnectionLostError` if the connection was lost."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or ""
    text = " ".join(str(cause).split())
    code = next((_CODES[state[:n]] for n in (5, 3, 2) if state[:n] in _CODES), None)
    if code is None and not state:
        code = next((c for pattern, c in _TEXTS if re.search(pattern, text, re.IGNORECASE)), Code.STORE_UNREACHABLE)
    issue = Issue(code or "S937", redacted_address(url), {"problem": _first(text)})
    return ConnectionLostError([issue]) if code == Code.STORE_LOST else InputError([issue])


def _first(text: str) -> str:
    """Return a server's message without login and without its details, which may quote values of rows."""
    return redacted_address(re.split(r" (?:DETAIL|CONTEXT|HINT|LINE \d+): ", text)[0])[:200]
