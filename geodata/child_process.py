"""Child process that runs a module, with requests as lines on stdin and answers as JSON lines on stdout."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

type Send = Callable[[Mapping[str, Any]], None]


def child_command(module: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line that runs a module with this process's Python interpreter."""
    return sys.executable, "-m", module, *arguments


@contextmanager
def json_answers() -> Iterator[Send]:
    """Yield a function that sends a mapping to the parent as a JSON line on stdout; other output goes to stderr."""
    own = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with os.fdopen(own, "w", encoding="utf-8") as out:

        def send(content: Mapping[str, Any]) -> None:
            out.write(json.dumps(content, ensure_ascii=False) + "\n")
            out.flush()

        yield send
