"""Ctrl-C while a plan is searched for: the best plan so far comes out, wherever it strikes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from sweep.plan.defer_interrupt import defer_interrupt, record_interrupt


def strike() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(autouse=True)
def _heeded() -> Iterator[None]:
    """A run started in the background by a shell has interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_held_interrupt_is_noted_and_not_raised() -> None:
    with defer_interrupt() as has_come:
        assert not has_come()
        strike()
        assert has_come()
    with pytest.raises(KeyboardInterrupt):
        strike()


def test_who_noted_it_before_notes_it_too() -> None:
    with record_interrupt() as is_noted:
        with defer_interrupt() as has_come:
            strike()
        assert (is_noted(), has_come()) == (True, True)


def test_an_interrupt_that_nobody_holds_is_raised_and_noted() -> None:
    with record_interrupt() as is_noted:
        with pytest.raises(KeyboardInterrupt):
            strike()
        assert is_noted()
