"""Host names and addresses in one normal form: as in a URL."""

import ipaddress
import re
from collections.abc import Iterable

from geodata.errors import InputError, Issue

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# The last part is not a number: `10.0.0.256` is a mistyped address.
_NAME = re.compile(r"(?:[0-9A-Za-z_-]{1,63}\.)*(?=[0-9_-]*[A-Za-z])[0-9A-Za-z_-]{1,63}")
_MAX_CHARACTERS = 253


def address_of(host: str) -> Address | None:
    """Return the IP address that a host text contains, with or without brackets; None if it is a name."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        return None


def refuse_odd(hosts: Iterable[str], option: str) -> None:
    """Raise InputError with an S992 for each host that is no valid name or IP address; `option`: option with these."""
    odd = [h for h in hosts if address_of(h) is None and not (_NAME.fullmatch(h) and len(h) <= _MAX_CHARACTERS)]
    if odd:
        raise InputError([Issue("S992", f"{option} {host}"[:80]) for host in odd])


def in_url(host: str) -> str:
    """Return a host as in a URL: an IPv6 address shortened and in brackets, a name in lower case."""
    address = address_of(host)
    if address is None:
        return host.lower()
    return f"[{address}]" if address.version == 6 else str(address)


def normal_header(text: str) -> str:
    """Return a Host header in normal form, for comparison: lower case, IPv6 shortened, with its port if any."""
    if text.endswith("]"):
        return in_url(text)
    host, colon, port = text.rpartition(":")
    is_bare = not host.startswith("[") and ":" in host
    return text.lower() if is_bare or not colon else f"{in_url(host)}:{port.lower()}"
