"""Plain HTTP clients over loopback: one request, or a stream of events."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


async def post(port: int, path: str, person: dict[str, str], content: object) -> tuple[int, dict[str, Any]]:
    """Status and JSON of one request on a connection of its own."""
    body = json.dumps(content).encode()
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nCookie: sweep_session={person['cookie']}\r\n"
            f"X-Sweep-Token: {person['token']}\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    head, _, rest = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(rest or b"{}")


async def lines(port: int, path: str, person: dict[str, str]) -> AsyncIterator[bytes]:
    """Each line of the answer to a GET."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=2**26)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nCookie: sweep_session={person['cookie']}\r\n"
        "Connection: close\r\n\r\n".encode()
    )
    await writer.drain()
    try:
        while line := await reader.readline():
            yield line
    finally:
        writer.close()


async def events(port: int, path: str, person: dict[str, str]) -> AsyncIterator[tuple[float, dict[str, Any]]]:
    """Each event of a stream with the moment at which it was read."""
    async for line in lines(port, path, person):
        if line.startswith(b"data: "):
            yield time.perf_counter(), json.loads(line[6:])


def start(folder: Path, port: int, n_teams: int, speed: float = 1.0) -> subprocess.Popen[bytes]:
    """A server that answers."""
    arguments = map(str, (folder, port, n_teams, speed))
    command = [sys.executable, "-m", "tests.benchmarks.board.server", *arguments]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603
    if server.stdout is None or server.stdout.readline() != b"ready\n":
        raise RuntimeError("the server did not start")
    return server
