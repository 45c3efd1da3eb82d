"""What of a phone's reports is taken in now: each once, and in the order in which it was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from geodata.errors import InputError, Issue


@dataclass(frozen=True, slots=True)
class Sent:
    """One report of a phone, as it came."""

    device: str
    seq: int
    """Its number on the phone, from 1 without a gap."""
    text: str

    @property
    def id(self) -> str:
        """One name for one event of one phone."""
        return f"{self.device}:{self.seq}"


@dataclass(frozen=True, slots=True)
class Sorted:
    """A batch, taken apart."""

    fresh: tuple[Sent, ...]
    """To be added, in order."""
    again: tuple[Sent, ...]
    """Stand in the journal already."""
    next_seq: int
    """The number that the phone sends next; what came with a later one waits on the phone."""


def sort_batch(batch: Iterable[Sent], last_seq: int) -> Sorted:
    """
    Part a phone's reports in those that are new, those that are known and those that come too early.

    Parameters
    ----------
    batch
        In any order, doubled or not, all of one phone.
    last_seq
        Number of its last report in the journal; 0 before the first.
    """
    by_seq = {sent.seq: sent for sent in batch}
    again = tuple(by_seq[k] for k in sorted(by_seq) if k <= last_seq)
    fresh: list[Sent] = []
    while last_seq + 1 in by_seq:
        last_seq += 1
        fresh.append(by_seq[last_seq])
    return Sorted(tuple(fresh), again, last_seq + 1)


def refuse_changed(again: Sequence[Sent], sha256_of: Callable[[Sent], str], known: Callable[[str], str | None]) -> None:
    """
    Refuse reports that say something else under the number of one that is kept.

    Raises
    ------
    InputError
        S977 for each.
    """
    changed = [sent.id for sent in again if known(sent.id) != sha256_of(sent)]
    if changed:
        raise InputError(Issue("S977", one) for one in changed)


def last_seqs(ids: Iterable[str]) -> dict[str, int]:
    """Number of the last report of each phone, from the ids of a journal's entries."""
    last: dict[str, int] = {}
    for one in ids:
        device, sign, seq = one.rpartition(":")
        if sign and seq.isdecimal():
            last[device] = max(int(seq), last.get(device, 0))
    return last
