"""The other end of a child process: lines of JSON on standard output, and nothing else there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from geodata.errors import InputError
from geodata.texts import load_texts
from sweep.disk.files import disk_fault

type Say = Callable[[Mapping[str, Any]], None]


@contextmanager
def answering() -> Iterator[Say]:
    """Standard output for lines of JSON alone: what a library prints goes to standard error."""
    own = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with os.fdopen(own, "w", encoding="utf-8") as out:

        def say(content: Mapping[str, Any]) -> None:
            out.write(json.dumps(content, ensure_ascii=False) + "\n")
            out.flush()

        yield say


def fault_answer(error: InputError | OSError, lang: str) -> dict[str, Any]:
    """Faults as an answer; S973 where the disk takes no more."""
    texts = load_texts(lang)
    if isinstance(error, OSError):
        error = disk_fault(error, "-")
    return {"issues": [{"code": i.code, "what": i.what(texts), "fix": i.fix(texts)} for i in error.issues]}
