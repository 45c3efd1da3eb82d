"""Image and compose file: own user, read-only root, no more rights than needed, a health check for each service."""

from __future__ import annotations

import http.client
import http.server
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from tests.deploy.scripts import DEPLOY
from tests.province.run.cluster import NO_DASHBOARD, cluster
from tests.province.run.processes import wait_for

FOLDER = DEPLOY / "container"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["user"] not in ("root", "0", "0:0")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"] and service["pids_limit"] and service["healthcheck"]["test"]
    assert not service.keys() & {"privileged", "cap_add", "devices", "network_mode", "pid", "ipc"}


def test_the_board_alone_is_reachable_from_outside() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "board": ["8443:8443"]
    }
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert [name for name, service in SERVICES.items() if service["networks"] != ["inside"]] == ["board"]


@pytest.mark.parametrize("name", ["scheduler", "worker"])
def test_a_dask_service_keeps_its_status_pages_on_loopback(name: str) -> None:
    assert " ".join(NO_DASHBOARD) in " ".join(SERVICES[name]["command"])


@pytest.mark.enable_socket
def test_no_port_of_dask_that_other_machines_reach_answers_without_encryption(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with cluster(tmp_path, port, 1) as running:
        processes = [psutil.Process(p.pid) for p in running.processes.values() if isinstance(p, subprocess.Popen)]
        wait_for(lambda: all(len(listening(p)) >= 2 for p in processes))
        reached = {port for p in processes for ip, port in listening(p) if ip != "127.0.0.1"}
        assert [port for port in {*reached, port} if answers_plainly(port)] == []


def listening(process: psutil.Process) -> list[tuple[str, int]]:
    return [(c.laddr.ip, c.laddr.port) for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN]


def answers_plainly(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def test_each_volume_and_secret_that_is_mounted_is_declared() -> None:
    mounted = {v.partition(":")[0] for s in SERVICES.values() for v in s.get("volumes", []) if v[0] != "."}
    assert mounted == set(COMPOSE["volumes"])
    assert {v for s in SERVICES.values() for v in s.get("secrets", [])} == set(COMPOSE["secrets"])


def test_the_image_is_made_of_the_bundle_and_runs_as_its_own_user() -> None:
    lines = (FOLDER / "Containerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert [line for line in lines if re.search(r"\b(curl|wget|apt-get|pip|ADD)\b", line)] == []


@pytest.mark.enable_socket
@pytest.mark.parametrize(("status", "expected"), [(200, 0), (503, 1)])
def test_the_health_check_follows_the_status(status: int, expected: int) -> None:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request).start()
        assert health(f"http://127.0.0.1:{server.server_port}/") == expected


def test_the_health_check_fails_without_a_server() -> None:
    assert health("http://127.0.0.1:9/") == 1


def health(url: str) -> int:
    command = [sys.executable, str(FOLDER / "health.py"), url]
    return subprocess.run(command, cwd=Path("/"), capture_output=True, check=False).returncode  # noqa: S603
