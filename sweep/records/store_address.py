"""Where a store is: an address without a password, which no scenario, log or message may hold."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_SECRETS = ("password", "sslpassword", "passwd", "pwd")


def address_fault(url: str) -> str | None:
    """
    Why an address is none that may be used, as the end of a key of the catalogue; None if it is one.

    `password` where one stands in it, `form` where it is no address of a PostgreSQL database.
    """
    try:
        parts = urlsplit(url)
        has_password = parts.password is not None
    except ValueError:
        return "form"
    if has_password or any(key.lower() in _SECRETS for key, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return "password"
    return None if parts.scheme in SCHEMES else "form"


def shown(url: str) -> str:
    """An address as it may be shown: where there is a password, or what looks like one, a few dots."""
    hidden = re.sub(r"(://[^/@:]*):[^@]*@", r"\1:…@", unquote(url).replace("+psycopg", "", 1))
    return re.sub(rf"((?:{'|'.join(_SECRETS)})=)[^&\s]*", r"\1…", hidden, flags=re.IGNORECASE)


def without_login(url: str) -> str:
    """An address without who asks: two that are alike in it are one store."""
    return re.sub(r"://[^/@]*@", "://", shown(url))
