"""A module of the program in a process of its own, which is asked by lines and answers by lines of JSON."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

type Say = Callable[[Mapping[str, Any]], None]


def child_command(module: str, *arguments: str) -> tuple[str, ...]:
    """The command line of a module; the child inherits the interpreter."""
    return sys.executable, "-m", module, *arguments


@contextmanager
def answering() -> Iterator[Say]:
    """Standard output of a child for lines of JSON alone: output of libraries goes to standard error."""
    own = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with os.fdopen(own, "w", encoding="utf-8") as out:

        def say(content: Mapping[str, Any]) -> None:
            out.write(json.dumps(content, ensure_ascii=False) + "\n")
            out.flush()

        yield say
