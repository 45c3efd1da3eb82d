"""The systemd units: valid, with little exposure, and with commands that exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sweep.cli.main import app
from tests.deploy.scripts import DEPLOY

UNITS = DEPLOY / "systemd"
SERVICES = sorted(p.name for p in UNITS.glob("*.service"))
MOST_EXPOSURE = 3.0

# systemd-analyze makes /run/systemd where systemd does not run, as in a container, which root alone may do.
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None or not (Path("/run/systemd").is_dir() or os.access("/run", os.W_OK)),
    reason="no systemd-analyze, or no right to make /run/systemd; install systemd: apt-get install systemd",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A system with the units and the programs that they name."""
    shutil.copytree(UNITS, tmp_path / "etc/systemd/system")
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    for program in ("opt/sweep/bin/sweep", "opt/sweep/bin/dask", "bin/sh"):
        (tmp_path / program).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / program).touch(mode=0o755)
    return tmp_path


def analyze(root: Path, *words: str) -> tuple[int, str]:
    command = ["systemd-analyze", *words, f"--root={root}", "--no-pager"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode, done.stdout + done.stderr


@needs_systemd
def test_systemd_finds_no_error_in_the_units(root: Path) -> None:
    units = sorted(p.name for p in UNITS.iterdir() if p.suffix in (".service", ".timer"))
    assert len(units) > 5
    assert analyze(root, "verify", "--man=no", *units) == (0, "")


@needs_systemd
def test_systemd_finds_an_unknown_key(root: Path) -> None:
    unit = root / "etc/systemd/system/sweep-board.service"
    unit.write_text(unit.read_text(encoding="utf-8").replace("Restart=always", "Restarts=always"), encoding="utf-8")
    assert "Unknown key 'Restarts'" in analyze(root, "verify", "--man=no", unit.name)[1]


@needs_systemd
@pytest.mark.parametrize("service", SERVICES)
def test_the_exposure_of_a_service_is_low(service: str, root: Path) -> None:
    code, text = analyze(root, "security", "--offline=true", service)
    assert code == 0, text
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", text)
    assert found is not None, text
    assert float(found[1]) < MOST_EXPOSURE, text


@needs_systemd
def test_a_service_without_the_shared_limits_is_exposed(root: Path) -> None:
    shutil.rmtree(root / "etc/systemd/system/sweep-.service.d")
    assert re.search(
        r"Overall exposure level for \S+: [5-9]\.", analyze(root, "security", "--offline=true", SERVICES[0])[1]
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_as_its_own_user_and_writes_to_its_own_folders(service: str) -> None:
    lines = (UNITS / service).read_text(encoding="utf-8").splitlines()
    assert {"User=sweep", "StateDirectory=sweep", "CacheDirectory=sweep"} <= set(lines)
    assert {line for line in lines if line.startswith("ReadWritePaths")} <= {"ReadWritePaths=/var/backups/sweep"}


@pytest.mark.parametrize("service", SERVICES)
def test_the_command_of_a_service_exists_with_its_options(service: str) -> None:
    (line,) = re.findall(
        r"^ExecStart=.*/opt/sweep/bin/sweep ([^'\n]+)", (UNITS / service).read_text("utf-8"), re.MULTILINE
    )
    settings = dict(re.findall(r"^(\w+)=(.*)$", (UNITS / "sweep.env").read_text(encoding="utf-8"), re.MULTILINE))
    words = re.sub(r"\$(\w+)", lambda name: settings[name[1]], line).split()
    result = CliRunner().invoke(app, [*words, "--help"])
    assert result.exit_code == 0, result.output
    # An unknown option is an error even before help.
    assert CliRunner().invoke(app, [*words, "--unknown"]).exit_code == 2


@pytest.mark.parametrize("timer", sorted(p.stem for p in UNITS.glob("*.timer")))
def test_a_timer_has_its_service(timer: str) -> None:
    assert f"{timer}.service" in SERVICES
