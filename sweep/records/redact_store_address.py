"""Check and redaction of the addresses of stores (databases); nothing that is written may hold a password."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_SECRETS = ("password", "sslpassword", "passwd", "pwd")


def address_error(url: str) -> str | None:
    """
    Return the error of a store address as the suffix of its catalogue key; None if the address is valid.

    `password` if the address contains one, `form` if it is not the address of a PostgreSQL database.
    """
    try:
        parts = urlsplit(url)
        has_password = parts.password is not None
    except ValueError:
        return "form"
    if has_password or any(key.lower() in _SECRETS for key, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return "password"
    return None if parts.scheme in SCHEMES else "form"


def redacted_address(url: str) -> str:
    """Return the address for display, with passwords and similar parameters replaced by an ellipsis."""
    hidden = re.sub(r"(://[^/@:]*):[^@]*@", r"\1:…@", unquote(url).replace("+psycopg", "", 1))
    return re.sub(rf"((?:{'|'.join(_SECRETS)})=)[^&\s]*", r"\1…", hidden, flags=re.IGNORECASE)


def without_login(url: str) -> str:
    """Return `redacted_address` without user and password; equal results mean the same store."""
    return re.sub(r"://[^/@]*@", "://", redacted_address(url))
