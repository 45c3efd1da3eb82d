"""Ctrl-C that ends a search and not the command."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType


@contextmanager
def noted_interrupt() -> Iterator[Callable[[], bool]]:
    """
    Gives a question: has Ctrl-C come? It is raised as always, but for what is done inside `held_interrupt`.

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


@contextmanager
def held_interrupt() -> Iterator[Callable[[], bool]]:
    """
    Gives a question: has Ctrl-C come? It is not raised inside, wherever it strikes; who noted it before sees it.

    In another thread than the main one, and where Ctrl-C is ignored, nothing changes.
    """
    came = False
    before = signal.getsignal(signal.SIGINT)

    def hold(number: int, frame: FrameType | None) -> None:
        nonlocal came
        came = True
        if callable(before) and before is not signal.default_int_handler:
            with suppress(KeyboardInterrupt):
                before(number, frame)

    is_ours = threading.current_thread() is threading.main_thread() and callable(before)
    if is_ours:
        signal.signal(signal.SIGINT, hold)
    try:
        yield lambda: came
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, before)
