"""Context managers that let Ctrl-C end a search and not the whole command."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType


@contextmanager
def record_interrupt() -> Iterator[Callable[[], bool]]:
    """
    Raise KeyboardInterrupt on Ctrl-C as usual; yields a function that returns whether Ctrl-C was pressed.

    A `defer_interrupt` within this context suspends the raising. Where Ctrl-C is ignored (background jobs), it stays
    so.
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
def defer_interrupt() -> Iterator[Callable[[], bool]]:
    """
    Suppress KeyboardInterrupt, without raising it later; yields a function that returns whether Ctrl-C was pressed.

    An outer `record_interrupt` still records it. Outside the main thread, or if Ctrl-C is ignored, the signal handler
    is unchanged and the function returns False.
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
