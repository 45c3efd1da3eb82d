"""Intake of a phone's reports: each once, in the order in which it was typed; a conflict blocks no other report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sweep.day.journal.entry import sent_sha256


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

    @property
    def sha256(self) -> str:
        """The hash by which the phone recognises it."""
        return sent_sha256(self.text)

    @property
    def quarantine_id(self) -> str:
        """The id under which it is kept apart if another report has its number; no number of the phone ends it."""
        return f"{self.id}:x{self.sha256[:16]}"


@dataclass(frozen=True, slots=True)
class Sorted:
    """A batch, taken apart."""

    fresh: tuple[Sent, ...]
    """To be added, in order."""
    again: tuple[Sent, ...]
    """Are in the journal already."""
    conflicting: tuple[Sent, ...]
    """Say something else under the number of a report that is in the journal: to be quarantined."""
    next_seq: int
    """The number that the phone sends next; what came with a later one waits on the phone."""


def sort_batch(batch: Iterable[Sent], last_seq: int, known: Callable[[str], str | None]) -> Sorted:
    """
    Part a phone's reports in those that are new, known, in conflict with a known one, and too early.

    Parameters
    ----------
    last_seq
        Number of its last report in the journal; 0 before the first.
    known
        Hash of the report in the journal by its id; None if it is not there. A lower number that is not there is new:
        the phone's numbers jumped once, and those below the jump still count.
    """
    by_seq = {sent.seq: sent for sent in batch}
    earlier = [by_seq[k] for k in sorted(by_seq) if k <= last_seq]
    fresh = [sent for sent in earlier if known(sent.id) is None]
    while last_seq + 1 in by_seq:
        last_seq += 1
        fresh.append(by_seq[last_seq])
    return Sorted(
        tuple(fresh),
        tuple(sent for sent in earlier if known(sent.id) == sent.sha256),
        tuple(sent for sent in earlier if known(sent.id) not in (None, sent.sha256)),
        last_seq + 1,
    )


def last_seqs(ids: Iterable[str]) -> dict[str, int]:
    """Number of the last report of each phone, from the ids of a journal's entries."""
    last: dict[str, int] = {}
    for one in ids:
        device, sign, seq = one.rpartition(":")
        if sign and seq.isdecimal():
            last[device] = max(int(seq), last.get(device, 0))
    return last
