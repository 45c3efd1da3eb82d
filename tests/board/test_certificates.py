"""Certificates, TLS, and accounts: what `sweep serve certificates` and `sweep serve account` make."""

from __future__ import annotations

import json
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from geodata.errors import InputError
from sweep.board import https_server
from sweep.board.accounts.accounts import read_accounts
from sweep.board.https_server import TLS_FOLDER, listen
from sweep.board.open_board import FOLDER, open_board
from sweep.board.tls import certificates
from sweep.board.tls.certificates import (
    AUTHORITY,
    AUTHORITY_KEY,
    SERVER,
    SERVER_KEY,
    make_certificates,
    open_certificate,
    server_context,
)
from sweep.cli.serve import account_command
from sweep.publish.page.qr_code import qr_svg
from tests.board.asking import Wall, wanted
from tests.board.serving import codes, served, sweep


class _Bound:
    def getsockname(self) -> tuple[str, int]:
        return "192.168.0.10", 8443


def test_a_certificate_that_is_missing_or_expired_is_told(tmp_path: Path) -> None:
    now = datetime(2026, 9, 16, tzinfo=UTC)
    with pytest.raises(InputError) as error:
        open_certificate(tmp_path, now)
    assert codes(error) == ["S974"]
    make_certificates(tmp_path, ["board.test", "10.0.0.5"], now)
    assert set(open_certificate(tmp_path, now).names) == {"board.test", "10.0.0.5", "localhost", "127.0.0.1", "::1"}
    with pytest.raises(InputError) as error:
        open_certificate(tmp_path, now + timedelta(days=398))
    assert codes(error) == ["S975"]


def test_a_certificate_that_names_no_host_is_told(tmp_path: Path) -> None:
    now = datetime(2026, 9, 16, tzinfo=UTC)
    make_certificates(tmp_path, [], now)
    # That of the authority is no server's.
    (tmp_path / SERVER).write_bytes((tmp_path / AUTHORITY).read_bytes())
    with pytest.raises(InputError) as error:
        open_certificate(tmp_path, now)
    assert codes(error) == ["S974"]


@pytest.mark.parametrize(
    ("host", "names", "address"),
    [
        ("192.168.0.10", (), "192.168.0.10"),
        ("192.168.0.10", ("board.test",), "board.test"),
        ("10.0.0.9", (), "10.0.0.5"),
        ("0.0.0.0", (), "10.0.0.5"),  # noqa: S104
    ],
    ids=["the host", "a name before it", "a host the certificate is not for", "any"],
)
def test_phones_are_led_to_where_the_board_was_said_to_be_and_not_to_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, names: tuple[str, ...], address: str
) -> None:
    monkeypatch.setattr(https_server, "_bound", lambda *_: _Bound())
    make_certificates(tmp_path, ["10.0.0.5", "board.test", "192.168.0.10"], datetime.now(UTC))
    listening = listen(host, 8443, names, tmp_path)
    assert listening.address == f"https://{address}:8443"
    assert {f"{n}:8443" for n in ("localhost", "127.0.0.1", "[::1]", "board.test")} <= set(listening.hosts)


@pytest.mark.parametrize(
    "host", ["服务器", "", "192.168.0.10:8443", "https://192.168.0.10", "10.0.0.256", "board..local", "a" * 64]
)
def test_a_host_that_is_neither_a_name_nor_an_address_is_refused(tmp_path: Path, host: str) -> None:
    code, output = sweep("serve", "certificates", "--host", host, "--out", tmp_path)
    assert (code, "S992" in output, list(tmp_path.iterdir())) == (2, True, [])
    with pytest.raises(InputError) as error:
        listen("127.0.0.1", 0, (host,), None)
    assert codes(error) == ["S992"]


@pytest.mark.parametrize("key", [None, b"", AUTHORITY_KEY], ids=["none", "empty", "of another certificate"])
def test_a_certificate_without_its_key_is_told(tmp_path: Path, key: bytes | str | None) -> None:
    make_certificates(tmp_path, [], datetime.now(UTC))
    (tmp_path / SERVER_KEY).unlink()
    if key is not None:
        (tmp_path / SERVER_KEY).write_bytes(key if isinstance(key, bytes) else (tmp_path / key).read_bytes())
    with pytest.raises(InputError) as error:
        open_certificate(tmp_path, datetime.now(UTC))
    assert codes(error) == ["S974"]


