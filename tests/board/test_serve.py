"""`sweep serve`: what it refuses, its certificates and accounts, TLS, and that nothing else imports it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geodata.errors import InputError
from sweep.board.accounts.accounts import read_accounts
from sweep.board.board import Board
from sweep.board.children.child import Child
from sweep.board.opening import FOLDER, chosen_edition, open_board
from sweep.board.serving import TLS_FOLDER, Listening, listen, serve
from sweep.board.tls.certificates import AUTHORITY, SERVER, make_certificates, refuse_unfit
from sweep.board.tls.qr import qr_svg
from sweep.cli import app
from sweep.commands.terminal import call as call_module
from sweep.day.journal.file import read_journal
from tests.benchmarks.board.clients import post
from tests.board.asking import Asker, Wall, board_of, wanted
from tests.board.serving import served
from tests.paths import ROOT


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [i.code for i in error.value.issues]


def sweep(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(w) for w in words])
    return result.exit_code, result.output


def test_plain_text_beyond_the_loopback_is_refused() -> None:
    with pytest.raises(InputError) as error:
        listen("0.0.0.0", 0, (), None)  # noqa: S104
    assert codes(error) == ["S981"]


@pytest.mark.enable_socket
def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(InputError) as error:
            listen("127.0.0.1", other.getsockname()[1], (), None)
    assert codes(error) == ["S980"]


def test_a_certificate_that_is_missing_or_expired_is_told(tmp_path: Path) -> None:
    now = datetime(2026, 9, 16, tzinfo=UTC)
    with pytest.raises(InputError) as error:
        refuse_unfit(tmp_path, now)
    assert codes(error) == ["S974"]
    make_certificates(tmp_path, ["board.test", "10.0.0.5"], now)
    assert set(refuse_unfit(tmp_path, now)) == {"board.test", "10.0.0.5", "localhost", "127.0.0.1", "::1"}
    with pytest.raises(InputError) as error:
        refuse_unfit(tmp_path, now + timedelta(days=398))
    assert codes(error) == ["S975"]


def test_a_new_server_certificate_is_of_the_same_authority(tmp_path: Path) -> None:
    now = datetime(2026, 9, 16, tzinfo=UTC)
    make_certificates(tmp_path, [], now)
    authority, server = ((tmp_path / n).read_bytes() for n in (AUTHORITY, SERVER))
    make_certificates(tmp_path, [], now + timedelta(days=300))
    assert (tmp_path / AUTHORITY).read_bytes() == authority
    assert (tmp_path / SERVER).read_bytes() != server


@pytest.mark.enable_socket
def test_a_phone_that_trusts_the_authority_reaches_the_board_over_tls(edition_folder: Path, tmp_path: Path) -> None:
    make_certificates(tmp_path, [], datetime.now(UTC))
    listening = listen("127.0.0.1", 0, (), tmp_path)
    trust, port = ssl.create_default_context(cafile=str(tmp_path / AUTHORITY)), listening.socket.getsockname()[1]
    own = replace(wanted(edition_folder, Wall("13:00"), listening.address), folder=tmp_path / "own")
    with open_board(own) as board, served(board, listening):
        bare = socket.create_connection(("127.0.0.1", port))
        with bare, trust.wrap_socket(bare, server_hostname="localhost") as tls:
            tls.sendall(f"GET /health HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
            text = b"".join(iter(lambda: tls.recv(4_096), b"")).decode()
    assert text.startswith("HTTP/1.1 200")
    assert "strict-transport-security" in text
    # Nothing tells what answers.
    assert "uvicorn" not in text


def test_the_newest_edition_of_a_folder_is_served(edition_folder: Path, tmp_path: Path) -> None:
    assert chosen_edition(edition_folder.parent.parent) == edition_folder
    assert chosen_edition(edition_folder / "plan.json") == edition_folder
    code, output = sweep("serve", tmp_path, "--plain", "--lang", "en")
    assert code == 2
    assert "S711" in output


def test_two_boards_on_one_journal_are_refused(board: Board, wall: Wall) -> None:
    folder = board.out / board.live.edition.scenario.name / board.plan_id
    with pytest.raises(InputError) as error, board_of(folder, wall):
        pass
    assert codes(error) == ["S971"]


def test_a_disk_that_is_full_is_told_to_phone_and_desk(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    n, phone = len(board.live.journal.entries), Asker(board).sign_in("T/1")

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sweep.day.journal.file.os.fsync", full)
    text = json.dumps({"kind": "left", "body": {"visit_id": "V1"}, "t": 0})
    batch = {"device": "0" * 16, "sent": 0, "first": 1, "reports": [{"seq": 1, "text": text}]}
    answer = phone.send("/phone/reports", batch)
    assert (answer.status, answer.json()["issues"][0]["code"]) == (507, "S973")
    monkeypatch.undo()
    assert len(read_journal(board.live.journal.path)) == n
    # Once there is room it is taken in.
    assert phone.send("/phone/reports", batch).json()["next"] == 2


@pytest.mark.enable_socket
def test_what_is_asked_while_the_server_stops_is_refused_and_no_traceback_is_printed(
    edition_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listening = listen("127.0.0.1", 0, (), None)
    own = replace(wanted(edition_folder, Wall("13:45"), listening.address), folder=tmp_path / "own")
    with open_board(own) as board, ThreadPoolExecutor(2) as pool:
        board.planner = Child("tests.board.stub_child")
        session = board.sessions.begin("P001", "planner")
        person = {"cookie": board.sessions.cookie(session.sid), "token": board.sessions.token(session.sid)}
        with served(board, listening):
            port = listening.socket.getsockname()[1]
            # One is asked, the other waits for it to be answered.
            asked = [pool.submit(asyncio.run, post(port, "/desk/diff", person, {})) for _ in range(2)]
            time.sleep(1)
            began = time.monotonic()
        took_s = time.monotonic() - began
    assert [a.result()[0] for a in asked] == [503, 503]
    assert (took_s < 2, caplog.text) == (True, "")


def test_ctrl_c_ends_the_board_quietly(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped:
        async def serve(self, sockets: object) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr("sweep.board.serving.make_server", lambda *_: Stopped())
    monkeypatch.setattr("sweep.board.serving.signal.signal", lambda *_: None)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(serve, board, Listening(None, (), "", None)).result()  # type: ignore[arg-type]


def test_an_account_has_a_passphrase_that_is_shown_once(tmp_path: Path) -> None:
    code, output = sweep("serve", "account", "P001", "--role", "auditor", "--out", tmp_path, "--json")
    assert code == 0
    phrase = json.loads(output)["passphrase"]
    account = read_accounts(tmp_path / FOLDER)["P001"]
    assert account.role == "auditor"
    assert account.passphrase_hash.startswith("$argon2id$")
    assert phrase not in (tmp_path / FOLDER / "accounts.json").read_text(encoding="utf-8")
    assert sweep("serve", "account", "P001", "--close", "--out", tmp_path)[0] == 0
    assert read_accounts(tmp_path / FOLDER)["P001"].is_closed


@pytest.mark.parametrize(
    ("name", "role", "code"),
    [("P001", "chief", "S979"), ("P001", "team", "S979"), ("110101199003071234", "planner", "S801")],
)
def test_no_account_for_an_odd_role_or_a_name_that_is_a_person(tmp_path: Path, name: str, role: str, code: str) -> None:
    exit_code, output = sweep("serve", "account", name, "--role", role, "--out", tmp_path)
    assert (exit_code, code in output) == (2, True)


def test_certificates_are_made_with_a_code_for_phones(tmp_path: Path) -> None:
    code, output = sweep("serve", "certificates", "--host", "10.0.0.5", "--out", tmp_path, "--lang", "en")
    assert code == 0
    assert "https://10.0.0.5:8443/login" in output
    assert (tmp_path / FOLDER / TLS_FOLDER / AUTHORITY).is_file()
    assert qr_svg("https://10.0.0.5:8443/enrol#x").startswith("<svg")


def test_a_missing_extra_is_one_fault_with_its_mend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(call_module, "find_spec", lambda name: None if name == "segno" else object())
    code, output = sweep("serve", tmp_path, "--lang", "en")
    assert code == 2
    assert "S982" in output
    assert "sweep[board]" in output


def test_nothing_but_the_board_and_its_command_imports_it_or_its_packages() -> None:
    own = re.compile(r"^\s*(?:from|import) (?:sweep\.board|starlette|uvicorn|argon2|segno)\b", re.MULTILINE)
    others = [p for p in (ROOT / "sweep").rglob("*.py") if ROOT / "sweep" / "board" not in p.parents]
    found = [p.name for p in others if own.search(p.read_text(encoding="utf-8"))]
    # Which is imported when it is called, and not before.
    assert found == ["serve.py"]


def test_a_day_is_replayed_from_its_journal(board: Board) -> None:
    desk = Asker(board).sign_in("planner")
    desk.send("/desk/reports", {"id": "abcdefgh", "kind": "left", "body": {"team_id": "T2", "visit_id": "V2"}})
    code, output = sweep("day", "replay", board.live.journal.path, "--lang", "en")
    assert code == 0
    assert "13:00  planner  on the way T2 V2" in output
    told = json.loads(sweep("day", "replay", board.live.journal.path, "--json")[1])
    assert told["teams"] == {"T2": "left"}
    assert [e["n"] for e in told["entries"]] == [1, 2]
