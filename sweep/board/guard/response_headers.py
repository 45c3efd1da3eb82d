"""Outermost middleware: refuses requests to foreign host names, and adds security headers to every response."""

import re
import secrets
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sweep.board.normalised_hosts import normal_header

POLICY = "content-security-policy"
PERMISSIONS = "permissions-policy"
_OWN_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    # `no-referrer` would hide from the server the origin of its own forms.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)


@dataclass(frozen=True, slots=True)
class SecurityHeaders:
    """Middleware that refuses requests to foreign host names, and adds security headers to every response."""

    app: ASGIApp
    hosts: frozenset[str]
    """Own host names with port, as `normal_header` returns them."""
    is_secure: bool
    """Whether the board is served over TLS; browsers must then use TLS for it (HSTS)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(18)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_policies(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._headers(message.get("headers", ()), nonce)}
            await send(message)

        if {b"transfer-encoding", b"content-length"} <= {name for name, _ in scope["headers"]}:
            # With two lengths of its body, the rest could pass for a request of another client (RFC 9112, 6.3).
            await PlainTextResponse("400", 400, {"connection": "close"})(scope, receive, send_with_policies)
            return
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or normal_header(hosts[0].decode("latin-1")) not in self.hosts:
            await PlainTextResponse("421", status_code=421)(scope, receive, send_with_policies)
            return
        await self.app(scope, receive, send_with_policies)

    def _headers(self, own: Sequence[tuple[bytes, bytes]], nonce: str) -> list[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in own}
        headers = [*own, *_HEADERS]
        if POLICY.encode() not in names:
            headers.append((POLICY.encode(), board_policy(nonce).encode()))
        if PERMISSIONS.encode() not in names:
            headers.append((PERMISSIONS.encode(), b"camera=(), microphone=(), geolocation=()"))
        if b"cache-control" not in names:
            headers.append((b"cache-control", b"no-store"))
        if self.is_secure:
            headers.append((b"strict-transport-security", b"max-age=31536000"))
        return headers


def board_policy(nonce: str) -> str:
    """Return the Content-Security-Policy of the board's pages: only scripts and styles with this nonce."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            f"style-src 'nonce-{nonce}'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def policy_of_page(page: str) -> str:
    """Return the Content-Security-Policy that a published page contains, with the hashes of its scripts and styles."""
    found = _OWN_POLICY.search(page)
    return f"{found[1] if found else "default-src 'none'"}; frame-ancestors 'none'"
