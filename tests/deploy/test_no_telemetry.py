"""Telemetry: none. What is installed names no address, and its programs reach nothing outside of the machine."""

from __future__ import annotations

import ipaddress
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.scripts import DEPLOY, SCRIPTS, script

needs_namespace = pytest.mark.skipif(
    not script("without_network").is_possible(), reason="no network namespaces; run in a container that may make them"
)
FILES = sorted(p for p in DEPLOY.rglob("*") if p.is_file())
# Networks that no packet leaves for the internet from, as systemd names them.
HOST_OF_ADDRESS = re.compile(r"\w+://(?:[^@/\s\"']*@)?\[?([\w.:-]+?)\]?(?::\d+)?(?=[/\s\"'`)\]]|$)")
NETWORK = re.compile(
    r"(?<![\w.:-])(?:\d{1,3}\.){3}\d{1,3}(?:/\d+)?(?![\w.])|(?<![\w:])[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,}/?\d*"
)


def is_own(host: str) -> bool:
    """Whether a host is loopback, private or reserved, or a name without a place in the public system of names."""
    try:
        address = ipaddress.ip_network(host, strict=False)
    except ValueError:
        return "." not in host or host.endswith(".local")
    return address.is_private or address.is_loopback or address.is_unspecified or address.is_reserved


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DEPLOY).as_posix())
def test_what_is_deployed_names_no_address_outside(path: Path) -> None:
    assert outside(path.read_text(encoding="utf-8")) == []


def outside(text: str) -> list[str]:
    return [host for host in (*HOST_OF_ADDRESS.findall(text), *NETWORK.findall(text)) if not is_own(host)]


def test_an_address_outside_is_found() -> None:
    text = (
        'a "https://example.org/x" b 9.9.9.9 c 2a00::1:2/32 tls://user@host.example.net:80 10.0.0.0/8 fc00::/7 0.0.0.0'
    )
    assert sorted(outside(text)) == ["2a00::1:2/32", "9.9.9.9", "example.org", "host.example.net"]


def alone(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command without a network; a try to reach one makes it fail."""
    words = [sys.executable, str(SCRIPTS / "without_network.py"), *command]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603


CONNECT = "import socket; s = socket.socket(socket.{family}, socket.{kind}); s.connect_ex({address})"
ASK = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'', ('127.0.0.1', 53))"


@needs_namespace
@pytest.mark.parametrize(
    "program",
    [
        CONNECT.format(family="AF_INET", kind="SOCK_STREAM", address=("192.0.2.1", 443)),
        CONNECT.format(family="AF_INET", kind="SOCK_DGRAM", address=("192.0.2.1", 53)),
        CONNECT.format(family="AF_INET6", kind="SOCK_STREAM", address=("2001:db8::1", 443)),
        ASK,
    ],
    ids=["tcp", "udp", "ipv6", "name server"],
)
def test_a_try_to_reach_a_network_is_found_although_the_program_hides_it(program: str, tmp_path: Path) -> None:
    done = alone(sys.executable, "-c", program, folder=tmp_path)
    assert done.returncode == 1
    assert "tried to reach another machine" in done.stderr


@needs_namespace
def test_loopback_is_no_other_machine(tmp_path: Path) -> None:
    program = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname()); print(5)"
    )
    done = alone(sys.executable, "-c", program, folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "5\n")


@needs_namespace
def test_the_exit_code_is_that_of_the_command(tmp_path: Path) -> None:
    assert alone(sys.executable, "-c", "raise SystemExit(3)", folder=tmp_path).returncode == 3


@pytest.mark.slow
@needs_namespace
def test_a_scenario_is_made_and_the_rules_are_listed_without_a_try_to_reach_a_network(tmp_path: Path) -> None:
    """The gate runs the main job of the installed wheel, and the board, in the same way."""
    sweep = str(Path(sys.executable).with_name("sweep"))
    for words in (("init", "x", "--made-up"), ("rules",)):
        done = alone(sweep, *words, folder=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("run", 'bash -c "sweep init x --made-up && sweep run x'),
        ("bare", "python .ci/check_board.py"),
        ("bundle", ".ci/check_bundle"),
    ],
)
def test_the_gate_and_the_bundle_run_without_a_network(name: str, command: str) -> None:
    text = (SCRIPTS / name).read_text(encoding="utf-8")
    assert re.search(rf"/without_network\.py\"? {re.escape(command)}", text)
