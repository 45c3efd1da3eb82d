"""Ctrl-C that ends a search and not the command."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noted_interrupt() -> Iterator[Callable[[], bool]]:
    """
    Gives a question: has Ctrl-C come? It is raised as always; a solve that is searching ends with its best plan.

    An ignored Ctrl-C (a job in the background) stays ignored.
    """
    came = False

    def note(_signal: int, _frame: FrameType | None) -> None:
        nonlocal came
        came = True
        raise KeyboardInterrupt

    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_ours:
        signal.signal(signal.SIGINT, note)
    try:
        yield lambda: came
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
