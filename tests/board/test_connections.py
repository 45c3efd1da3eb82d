"""Connections: timeouts for request heads, limits per address and session, and the reserve of signed-in sessions."""

from __future__ import annotations

import asyncio
import gc
import re
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sweep.board import https_server
from sweep.board.board_state import Board
from sweep.board.guard import connection_limits
from sweep.board.guard.connection_limits import Connection, ConnectionLimits, ConnectionPool, limits_for
from sweep.board.https_server import listen
from sweep.board.open_board import open_board
from sweep.board.tls.certificates import AUTHORITY, make_certificates
from tests.board.asking import Wall, wanted, with_people
from tests.board.serving import served

pytestmark = pytest.mark.enable_socket

FEW = ConnectionLimits(n_anonymous=12, n_per_address=6, n_signed_in=9, n_per_session=4)


OPENED: list[socket.socket] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


class Client:
    """A connection to the board, from an address of the loopback network."""

    def __init__(self, port: int, address: str = "127.0.0.1", trust: ssl.SSLContext | None = None) -> None:
        self.port = port
        self.socket: socket.socket = socket.create_connection(("127.0.0.1", port), 10, (address, 0))
        if trust is not None:
            self.socket = trust.wrap_socket(self.socket, server_hostname="localhost")
        OPENED.append(self.socket)

    def send(self, text: str) -> Client:
        self.socket.sendall(text.encode())
        return self

    def ask(self, path: str, cookie: str = "") -> str:
        """The status line of a response; the connection stays open."""
        sent = f"sweep_session={cookie}"
        self.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {sent}\r\n\r\n")
        head, _, body = self.socket.recv(65_536).partition(b"\r\n\r\n")
        stated = re.search(rb"content-length: (\d+)", head)
        while stated and len(body) < int(stated[1]):
            body += self.socket.recv(65_536)
        return head.decode().partition("\r\n")[0]

    def is_open(self, wait_s: float = 0.2) -> bool:
        """Whether the server keeps the connection, as far as the client learns within a time."""
        self.socket.settimeout(wait_s)
        try:
            while self.socket.recv(65_536):
                pass
        except TimeoutError:
            return True
        except OSError:
            return False
        return False


@contextmanager
def few(
    edition_folder: Path, tmp_path: Path, limits: ConnectionLimits, tls: Path | None = None
) -> Iterator[tuple[Board, int]]:
    """A board that allows few connections, and its port."""
    listening = listen("127.0.0.1", 0, (), tls)
    own = replace(wanted(edition_folder, Wall("13:00"), listening.address), folder=tmp_path / "own")
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(https_server, "limits_for", lambda _: limits)
        board = with_people(stack.enter_context(open_board(own)))
        stack.enter_context(served(board, listening))
        yield board, listening.socket.getsockname()[1]


@pytest.fixture
def small_board(edition_folder: Path, tmp_path: Path) -> Iterator[tuple[Board, int]]:
    with few(edition_folder, tmp_path, FEW) as made:
        yield made


def cookie_of(board: Board, team_id: str = "T2") -> str:
    return board.sessions.cookie(board.sessions.begin(team_id, "team", team_id).sid)


HALF = "GET /health/live HTTP/1.1\r\nX-a: "


def test_half_sent_heads_of_one_address_close_each_other_and_no_other_client(small_board: tuple[Board, int]) -> None:
    board, port = small_board
    session = Client(port)
    assert session.ask("/phone/orders", cookie := cookie_of(board)) == "HTTP/1.1 200 OK"
    slow = [Client(port, "127.0.0.2").send(HALF) for _ in range(40)]
    assert [Client(port, a).ask("/health/live") for a in ("127.0.0.1", "127.0.0.2")] == ["HTTP/1.1 200 OK"] * 2
    assert sum(client.is_open() for client in slow[:20]) == 0
    assert slow[-1].is_open()
    assert [session.ask("/phone/orders", cookie), Client(port, "127.0.0.2").ask("/phone/orders", cookie)] == [
        "HTTP/1.1 200 OK"
    ] * 2


@pytest.mark.slow
def test_half_sent_heads_of_many_addresses_leave_the_reserve_to_signed_in_sessions(
    small_board: tuple[Board, int],
) -> None:
    board, port = small_board
    cookie = cookie_of(board)
    sessions = [Client(port) for _ in range(3)]
    assert [s.ask("/phone/orders", cookie) for s in sessions] == ["HTTP/1.1 200 OK"] * 3
    slow = [Client(port, f"127.0.0.{10 + k}").send(HALF) for k in range(40)]
    assert [s.ask("/phone/orders", cookie) for s in (*sessions, Client(port))] == ["HTTP/1.1 200 OK"] * 4
    assert sum(client.is_open() for client in slow) <= FEW.n_anonymous


def test_one_session_holds_no_more_connections_than_a_browser_needs(small_board: tuple[Board, int]) -> None:
    board, port = small_board
    own, other = (cookie_of(board, team_id) for team_id in ("T2", "T/1"))
    kept = Client(port)
    assert kept.ask("/phone/orders", other) == "HTTP/1.1 200 OK"
    streams = []
    for _ in range(8):
        streams.append(Client(port))
        assert streams[-1].ask("/phone/stream", own) == "HTTP/1.1 200 OK"
    open_ones = [s.is_open() for s in streams]
    assert open_ones == [False] * 4 + [True] * 4
    assert kept.ask("/phone/orders", other) == "HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    "parts",
    [
        ["GET /health/live HTTP/1.1\r\n"],
        ["GET /login HTTP/1.1\r\nX: ", *"abcdefghij"],
        [],
        ["GET /health/live HTTP/1.1\r\nHost: {host}\r\nContent-Length: 50\r\n\r\n", *"abcdefghij"],
        ["GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n", *"GET /health/live"],
    ],
    ids=["half a head", "a byte at a time", "nothing", "a body that no page reads", "a second head"],
)
def test_a_head_that_does_not_end_is_not_waited_for(
    small_board: tuple[Board, int], monkeypatch: pytest.MonkeyPatch, parts: list[str]
) -> None:
    _, port = small_board
    monkeypatch.setattr(connection_limits, "HEAD_S", 0.5)
    client = Client(port)
    began, is_open = time.monotonic(), True
    for part in parts:
        client.send(part.replace("{host}", f"127.0.0.1:{port}"))
        time.sleep(0.02)
    while is_open and time.monotonic() - began < 4:
        is_open = client.is_open()
    assert not is_open


