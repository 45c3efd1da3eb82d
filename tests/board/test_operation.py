"""Health checks, metrics and log of a board: each failure is injected and seen, and no content is told."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import signal
import time
import urllib.request
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from geodata.errors import InputError
from sweep.board.board_state import Board
from sweep.board.https_server import listen
from sweep.board.open_board import open_board
from sweep.board.operation import health, request_log
from sweep.board.operation.metrics import metrics_server
from sweep.board.operation.request_log import LineFormatter
from sweep.board.tls.certificates import make_certificates, open_certificate, utc_now
from sweep.board.worker_client import WorkerClient
from tests.benchmarks.board.clients import free_port
from tests.board.asking import PHRASE, Asker, Wall, wanted
from tests.board.serving import codes, served, sweep
from tests.board.stubs import Planner

LABELS = {"method", "route", "status", "check", "queue", "le"}


def ready(board: Board) -> tuple[int, list[str], dict[str, object]]:
    answer = Asker(board).get("/health/ready")
    content = answer.json()
    return answer.status, content["failing"], content["checks"]


def metric(board: Board, name: str) -> float:
    lines = generate_latest(board.metrics.registry).decode().splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} "))


@pytest.fixture
def served_board(board: Board) -> Board:
    """A board that has all that can fail."""
    board.planner = Planner()  # type: ignore[assignment]
    return board


def test_a_board_that_lacks_nothing_is_ready_and_says_its_version(served_board: Board, tmp_path: Path) -> None:
    make_certificates(tmp_path, [], utc_now())
    served_board.certificate = open_certificate(tmp_path, utc_now())
    status, failing, checks = ready(served_board)
    assert (status, failing) == (200, [])
    assert checks == {
        "journal": True,
        "disk_free_mb": checks["disk_free_mb"],
        "planner": True,
        "store": None,
        "clock_step_s": 0,
        "certificate_days": 396,
    }
    live = Asker(served_board).get("/health/live")
    assert (live.status, re.fullmatch(r"\d+\.\d+.*", live.json()["version"]) is not None) == (200, True)
    assert [Asker(served_board).ask("HEAD", f"/health/{kind}").status for kind in ("live", "ready")] == [200, 200]


def no_journal(board: Board, _: pytest.MonkeyPatch, __: Wall) -> None:
    board.live.journal.path.unlink()


def full_disk(_: Board, patch: pytest.MonkeyPatch, __: Wall) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    patch.setattr("sweep.board.operation.health.os.fsync", full)


def little_space(_: Board, patch: pytest.MonkeyPatch, __: Wall) -> None:
    usage = namedtuple("usage", "total used free")
    patch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 10**8))


def dead_planner(board: Board, _: pytest.MonkeyPatch, __: Wall) -> None:
    board.planner.is_ready = False  # type: ignore[union-attr, misc]


def lost_store(board: Board, patch: pytest.MonkeyPatch, _: Wall) -> None:
    board.store = type("Store", (), {"n_waiting": 3})()
    board.live.is_cut_off = True


def clock_ahead(_: Board, __: pytest.MonkeyPatch, wall: Wall) -> None:
    wall.now += timedelta(hours=5)


def clock_back(_: Board, __: pytest.MonkeyPatch, wall: Wall) -> None:
    wall.now -= timedelta(minutes=5)


def certificate_over(board: Board, _: pytest.MonkeyPatch, __: Wall) -> None:
    folder = board.folder / "tls"
    now = utc_now()
    make_certificates(folder, [], now - timedelta(days=396, hours=12))
    board.certificate = open_certificate(folder, now)


@pytest.mark.parametrize(
    ("inject", "name"),
    [
        (no_journal, "journal"),
        (full_disk, "journal"),
        (little_space, "disk_free_mb"),
        (dead_planner, "planner"),
        (lost_store, "store"),
        (clock_ahead, "clock_step_s"),
        (clock_back, "clock_step_s"),
        (certificate_over, "certificate_days"),
    ],
)
def test_each_failure_is_seen_in_the_check_and_in_the_metric(
    served_board: Board,
    wall: Wall,
    monkeypatch: pytest.MonkeyPatch,
    inject: Callable[[Board, pytest.MonkeyPatch, Wall], None],
    name: str,
) -> None:
    monkeypatch.setattr(health, "_PROBE_EVERY_S", 0.0)
    assert ready(served_board)[:2] == (200, [])
    inject(served_board, monkeypatch, wall)
    assert ready(served_board)[:2] == (503, [name])
    assert Asker(served_board).ask("HEAD", "/health/ready").status == 503
    assert metric(served_board, f'sweep_check_ok{{check="{name}"}}') == 0
    monkeypatch.undo()


def test_a_board_that_is_ready_again_says_so(served_board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_PROBE_EVERY_S", 0.0)
    with monkeypatch.context() as patch:
        full_disk(served_board, patch, Wall("13:00"))
        assert ready(served_board)[0] == 503
    assert ready(served_board)[0] == 200
    assert not list(served_board.live.journal.path.parent.glob("*.probe"))


def test_the_disk_is_tried_at_intervals_however_often_it_is_asked(
    served_board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Path] = []
    monkeypatch.setattr(health, "is_writable", lambda path: tries.append(path) or True)
    for _ in range(20):
        ready(served_board)
    assert len(tries) == 1


@pytest.mark.enable_socket
def test_a_planner_that_ended_is_started_again_without_a_request(
    edition_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sweep.board.application._TICK_S", 0.05)
    listening = listen("127.0.0.1", 0, (), None)
    own = replace(wanted(edition_folder, Wall("13:00"), listening.address), folder=tmp_path / "own")
    with open_board(own) as board:
        planner = board.planner = WorkerClient("tests.board.stub_child")
        assert not planner.is_ready
        with served(board, listening):
            wait_for(lambda: planner.is_ready)
            first = planner._process
            assert first is not None
            os.kill(first.pid, signal.SIGKILL)
            wait_for(lambda: planner.is_ready and planner._process is not first)
        assert not planner.is_ready


def wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)
    assert is_so()


def test_requests_reports_and_changes_are_counted_by_route_and_status(served_board: Board) -> None:
    desk, phone = Asker(served_board).sign_in("planner"), Asker(served_board).sign_in("T/1")
    text = json.dumps({"kind": "left", "body": {"visit_id": "V1"}, "t": 0})
    batch = {"device": "0" * 16, "sent": 0, "first": 1, "reports": [{"seq": 1, "text": text}]}
    n = served_board.live.journal.head.n
    assert phone.send("/phone/reports", batch).status == 200
    assert desk.send("/desk/diff", {}).status == 200
    assert phone.send("/desk/diff", {}).status == 403
    assert Asker(served_board).get("/editions/x/y/z").status == 303
    assert Asker(served_board).get("/no/such/path").status == 404
    counted = 'sweep_requests_total{method="%s",route="%s",status="%s"}'
    for facts in (
        ("POST", "/phone/reports", "200"),
        ("POST", "/desk/diff", "200"),
        ("POST", "/desk/diff", "403"),
        ("GET", "/editions/{name}/{plan_id}/{file}", "303"),
        ("GET", "other", "404"),
    ):
        assert metric(served_board, counted % facts) == 1
    assert metric(served_board, "sweep_report_seconds_count") == 1
    assert metric(served_board, "sweep_replan_seconds_count") == 1
    assert metric(served_board, "sweep_journal_entries") == n + 1


def test_phones_online_and_queues_are_counted(served_board: Board) -> None:
    hub = served_board.live.hub
    with hub.listening("team:T/1"), hub.listening("team:T2"), hub.listening("team:T2"), hub.listening("board"):
        assert metric(served_board, "sweep_phones_online") == 3
        for _ in range(4):
            hub.send("team:T2", b"x")
        assert metric(served_board, 'sweep_queue_length{queue="pages"}') == 4
    assert metric(served_board, "sweep_phones_online") == 0


def test_no_label_of_a_metric_names_a_team_a_building_or_a_person(served_board: Board) -> None:
    """Every route is asked by every role, with ids in the path."""
    edition = served_board.live.edition
    for who in ("planner", "T/1", "T2"):
        asker = Asker(served_board).sign_in(who)
        for path in ("/", "/phone/orders", "/evening", f"/editions/small/{served_board.plan_id}/report.html", "/T2/V1"):
            asker.get(path)
    text = generate_latest(served_board.metrics.registry).decode()
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= LABELS
    values = set(re.findall(r'\w+="([^"]*)"', text))
    known = {t.team_id for t in edition.plan.teams} | {i for t in edition.plan.teams for i in t.member_ids}
    known |= {*edition.visits, *edition.buildings, served_board.plan_id, "small"}
    assert [value for value in values if any(name in value.split("/") for name in known)] == []


@pytest.mark.enable_socket
def test_metrics_are_served_on_the_loopback_and_a_port_in_use_is_told(board: Board) -> None:
    port = free_port()
    with metrics_server(board.metrics, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            assert b"sweep_journal_entries" in answer.read()
        with pytest.raises(InputError) as error, metrics_server(board.metrics, port):
            pass
    assert codes(error) == ["S980"]
    with metrics_server(board.metrics, None):
        pass


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[dict[str, object]]]]:
    """The JSON lines of what was logged; formatted where it is logged, in the task of its request."""
    kept: list[str] = []
    handler = logging.Handler()
    handler.setFormatter(LineFormatter("json"))
    handler.emit = lambda record: kept.append(handler.format(record))  # type: ignore[method-assign]
    logger = logging.getLogger("sweep.board")
    logger.addHandler(handler)
    with caplog.at_level(logging.INFO, "sweep.board"):
        yield lambda: [json.loads(line) for line in kept]
    logger.removeHandler(handler)


def test_each_request_is_logged_with_time_level_id_role_and_address(
    board: Board, lines: Callable[[], list[dict[str, object]]]
) -> None:
    answer = Asker(board).sign_in("planner").get("/evening")
    assert lines() == [
        {
            "time": lines()[0]["time"],
            "level": "INFO",
            "request": answer.headers["x-request-id"],
            "role": "planner",
            "address": "10.0.0.9",
            "message": "request",
            "method": "GET",
            "route": "/evening",
            "status": 200,
            "ms": lines()[0]["ms"],
        }
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00", str(lines()[0]["time"]))


def test_no_line_holds_what_a_client_sends_or_is_sent(
    board: Board, lines: Callable[[], list[dict[str, object]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = Asker(board)
    asker.form("/login", name="planner", passphrase=PHRASE)
    asker.get("/secret-path?secret=query")
    asker.ask("SECRETMETHOD", "/")
    asker.send("/desk/reports", {"id": "12345678", "kind": "message", "body": {"to": "all", "text": "secret words"}})

    def broken(*_: object) -> None:
        raise ValueError("secret words of a message")

    monkeypatch.setattr("sweep.board.results_intake.handlers.results_rows", broken)
    with pytest.raises(ValueError, match="secret"):
        asker.get("/evening")
    kept = json.dumps(lines())
    assert [word for word in ("secret", "SECRET", "planner\\", PHRASE, asker.sid) if word in kept] == []
    assert [(e["route"], e["status"], e["level"]) for e in lines()[-1:]] == [("/evening", 500, "WARNING")]


def test_an_exception_is_logged_by_its_type_and_lines_and_not_by_its_words() -> None:
    try:
        int("secret words")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed\n", (), (type(error), error, error.__traceback__))
    content = json.loads(LineFormatter("json").format(record))
    assert (content["error"], content["message"], content["request"]) == ("ValueError", "failed", "-")
    assert "test_operation.py:" in content["at"]
    text = LineFormatter("text").format(record)
    assert "secret" not in text
    assert text.count("\n") == 0


def test_an_unknown_form_of_the_log_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    code, said = sweep("serve", tmp_path, "--log", "xml", "--lang", "en")
    assert (code, "S758" in said, "text, json" in said) == (2, True, True)


def test_without_a_form_warnings_alone_are_logged(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    for form, n in ((None, 1), ("json", 2)):
        with request_log.logged_to_stderr(form):
            logging.getLogger("sweep.board.x").info("quiet")
            logging.getLogger("sweep.board.x").warning("loud")
        assert len(capsys.readouterr().err.splitlines()) == n
    assert logging.getLogger().handlers == before
