"""Names and addresses of hosts in the one spelling in which they are compared: that of a URL."""

from __future__ import annotations

import ipaddress

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(host: str) -> Address | None:
    """The address that a host is, typed with or without a URL's brackets; None if it is a name."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        return None


def in_url(host: str) -> str:
    """A host as a URL has it: an address of version six in brackets and in its shortest form, a name in lower case."""
    address = address_of(host)
    if address is None:
        return host.lower()
    return f"[{address}]" if address.version == 6 else str(address)


def normal_header(text: str) -> str:
    """A Host header, with or without its port, with its host as `in_url` has it."""
    if text.endswith("]"):
        return in_url(text)
    host, colon, port = text.rpartition(":")
    is_bare = not host.startswith("[") and ":" in host
    return text.lower() if is_bare or not colon else f"{in_url(host)}:{port.lower()}"