@pytest.mark.slow
def test_a_head_in_parts_is_read_seldom_and_answered_when_it_is_whole(
    small_board: tuple[Board, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, port = small_board
    read: list[bytes] = []
    inner = connection_limits.H11Protocol.data_received

    def counted(self: connection_limits.H11Protocol, data: bytes) -> None:
        read.append(data)
        inner(self, data)

    monkeypatch.setattr(connection_limits.H11Protocol, "data_received", counted)
    client = Client(port)
    for sign in f"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n":
        client.send(sign)
        time.sleep(0.02)
    assert len(read) <= 4
    began = time.monotonic()
    assert answer_of(client.send("\r\n")).startswith(b"HTTP/1.1 200")
    # The next request on the connection begins with short pauses again.
    client.send("GET /health/live HTTP/1.1\r\n")
    time.sleep(0.02)
    assert answer_of(client.send(f"Host: 127.0.0.1:{port}\r\n\r\n")).startswith(b"HTTP/1.1 200")
    assert time.monotonic() - began < 10


def answer_of(client: Client) -> bytes:
    """The response of /health, which may come in several parts."""
    received = b""
    while not received.endswith(b"}") and (part := client.socket.recv(65_536)):
        received += part
    return received


@pytest.mark.slow
def test_a_response_that_is_not_read_is_not_waited_for_without_a_session(
    small_board: tuple[Board, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, port = small_board
    monkeypatch.setattr(connection_limits, "ANSWER_S", 0.5)
    client = Client(port)
    # More than the buffers of both sides hold.
    client.send(f"GET /static/leaflet.js HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n" * 100)
    time.sleep(2)
    received = 0
    client.socket.settimeout(1)
    try:
        while part := client.socket.recv(2**20):
            received += len(part)
    except OSError:
        pass
    assert received < 100 * 140_000


@pytest.mark.slow
def test_an_unfinished_tls_handshake_counts_as_a_connection_and_ends(
    edition_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_certificates(tmp_path, [], datetime.now(UTC))
    trust = ssl.create_default_context(cafile=str(tmp_path / AUTHORITY))
    with few(edition_folder, tmp_path, FEW, tmp_path) as (board, port):
        bare = [Client(port, "127.0.0.2") for _ in range(20)]
        halves = [Client(port, "127.0.0.2", trust).send(HALF) for _ in range(20)]
        assert [client.is_open() for client in bare] == [False] * 20
        assert sum(client.is_open() for client in halves) <= FEW.n_per_address
        for address in ("127.0.0.1", "127.0.0.2"):
            assert Client(port, address, trust).ask("/phone/orders", cookie_of(board)) == "HTTP/1.1 200 OK"
        monkeypatch.setattr(connection_limits, "HEAD_S", 0.5)
        late = [Client(port), Client(port, trust=trust)]
        assert [client.is_open(3) for client in late] == [False, False]


def test_a_full_pool_closes_the_oldest_connection_of_the_key_with_the_most() -> None:
    async def closed() -> list[str | None]:
        names: dict[object, str] = {}
        pool, found = ConnectionPool(4, 3), []
        for name in ("a1", "a2", "b1", "a3", "a4", "c1", "d1"):
            connection = Connection(None, asyncio.Protocol())  # type: ignore[arg-type]
            names[connection] = name
            crowded = pool.add(name[0], connection)
            found.append(names.get(crowded))
            if crowded is not None:
                pool.remove(names[crowded][0], crowded)
        return found

    # Playwright, in the same process, leaves its own loop running in this thread: another thread has none.
    with ThreadPoolExecutor(1) as other:
        opened = other.submit(lambda: asyncio.run(closed())).result()
    # a4 finds its own key full; c1 and d1 find the pool full, and a has the most.
    assert opened == [None, None, None, None, "a1", "a2", "a3"]


@pytest.mark.parametrize("n_files", [64, 256, 1_024, 4_096, 8_192, 1_048_576])
def test_the_limits_leave_files_for_the_journal(n_files: int) -> None:
    limits = limits_for(n_files)
    assert 0 < limits.n_per_address < limits.n_anonymous
    assert limits.n_signed_in >= min(limits.n_anonymous, ConnectionLimits().n_signed_in)
    assert limits.n_anonymous + limits.n_signed_in <= max(8, n_files - 256)


def test_a_stopped_board_leaves_no_connection_open(edition_folder: Path, tmp_path: Path) -> None:
    with few(edition_folder, tmp_path, FEW) as (board, port):
        half_sent = Client(port).send("GET / HTTP/1.1\r\nHost:")
        signed_in = Client(port)
        signed_in.ask("/health/live", cookie_of(board))
        silent = Client(port)
    # Transports that are left open are reported once they are collected.
    gc.collect()
    assert [client.is_open() for client in (half_sent, signed_in, silent)] == [False] * 3