def test_a_new_server_certificate_is_of_the_same_authority(tmp_path: Path) -> None:
    now = datetime(2026, 9, 16, tzinfo=UTC)
    make_certificates(tmp_path, [], now)
    authority, server = ((tmp_path / n).read_bytes() for n in (AUTHORITY, SERVER))
    make_certificates(tmp_path, [], now + timedelta(days=300))
    assert (tmp_path / AUTHORITY).read_bytes() == authority
    assert (tmp_path / SERVER).read_bytes() != server


@pytest.mark.parametrize(
    ("days_ago", "is_told"), [(3_650 - 398, False), (3_650 - 396, True), (None, False)], ids=["kept", "short", "first"]
)
def test_a_replaced_authority_is_told_with_what_to_do_on_phones(
    tmp_path: Path, days_ago: int | None, is_told: bool
) -> None:
    folder = tmp_path / FOLDER / TLS_FOLDER
    if days_ago is not None:
        make_certificates(folder, ["board.test"], datetime.now(UTC) - timedelta(days=days_ago))
    asked = ("serve", "certificates", "--host", "board.test", "--out", tmp_path, "--lang", "en")
    before = (folder / AUTHORITY).read_bytes() if days_ago is not None else b""
    code, output = sweep(*asked)
    assert code == 0
    assert ("S671" in output) == is_told
    assert ("every phone" in output) == is_told
    assert (before != (folder / AUTHORITY).read_bytes()) == (is_told or days_ago is None)


