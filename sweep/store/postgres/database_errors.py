"""What goes wrong between the program and the server, as one fault each with its mend."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from geodata.errors import InputError, Issue
from sweep.records.store_address import shown

# By SQLSTATE, the longest that fits first.
_CODES = {
    "28": "S927",
    "3D000": "S928",
    "0A000": "S929",
    "58P01": "S929",
    "22023": "S929",
    "42501": "S934",
    "55P03": "S850",
    "53100": "S936",
    "53": "S936",
    "08": "S933",
    "57P": "S933",
    "SW003": "S985",
    "SW004": "S851",
    "SW006": "S853",
    "SW": "S943",
}
# A connection that was never made brings no SQLSTATE.
_TEXTS = (
    (
        r"password authentication failed|no password supplied|authentication failed|role .* does not exist"
        r"|certificate required|valid client certificate",
        "S927",
    ),
    (r"database .* does not exist", "S928"),
    (r"invalid connection option|invalid port number|invalid \w+ value", "S939"),
    (
        r"server closed the connection|terminating connection|connection (?:is|was) (?:lost|closed)|consuming input",
        "S933",
    ),
)


class LostError(InputError):
    """The connection was lost: whether what was under way was done is not known yet."""


@contextmanager
def as_faults(url: str) -> Iterator[None]:
    """
    Turn what the driver raises into a fault of the input.

    Raises
    ------
    LostError
        S933 the connection was lost.
    InputError
        S939 for an address that is none; S927 to S938 for whatever else the server refuses.
    """
    try:
        yield
    except (psycopg.Error, DBAPIError) as error:
        raise fault_of(error, url) from error


def fault_of(error: psycopg.Error | DBAPIError, url: str) -> InputError:
    """One fault for an error of the driver."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or ""
    text = " ".join(str(cause).split())
    code = next((_CODES[state[:n]] for n in (5, 3, 2) if state[:n] in _CODES), None)
    if code is None and not state:
        code = next((c for pattern, c in _TEXTS if re.search(pattern, text, re.IGNORECASE)), "S938")
    issue = Issue(code or "S937", shown(url), {"problem": _first(text)})
    return LostError([issue]) if code == "S933" else InputError([issue])


def _first(text: str) -> str:
    """The first sentence of what the server says, without its details, in which values of rows may stand."""
    return shown(re.split(r" (?:DETAIL|CONTEXT|HINT|LINE \d+): ", text)[0])[:200]
