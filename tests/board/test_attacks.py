"""Attacks with an account of each role: other methods, odd paths and heads, and bodies that aim at the program."""

from __future__ import annotations

import http.client
import json
import re
import socket

import pytest

from sweep.board.application import ROUTES
from sweep.board.board_state import Board
from sweep.day.journal.journal_file import read_journal
from tests.board.asking import Asker, Wall

ROLES = ("planner", "commander", "market_regulation", "auditor", "T2", None)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")
PATHS = sorted({way.path for way in ROUTES})
JSON = {"content-type": "application/json"}


def asker_of(board: Board, who: str | None) -> Asker:
    asker = Asker(board)
    return asker if who is None else asker.sign_in(who)


@pytest.mark.parametrize("who", ROLES, ids=str)
def test_a_method_that_a_route_does_not_have_is_refused_and_changes_nothing(board: Board, who: str | None) -> None:
    asker, before = asker_of(board, who), board.live.journal.path.read_bytes()
    known, wrong = {(way.method, way.path) for way in ROUTES}, []
    for path in PATHS:
        for method in METHODS:
            if (method, path) in known:
                continue
            answer = asker.ask(method, re.sub(r"\{\w+\}", "x", path), b"{}", JSON | {"x-sweep-token": asker.token})
            if answer.status not in (401, 403, 404, 405):
                wrong.append((method, path, answer.status))
    assert (wrong, board.live.journal.path.read_bytes()) == ([], before)


@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override", "x-original-url", "x-rewrite-url"])
def test_a_header_changes_neither_method_nor_path(board: Board, header: str) -> None:
    commander = asker_of(board, "commander")
    for value in ("POST", "/journal.jsonl", "/desk/reports"):
        assert commander.get("/evening", **{header: value}).text.count("<h1>") == 1
    assert read_journal(board.live.journal.path) == board.live.journal.entries


@pytest.mark.parametrize("who", ["commander", "T2", "auditor", "market_regulation"])
@pytest.mark.parametrize(
    "path", ["//phones", "/phones/", "/./phones", "/x/../phones", "/PHONES", "/phones%00", "/%70hones"]
)
def test_another_spelling_of_a_path_opens_no_page_of_the_planner(board: Board, who: str, path: str) -> None:
    assert asker_of(board, who).get(path, accept="text/html").status in (403, 404)


@pytest.mark.parametrize("value", ["en\r\nSet-Cookie: sweep_session=x", "en\nX: y", "en; Domain=evil.test", "en\x00"])
def test_a_form_puts_no_header_into_the_response(board: Board, value: str) -> None:
    asker = asker_of(board, "planner")
    for path in ("/language", "/logout"):
        answer = asker.form(path, lang=value, unsent=value)
        assert answer.status == 303
        assert "evil.test" not in str(answer.headers) + str(answer.cookies)
        assert [c for c in answer.cookies if c.startswith("sweep_lang")] == []
        assert "sweep_session=x" not in str(answer.cookies)


