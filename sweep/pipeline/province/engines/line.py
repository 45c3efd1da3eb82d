"""The line to a Dask scheduler: whether it is safe, and whether anybody answers."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from pathlib import Path

import dask
from distributed import Security
from distributed.comm.core import connect

from geodata.errors import InputError, Issue

# Keys of Dask's settings, and what the environment calls them.
_TLS = {
    key: f"DASK_DISTRIBUTED__COMM__TLS__{name}"
    for key, name in (("ca-file", "CA_FILE"), ("client.cert", "CLIENT__CERT"), ("client.key", "CLIENT__KEY"))
}


def greet(scheduler: str, security: Security | None, seconds: float) -> None:
    """
    Open a line to the scheduler, and close it: a client waits for ever where somebody listens and says nothing.

    In a thread of its own, for whoever asks may be in a loop already.

    Raises
    ------
    OSError, TimeoutError
        If nobody answers within so many seconds.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(asyncio.wait_for(_open_and_close(scheduler, security), seconds))).result()


async def _open_and_close(scheduler: str, security: Security | None) -> None:
    options = (security or Security()).get_connection_args("client")  # type: ignore[no-untyped-call]
    comm = await connect(scheduler, **options)  # type: ignore[no-untyped-call]
    await comm.close()


def safe_line(scheduler: str) -> Security | None:
    """
    How the line is kept safe: by the three files that Dask's own settings name; None on this machine alone.

    Raises
    ------
    InputError
        S961 if others could read what is sent, or send it themselves, or Dask's own settings forbid a plain line.
    """
    found = re.fullmatch(r"(tls|tcp)://(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}", scheduler)
    problem = "" if found else scheduler[:80]
    if found and found[1] == "tcp":
        is_forbidden = dask.config.get("distributed.comm.require-encryption", False)
        if _is_this_machine(found[2].strip("[]")) and not is_forbidden:
            return None
        problem = "tcp://"
    elif found:
        files = {key: dask.config.get(f"distributed.comm.tls.{key}", None) for key in _TLS}
        problem = ", ".join(_TLS[key] for key, file in files.items() if not file or not Path(file).is_file())
    if problem:
        raise InputError([Issue("S961", f"--scheduler {scheduler}", {"problem": problem})])
    return Security(require_encryption=True)  # type: ignore[no-untyped-call]


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
