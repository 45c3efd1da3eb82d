"""Ways into a real server, and what it says when it is in need: a fault each, with nothing half written."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from geodata.errors import InputError
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import Key, LogEntry, PendingWrite
from sweep.store.sync import store_session
from sweep.store.sync.stored_audit_log import next_line
from tests.store.cluster import NO_SERVER, Cluster, running, server_programs
from tests.store.interleaved import DAY, EDITION, MANIFEST
from tests.store.world import done, log_line, new_database, sweep

LINE = LogEntry("2026-09-16T08:00:00+08:00", "C001", "run", {"plan_id": "0123456789ab"})


def codes(store: str) -> list[str]:
    result = sweep("store", "status", "--json", store=store)
    assert result.exit_code == 2
    return [issue["code"] for issue in json.loads(result.stdout)["issues"]]


@pytest.fixture(scope="module")
def database(cluster: Cluster, template: str) -> str:
    return new_database(cluster, template, "in_need")


def opened(cluster: Cluster, database: str, name: str) -> PostgresStore:
    store = PostgresStore(open_engine(cluster.url("chief", database)), name, next_line)
    store.begin(["370102"])
    return store


@pytest.fixture
def small_disk(cluster: Cluster, database: str) -> Iterator[None]:
    """The files of editions on a disk of 4 MB."""
    folder = cluster.folder / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)], check=False)  # noqa: S603, S607
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        subprocess.run(["chown", "postgres", str(folder)], check=True)  # noqa: S603, S607
        with psycopg.connect(cluster.url(database=database), autocommit=True) as owner:
            owner.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
            owner.execute("ALTER TABLE sweep.edition_file SET TABLESPACE small")
            yield
            owner.execute("ALTER TABLE sweep.edition_file SET TABLESPACE pg_default")
            owner.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_told_and_nothing_of_the_result_is_there(cluster: Cluster, database: str) -> None:
    store = opened(cluster, database, "full")
    manifest = json.dumps({"plan_id": "0123456789ab", "day": DAY.isoformat(), "outputs": {}}).encode()
    writes = [PendingWrite(MANIFEST, manifest, day=DAY), PendingWrite(EDITION, os.urandom(8_000_000), day=DAY)]
    with pytest.raises(InputError) as told:
        store.commit(writes, [LINE], {})
    assert [i.code for i in told.value.issues] == ["S936"]
    assert (store.listing(), store.chain()) == ({}, b"")
    store.commit(writes[:1], [LINE], {})
    assert set(store.listing()) == {MANIFEST}


@pytest.mark.parametrize("is_locked", [True, False])
def test_a_connection_cut_in_mid_run_leaves_all_or_nothing(
    cluster: Cluster, database: str, tmp_path: Path, *, is_locked: bool
) -> None:
    name = f"cut_{is_locked}".lower()
    settings = f'name = "{name}"\nday = 2026-09-16\n'.encode()
    store = opened(cluster, database, name)
    store.commit([PendingWrite(Key("settings", "scenario.toml"), settings)], [], {})
    session = store_session.open_session(cluster.url("chief", database), name, tmp_path / "out")

    def work() -> tuple[str, bool]:
        log_line(session.mirror, LINE)
        with psycopg.connect(cluster.url(database=database), autocommit=True) as owner:
            owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'chief'")
        return "done", True

    if not is_locked:
        # Nothing is open while a long command computes: what it brings back goes by a connection of its own.
        assert session.run(work, is_locked=False) == "done"
        assert store.chain().count(b"\n") == 1
        return
    with pytest.raises(InputError) as told:
        session.run(work, is_locked=True)
    assert ([i.code for i in told.value.issues], store.chain()) == (["S933"], b"")


def test_a_schema_of_a_newer_program_is_told(cluster: Cluster, database: str) -> None:
    with psycopg.connect(cluster.url(database=database), autocommit=True) as owner:
        (own,) = owner.execute("SELECT version_num FROM sweep.alembic_version").fetchone() or ("",)
        owner.execute("UPDATE sweep.alembic_version SET version_num = '9999'")
        assert codes(cluster.url("chief", database)) == ["S931"]
        owner.execute("UPDATE sweep.alembic_version SET version_num = %s", [own])


def test_a_service_of_the_clients_own_names_the_server(
    cluster: Cluster, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = tmp_path / "services"
    services.write_text(f"[sweep]\nhost={cluster.folder}\ndbname={database}\nuser=chief\n", encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    monkeypatch.setenv("PGSERVICE", "sweep")
    assert json.loads(done(sweep("store", "status", "--json", store="postgresql://")).stdout)["revision"]


class Authority:
    """Makes certificates."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.pem = self._made("authority", self.key, is_authority=True)

    def issued(self, name: str) -> tuple[str, str]:
        """A certificate of a name, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return self._made(name, key), key.private_bytes(serialization.Encoding.PEM, *form).decode()

    def _made(self, name: str, key: ec.EllipticCurvePrivateKey, *, is_authority: bool = False) -> str:
        who, now = (
            (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (name, "authority")),
            datetime.now(UTC),
        )
        subject, issuer = who
        made = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        made = made.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.store
@pytest.mark.enable_socket
def test_a_client_certificate_lets_in_whom_it_names(tmp_path: Path) -> None:
    programs, authority = server_programs(), Authority()
    if programs is None:
        pytest.skip(NO_SERVER)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    certificate, key = authority.issued("localhost")
    files = {"server.crt": certificate, "server.key": key, "root.crt": authority.pem}
    files["pg_hba.conf"] = "local all all trust\nhostssl all all 127.0.0.1/32 cert\n"
    options = f"-h 127.0.0.1 -p {port} -c ssl=on -c ssl_ca_file=root.crt"
    (tmp_path / "root.crt").write_text(authority.pem, encoding="utf-8")
    for name in ("li", "wang"):
        for ending, text in zip(("crt", "key"), authority.issued(name), strict=True):
            (tmp_path / f"{name}.{ending}").write_text(text, encoding="utf-8")
            (tmp_path / f"{name}.{ending}").chmod(0o600)
    with running(programs, options, files) as cluster:
        owner = cluster.url(database="postgres") + f"&port={port}"
        done(sweep("store", "setup", "--url", owner))
        done(sweep("store", "users", "--add", "li", "--role", "planner", "--division", "*", "--url", owner))
        way = f"postgresql://li@localhost:{port}/postgres?hostaddr=127.0.0.1&sslmode=verify-full"
        way += f"&sslrootcert={tmp_path}/root.crt"
        done(sweep("store", "status", store=f"{way}&sslcert={tmp_path}/li.crt&sslkey={tmp_path}/li.key"))
        assert codes(f"{way}&sslcert={tmp_path}/wang.crt&sslkey={tmp_path}/wang.key") == ["S927"]
        assert codes(f"{way}&sslcert={tmp_path}/none.crt") == ["S927"]
