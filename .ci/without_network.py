"""
Runs a command in a network namespace with loopback alone, and fails if the command tried to reach anything else.

The kernel counts each packet without a route (TCP, UDP, IPv4, IPv6, of any library), and each datagram to a loopback
port without a listener, such as a question to a name server of this machine.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

INSIDE = "--inside"
# <linux/sockios.h> and <linux/if.h>
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def is_possible() -> bool:
    """Whether this kernel and this account may make a network namespace."""
    return bool(shutil.which("unshare")) and subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0  # noqa: S607


def start_loopback() -> None:
    """Bring the loopback interface of a new namespace up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def attempts() -> dict[str, int]:
    """Counters of the namespace that grow when a program tries to reach what is not there."""
    counted: dict[str, int] = {}
    lines = Path("/proc/net/snmp").read_text(encoding="ascii").splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        protocol = names.partition(":")[0]
        counted |= {protocol + name: int(n) for name, n in zip(names.split()[1:], values.split()[1:], strict=True)}
    for line in Path("/proc/net/snmp6").read_text(encoding="ascii").splitlines():
        name, n = line.split()
        counted[name] = int(n)
    return {name: counted[name] for name in ("IpOutNoRoutes", "Ip6OutNoRoutes", "UdpNoPorts", "Udp6NoPorts")}


def main(arguments: list[str]) -> int:
    """Exit code of the command; 1 if it tried to reach another machine."""
    if arguments[0] != INSIDE:
        if not is_possible():
            print("No network namespaces here: the command runs without an index only.", file=sys.stderr)
            os.execvpe(arguments[0], arguments, {**os.environ, "PIP_NO_INDEX": "1", "UV_OFFLINE": "1"})  # noqa: S606
        os.execvp("unshare", ["unshare", "-rn", sys.executable, __file__, INSIDE, *arguments])  # noqa: S606, S607
    start_loopback()
    before = attempts()
    code = subprocess.run(arguments[1:], check=False).returncode  # noqa: S603
    if (after := attempts()) != before:
        print(f"{arguments[1]} tried to reach another machine: {before} became {after}", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
