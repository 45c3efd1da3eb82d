"""A person's browser or a team's phone as a plain HTTPS client, and the server with the clock that it follows."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.board.clients import HOST, free_port

_TOKEN = re.compile(r'data-token="([^"]*)"')


class Client:
    """One session: its cookies, and the token of its last page."""

    def __init__(self, port: int, authority: Path) -> None:
        self.port, self.cookies, self.token = port, dict[str, str](), ""
        self.tls = ssl.create_default_context(cafile=str(authority))

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        """Status and text of one request on a connection of its own; of a stream the first event."""
        link = http.client.HTTPSConnection(HOST, self.port, timeout=600, context=self.tls)
        cookie = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        try:
            link.request(method, path, body, {"Cookie": cookie, "X-Sweep-Token": self.token, **named})
            answer = link.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or ():
                self.cookies |= {k: m.value for k, m in SimpleCookie(line).items()}
            if "event-stream" not in answer.headers.get("Content-Type", ""):
                return answer.status, answer.read().decode()
            while not (event := answer.readline()).startswith(b"data: "):
                if not event:
                    raise OSError("the stream ended")
            return answer.status, event[6:].decode()
        except http.client.HTTPException as error:
            raise OSError("the server ended its answer") from error
        finally:
            link.close()

    def page(self, path: str) -> str:
        """Text of a page, whose token goes with what is sent from now on."""
        status, text = self.ask("GET", path, Accept="text/html")
        if status != 200:
            raise OSError(f"{path} {status}")
        self.token = (_TOKEN.search(text) or ["", ""])[1]
        return text

    def form(self, path: str, **form: str) -> tuple[int, str]:
        """Status and text of the answer to a form of the last page."""
        body = urlencode({"token": self.token, **form}).encode()
        return self.ask("POST", path, body, Content_Type="application/x-www-form-urlencoded", Accept="text/html")

    def send(self, path: str, content: object) -> tuple[int, dict[str, Any]]:
        """Status and JSON of the answer to a script."""
        status, text = self.ask("POST", path, json.dumps(content).encode(), Content_Type="application/json")
        try:
            return status, json.loads(text or "{}")
        except ValueError:
            return status, {"text": text[:200]}


class Server:
    """`sweep serve` in a process of its own; it can be killed and started again."""

    def __init__(self, out: Path, scenario: Path, day: str, at_s: int) -> None:
        self.out, self.scenario, self.day, self.at_s, self.port = out, scenario, day, at_s, free_port()
        self.authority = out / "_board" / "tls" / "authority.pem"
        sweep("serve", "certificates", "--host", HOST, out=out)
        self.phrase = sweep("serve", "account", "P001", "--role", "planner", out=out)["passphrase"]
        self.start()

    def start(self) -> None:
        words = ("serve", str(self.out), "--host", HOST, "--port", str(self.port), "--scenario", str(self.scenario))
        own = ("-m", "tests.benchmarks.board.played.server", self.day, str(self.at_s))
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, *own, *words, "--by", "P000", "-q"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 600
        while True:
            try:
                return Client(self.port, self.authority).page("/login") and None
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def set(self, at_s: int) -> None:
        """Let the server's clock show a time."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the server has no clock")
        self.at_s = at_s
        self.process.stdin.write(f"{at_s}\n")
        self.process.stdin.flush()
        while (line := self.process.stdout.readline()) != "ok\n":
            if not line:
                raise RuntimeError("the server has ended")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)

    def planner(self) -> Client:
        """The planner, signed in by a passphrase."""
        client = Client(self.port, self.authority)
        client.page("/login")
        status, text = client.form("/login", name="P001", passphrase=self.phrase)
        if status != 303:
            raise OSError(f"login {status} {text[:200]}")
        client.page("/")
        return client

    def phone(self, planner: Client, team_id: str) -> Client:
        """A phone of a team, enrolled by a code of its own."""
        _, text = planner.form("/phones", team_id=team_id)
        code = (re.search(r"/enrol#([^<\s]+)", text) or ["", ""])[1]
        client = Client(self.port, self.authority)
        client.page("/enrol")
        status, text = client.form("/enrol", code=code)
        if status != 303:
            raise OSError(f"enrol {status} {text[:200]}")
        client.page("/phone/")
        return client


def sweep(*words: str, out: Path | None = None) -> Mapping[str, Any]:
    """The JSON of a command as it is typed, with its exit code as `exit`."""
    where = () if out is None else ("--out", str(out))
    command = [str(Path(sys.executable).with_name("sweep")), *words, *where, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        told = json.loads(done.stdout)
    except ValueError:
        told = {"said": done.stdout + done.stderr}
    return {**(told if isinstance(told, dict) else {"told": told}), "exit": done.returncode}
