"""
A Dask scheduler and workers as a force would start them: the stock commands, TLS with certificates of its own.

For tests they are forked from the test's own process, which has loaded Dask: the commands would take most of the time.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import dask
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from distributed import Scheduler, Worker

from tests.paths import ROOT
from tests.province.run.processes import Forked, forked, wait_for

DASK = Path(sys.executable).parent / "dask"
# Dask serves pages about its tasks even without a dashboard.
NO_DASHBOARD = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")


def write_certificates(folder: Path) -> dict[str, str]:
    """An authority, and one certificate of it for all; the settings of Dask that name them, for the environment."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sweep test")])
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    kinds = {"CERT": "cert.pem", "KEY": "key.pem"}
    settings = {f"{who}__{k}": str(folder / f) for who in ("CLIENT", "SCHEDULER", "WORKER") for k, f in kinds.items()}
    settings["CA_FILE"] = str(folder / "cert.pem")
    return {f"DASK_DISTRIBUTED__COMM__TLS__{k}": v for k, v in settings.items()} | {
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"
    }


@dataclass
class Cluster:
    """Processes of one scheduler and its workers, each of which a test may kill."""

    address: str
    environment: dict[str, str]
    folder: Path
    is_stock: bool = True
    """Whether the stock commands are called."""
    processes: dict[str, subprocess.Popen[bytes] | Forked] = field(default_factory=dict)

    def start_scheduler(self) -> None:
        host, _, port = self.address.removeprefix("tls://").rpartition(":")
        if not self.is_stock:
            self._fork("scheduler", _schedule, host, int(port))
            return
        self._start("scheduler", "scheduler", "--host", host, "--port", port, "--protocol", "tls", *NO_DASHBOARD)

    def start_worker(self, name: str) -> None:
        if not self.is_stock:
            self._fork(name, _work, self.address, name, str(self.folder))
            return
        options = ("--nthreads", "1", "--no-nanny", *NO_DASHBOARD, "--death-timeout", "60", "--name", name)
        self._start(name, "worker", self.address, *options, "--local-directory", str(self.folder))

    def kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait()

    def start_what_ended(self) -> None:
        """Start again what has ended, as systemd would."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.start_scheduler() if name == "scheduler" else self.start_worker(name)

    def _fork(self, name: str, serve: Callable[..., Awaitable[None]], *given: object) -> None:
        self.processes[name] = forked(_serve, serve, self.environment, *given)

    def _start(self, name: str, *arguments: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(  # noqa: S603 - the stock commands
                [str(DASK), *arguments], stdout=log, stderr=log, env={**os.environ, **self.environment}
            )


@contextmanager
def cluster(folder: Path, port: int, n_workers: int, *, is_stock: bool = True) -> Iterator[Cluster]:
    """A scheduler on loopback with workers, ended together."""
    # Scheduler and workers find the tests' own modules.
    environment = write_certificates(folder) | {"PYTHONPATH": str(ROOT)}
    made = Cluster(f"tls://127.0.0.1:{port}", environment, folder, is_stock)
    with ExitStack() as stack:
        stack.callback(lambda: [p.kill() or p.wait() for p in made.processes.values()])
        made.start_scheduler()
        wait_for(lambda: _is_open(port))
        for k in range(n_workers):
            made.start_worker(f"w{k + 1}")
        yield made


def _serve(serve: Callable[..., Awaitable[None]], environment: dict[str, str], *given: object) -> None:
    os.environ.update(environment)
    dask.config.refresh()
    asyncio.run(serve(*given))


async def _schedule(host: str, port: int) -> None:
    async with Scheduler(protocol="tls", host=host, port=port, dashboard_address=":0", dashboard=False) as scheduler:
        await scheduler.finished()


async def _work(address: str, name: str, folder: str) -> None:
    async with Worker(address, nthreads=1, name=name, local_directory=folder, death_timeout=60) as worker:
        await worker.finished()


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