BODIES = [
    b'{"kind":"left","kind":"edition","body":{},"id":"x-000001"}',
    b'{"id":"x-000001","kind":"edition","body":{"plan_id":"x","day":"x","is_exercise":false}}',
    b'{"id":"x-000001","kind":"accepted","body":{"plan_id":"x","n":1}}',
    b'{"id":"../../x-01","kind":"left","body":{"team_id":"T2","visit_id":"V2"}}',
    b'{"id":"x-000001","kind":"left","body":{"team_id":"T2","visit_id":"__proto__"}}',
    b'{"id":"x-000001","kind":"left","body":{"team_id":["T2"],"visit_id":"V2"}}',
    b'{"id":"x-000001","kind":"withdrawn","body":{"n":-1}}',
    b'{"id":"x-000001","kind":"withdrawn","body":{"n":1e999}}',
    b'{"id":"x-000001","kind":"event","body":{"event":{"type":"begun","team_id":"T2","visit_id":"V2"}}}',
    b'{"id":"x-000001","kind":"message","body":{"to":"all","text":"\\ud800"}}',
    b"\xff\xfe{}",
    b'{"id":' + b"9" * 5_000 + b"}",
    b"",
    b"null",
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("who", ["planner", "T2"])
def test_a_body_that_aims_at_the_program_is_refused_by_its_content(board: Board, who: str, body: bytes) -> None:
    asker, before = asker_of(board, who), len(board.live.journal.entries)
    headers = JSON | {"x-sweep-token": asker.token}
    for path in ("/desk/reports", "/desk/diff", "/desk/apply", "/phone/reports", "/phone/place"):
        assert asker.ask("POST", path, body, headers).status in (400, 403, 404, 422)
    assert len(board.live.journal.entries) == before


@pytest.mark.parametrize("name", ["team", "kind", "from", "until", "plan", "campaign", "big", "x"])
def test_a_question_in_the_address_is_shown_as_text(board: Board, name: str) -> None:
    for path in ("/journal", "/", "/editions", "/evening", "/phones"):
        for value in ("%3Cscript%3Ealert(1)%3C/script%3E", "%00", "%ff", "x" * 3_000, "..%2f..%2fetc%2fpasswd"):
            answer = asker_of(board, "planner").get(f"{path}?{name}={value}")
            assert answer.status == 200
            assert "<script>alert" not in answer.text


def test_a_team_reports_for_no_other_team_by_its_body_or_its_device(board: Board) -> None:
    own = {"kind": "left", "body": {"visit_id": "V2", "team_id": "T/1"}, "t": 1}
    report = {"seq": 1, "text": json.dumps(own)}
    batch = {"device": "0" * 16, "sent": 1, "first": 1, "reports": [report]}
    assert asker_of(board, "T2").send("/phone/reports", batch).status == 200
    assert asker_of(board, "T2").send("/phone/reports", batch | {"device": "T/1/" + "0" * 12}).status == 422
    assert {e.author for e in board.live.journal.entries if e.kind == "left"} == {"T2"}
    assert {e.body["team_id"] for e in board.live.journal.entries if e.kind == "left"} == {"T2"}


BOTH_LENGTHS = (
    "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
)
HEADS = [
    BOTH_LENGTHS + "GET /login HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello",
    "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Length: -5\r\n\r\nhello",
    "POST /login HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "POST /login HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
    "GET /login HTTP/1.1\r\nHost: {host}\r\nHost: evil.test\r\n\r\n",
    "GET http://evil.test/login HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    "GET /login HTTP/1.1\r\nHost: {host}\r\nX : y\r\n\r\n",
    "GET /login HTTP/1.1\r\nHost: {host}\r\nX: a\r\n b\x00\r\n\r\n",
    "GET /../../etc/passwd HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /static/..%5c..%5caccounts.json HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "GET /login HTTP/9.9\r\nHost: {host}\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET /login HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n",
]


@pytest.mark.enable_socket
@pytest.mark.parametrize("head", HEADS, ids=range(len(HEADS)))
def test_an_odd_head_gets_one_refusal_and_the_next_client_its_page(day: tuple[Board, str, Wall], head: str) -> None:
    host = day[1].removeprefix("http://")
    port = int(host.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(head.format(host=host).encode("latin-1"))
        link.shutdown(socket.SHUT_WR)
        answer = b""
        while part := link.recv(65_536):
            answer += part
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", answer)
    assert b"root:" not in answer
    # After a refusal nothing of the same connection is served: another client is taken to have sent it.
    assert {*statuses[1:]} <= {b"400"}
    assert not statuses or int(statuses[0]) in (200, 303, 400, 403, 404, 411, 415, 421, 426, 501, 505)
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    client.request("GET", "/login")
    assert client.getresponse().status == 200
    client.close()
