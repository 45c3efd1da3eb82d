"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket there, stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

SUPERUSER = "postgres"
NO_SERVER = "no PostgreSQL with PostGIS here: apt-get install postgresql-17 postgresql-17-postgis-3"
_HBA = "local all with_password scram-sha-256\nlocal all all trust\n"


@dataclass(frozen=True)
class Cluster:
    """A running server."""

    folder: Path
    bin: Path
    options: str = "-h ''"
    """Where it listens beside the socket in its folder."""

    def url(self, login: str = SUPERUSER, database: str = "postgres") -> str:
        return f"postgresql://{login}@/{database}?host={self.folder}"

    def run(self, *command: str) -> None:
        _call([str(self.bin / command[0]), *command[1:]])

    def start(self) -> None:
        options = f"-k {self.folder} {self.options} -c fsync=off -c max_connections=40 -c shared_buffers=64MB"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder / "db"), "-w", "-s", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(self.folder / "db"), "-w", "-s", "-m", mode, "stop")

    def postmaster(self) -> int:
        return int(self.read(self.folder / "db" / "postmaster.pid").split("\n")[0])

    def read(self, file: Path) -> str:
        """Text of a file of the server's owner."""
        return _call(["cat", str(file)])


def server_programs() -> Path | None:
    """The newest server with PostGIS beside it; None if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]), reverse=True)
    extension = "/usr/share/postgresql/{}/extension/postgis.control"
    return next((p.parent for p in found if Path(extension.format(p.parts[-3])).is_file()), None)


@contextmanager
def running(
    programs: Path, options: str = Cluster.options, files: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Cluster]:
    """A server that is stopped and gone at the end; `files` go into its own folder before it starts."""
    folder = Path(tempfile.mkdtemp(prefix="sweep_pg_"))
    owner = pwd.getpwnam(SUPERUSER) if os.geteuid() == 0 else None
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    folder.chmod(0o755)
    cluster = Cluster(folder, programs, options)
    try:
        cluster.run(
            "initdb", "-D", str(folder / "db"), "-U", SUPERUSER, "-A", "trust", "-N", "-E", "UTF8", "--no-locale"
        )
        for name, text in {"pg_hba.conf": _HBA, **files}.items():
            _call(["tee", str(folder / "db" / name)], text)
            _call(["chmod", "600", str(folder / "db" / name)])
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _call(command: list[str], given: str = "") -> str:
    """Run something as the owner of the server, which refuses to run as root."""
    own = ["runuser", "-u", SUPERUSER, "--", *command] if os.geteuid() == 0 else command
    return subprocess.run(own, input=given, check=True, capture_output=True, text=True, cwd="/").stdout  # noqa: S603