@pytest.mark.enable_socket
def test_a_phone_that_trusts_the_authority_reaches_the_board_over_tls(edition_folder: Path, tmp_path: Path) -> None:
    make_certificates(tmp_path, [], datetime.now(UTC))
    listening = listen("127.0.0.1", 0, (), tmp_path)
    trust, port = ssl.create_default_context(cafile=str(tmp_path / AUTHORITY)), listening.socket.getsockname()[1]
    own = replace(wanted(edition_folder, Wall("13:00"), listening.address), folder=tmp_path / "own")
    with open_board(own) as board, served(board, listening):
        bare = socket.create_connection(("127.0.0.1", port))
        with bare, trust.wrap_socket(bare, server_hostname="localhost") as tls:
            tls.sendall(f"GET /health/live HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
            text = b"".join(iter(lambda: tls.recv(4_096), b"")).decode()
    assert text.startswith("HTTP/1.1 200")
    assert "strict-transport-security" in text
    # Nothing tells what answers.
    assert "uvicorn" not in text


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


def test_an_account_that_gets_another_passphrase_keeps_its_role(tmp_path: Path) -> None:
    sweep("serve", "account", "C001", "--role", "commander", "--out", tmp_path)
    before = read_accounts(tmp_path / FOLDER)["C001"]
    assert sweep("serve", "account", "C001", "--out", tmp_path)[0] == 0
    after = read_accounts(tmp_path / FOLDER)["C001"]
    assert (after.role, after.passphrase_hash == before.passphrase_hash) == ("commander", False)
    sweep("serve", "account", "P001", "--out", tmp_path)
    assert read_accounts(tmp_path / FOLDER)["P001"].role == "planner"


def test_of_two_accounts_that_are_made_at_once_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hashed(*_: object) -> str:
        time.sleep(0.3)
        return "hash"

    monkeypatch.setattr("sweep.board.accounts.accounts.Passphrases.hash", hashed)
    voice, actor = SimpleNamespace(line=lambda *_, **__: None, json=lambda _: None), SimpleNamespace(who="P000")

    def made(name: str) -> None:
        account_command(voice, tmp_path, name, "auditor", actor, is_closed=False)  # type: ignore[arg-type]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(made, ["P001", "P002"]))
    assert set(read_accounts(tmp_path / FOLDER)) == {"P001", "P002"}


def test_an_account_that_is_not_there_is_not_closed(tmp_path: Path) -> None:
    sweep("serve", "account", "P001", "--role", "auditor", "--out", tmp_path)
    code, output = sweep("serve", "account", "P01", "--close", "--out", tmp_path, "--lang", "en")
    assert (code, "S990" in output, "P001" in output) == (2, True, True)


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
    other = tmp_path / "other"
    assert "https://[fd00::5]:8443/login" in sweep("serve", "certificates", "--host", "FD00:0::5", "--out", other)[1]
    assert qr_svg("https://10.0.0.5:8443/enrol#x").startswith("<svg")


def test_tls_1_2_offers_forward_secrecy_and_authenticated_encryption_alone(tmp_path: Path) -> None:
    make_certificates(tmp_path, [], datetime.now(UTC))
    ciphers = [c for c in server_context(tmp_path).get_ciphers() if c["protocol"] == "TLSv1.2"]
    assert ciphers
    assert {(c["kea"], c["aead"]) for c in ciphers} == {("kx-ecdhe", True)}
    assert server_context(tmp_path).minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("cipher", ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"])
@pytest.mark.enable_socket
def test_a_client_that_has_no_other_cipher_than_cbc_is_refused(
    edition_folder: Path, tmp_path: Path, cipher: str
) -> None:
    make_certificates(tmp_path, [], datetime.now(UTC))
    listening = listen("127.0.0.1", 0, (), tmp_path)
    trust, port = ssl.create_default_context(cafile=str(tmp_path / AUTHORITY)), listening.socket.getsockname()[1]
    trust.maximum_version = ssl.TLSVersion.TLSv1_2
    own = replace(wanted(edition_folder, Wall("13:00"), listening.address), folder=tmp_path / "own")
    with open_board(own) as board, served(board, listening):
        for ciphers, is_refused in ((cipher, True), ("ECDHE-ECDSA-AES128-GCM-SHA256", False)):
            trust.set_ciphers(ciphers)
            with socket.create_connection(("127.0.0.1", port)) as bare:
                if is_refused:
                    with pytest.raises(OSError, match=r"HANDSHAKE_FAILURE|EOF|reset"):
                        trust.wrap_socket(bare, server_hostname="localhost")
                else:
                    trust.wrap_socket(bare, server_hostname="localhost").close()


def test_the_authority_is_good_for_the_hosts_of_the_board_alone(tmp_path: Path) -> None:
    make_certificates(tmp_path, ["board.test", "10.0.0.5", "fd00::5"], datetime.now(UTC))
    certificate = x509.load_pem_x509_certificate((tmp_path / AUTHORITY).read_bytes())
    found = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert found.critical
    permitted = {str(subtree.value) for subtree in found.value.permitted_subtrees or ()}
    own = {"127.0.0.1/32", "::1/128", "10.0.0.5/32", "fd00::5/128"}
    assert permitted == {"board.test", "localhost", *own}


def test_a_certificate_for_another_host_of_a_stolen_key_is_trusted_by_no_client(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    make_certificates(tmp_path, ["board.test"], now)
    authority = x509.load_pem_x509_certificate((tmp_path / AUTHORITY).read_bytes())
    signer = serialization.load_pem_private_key((tmp_path / AUTHORITY_KEY).read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    store = Store([authority])
    for name, is_trusted in (("board.test", True), ("bank.test", False)):
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = certificates._signed(name, key, signer, authority.subject, now, 30, (name,))
        verifier = PolicyBuilder().store(store).time(now).build_server_verifier(x509.DNSName(name))
        if is_trusted:
            verifier.verify(leaf, [])
        else:
            with pytest.raises(VerificationError):
                verifier.verify(leaf, [])


def test_a_host_that_the_authority_does_not_permit_is_told_before_anything_is_written(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    make_certificates(tmp_path, ["board.test"], now)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    # A subdomain of a host, and the same host, are permitted.
    make_certificates(tmp_path, ["Board.Test"], now)
    kept = (tmp_path / SERVER).read_bytes()
    for host in ("10.0.0.5", "other.test", "notboard.test"):
        with pytest.raises(InputError) as error:
            make_certificates(tmp_path, ["board.test", host], now)
        assert codes(error) == ["S829"]
        assert host in str(error.value)
    assert (tmp_path / SERVER).read_bytes() == kept
    assert (tmp_path / AUTHORITY).read_bytes() == before[AUTHORITY]


def test_a_renewal_is_for_the_hosts_of_the_certificate_before(tmp_path: Path) -> None:
    """Without them the new one would be good for this machine alone, and no phone would open the board."""
    folder = tmp_path / FOLDER / TLS_FOLDER
    sweep("serve", "certificates", "--host", "10.0.0.5", "--host", "board.test", "--out", tmp_path)
    before = open_certificate(folder, datetime.now(UTC)).names
    said = sweep("serve", "certificates", "--out", tmp_path)[1]
    assert open_certificate(folder, datetime.now(UTC)).names == before
    assert "https://10.0.0.5:8443/login" in said


def ask(trust: ssl.SSLContext, port: int, request: bytes) -> tuple[str, bytes]:
    """Serial number of the certificate that a new connection gets, and the first bytes of the response."""
    with (
        socket.create_connection(("127.0.0.1", port)) as bare,
        trust.wrap_socket(bare, server_hostname="localhost") as tls,
    ):
        tls.sendall(request)
        return str((tls.getpeercert() or {})["serialNumber"]), tls.recv(4_096)


@pytest.mark.enable_socket
def test_a_certificate_with_30_days_left_is_renewed_during_the_day_and_no_phone_is_lost(
    edition_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sweep.board.application._TICK_S", 0.05)
    now, folder = datetime.now(UTC), tmp_path / "tls"
    make_certificates(folder, [], now - timedelta(days=366, hours=12))
    listening = listen("127.0.0.1", 0, (), folder)
    trust, port = ssl.create_default_context(cafile=str(folder / AUTHORITY)), listening.socket.getsockname()[1]
    own = replace(wanted(edition_folder, Wall("13:00"), listening.address), folder=tmp_path / "own")
    with caplog.at_level("WARNING"), open_board(own) as board, served(board, listening):
        cookies = [board.sessions.cookie(board.sessions.begin(t, "team", t).sid) for t in ("T/1", "T2")]
        heads = [f"Host: localhost:{port}\r\nCookie: sweep_session={cookie}\r\n\r\n" for cookie in cookies]
        assert board.live.changes_since(0)["certificate_days"] == 30
        assert "ends in 30 days" in caplog.text
        opened = []
        for head in heads:
            tls = trust.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")
            tls.sendall(f"GET /phone/stream HTTP/1.1\r\n{head}".encode())
            opened.append(tls)
        first = [ask(trust, port, f"GET /phone/orders HTTP/1.1\r\n{head}".encode()) for head in heads]
        until = time.monotonic() + 20
        while board.live.hub.n_open("team:") < 2 and time.monotonic() < until:
            time.sleep(0.02)
        make_certificates(folder, [], now)
        while board.live.certificate_days is not None and time.monotonic() < until:
            time.sleep(0.02)
        # The open pages stay open, and each phone connects again by the new certificate.
        assert board.live.hub.n_open("team:") == 2
        second = [ask(trust, port, f"GET /phone/orders HTTP/1.1\r\n{head}".encode()) for head in heads]
        assert {text[:15] for _, text in (*first, *second)} == {b"HTTP/1.1 200 OK"}
        assert {serial for serial, _ in first}.isdisjoint(serial for serial, _ in second)
        assert board.live.changes_since(0)["certificate_days"] is None
        for tls in opened:
            tls.close()


def test_a_new_certificate_that_phones_would_refuse_is_not_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime.now(UTC)
    make_certificates(tmp_path, ["board.test"], now - timedelta(days=367))
    used = open_certificate(tmp_path, now)
    until = used.until
    assert not used.renew(now)
    # For other hosts, without its key, and expired.
    make_certificates(tmp_path, [], now)
    assert not used.renew(now)
    key = (tmp_path / SERVER_KEY).read_bytes()
    make_certificates(tmp_path, ["board.test"], now)
    (tmp_path / SERVER_KEY).write_bytes(key)
    assert not used.renew(now)
    make_certificates(tmp_path, ["board.test"], now - timedelta(days=400))
    assert not used.renew(now)
    assert (used.until, len(caplog.records)) == (until, 3)
    # Once its own key is there, the same certificate is used.
    make_certificates(tmp_path, ["board.test"], now)
    assert used.renew(now)
    assert used.days_left(now) == 396
    assert not used.renew(now)
