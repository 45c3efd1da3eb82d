"""Intake of a phone's reports: each is accepted once, in sequence; a conflict blocks no other report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sweep.day.journal.entry import sent_sha256


@dataclass(frozen=True, slots=True)
class ReceivedReport:
    """One report as received from a phone."""

    device: str
    seq: int
    """Sequence number on the phone, from 1 without gaps."""
    text: str

    @property
    def id(self) -> str:
        """Unique id of a report across phones."""
        return f"{self.device}:{self.seq}"

    @property
    def sha256(self) -> str:
        """Hash that acknowledges the report to the phone."""
        return sent_sha256(self.text)

    @property
    def quarantine_id(self) -> str:
        """Id of a quarantined report whose sequence number is taken; its ending is not a sequence number."""
        return f"{self.id}:x{self.sha256[:16]}"


@dataclass(frozen=True, slots=True)
class SortedBatch:
    """Batch of reports sorted by how each is to be handled."""

    fresh: tuple[ReceivedReport, ...]
    """To be appended, in order."""
    again: tuple[ReceivedReport, ...]
    """Already in the journal."""
    conflicting: tuple[ReceivedReport, ...]
    """Conflicts with another text under the same sequence number: to be quarantined."""
    next_seq: int
    """Sequence number that the phone sends next; reports with later numbers wait on the phone."""


def sort_batch(batch: Iterable[ReceivedReport], last_seq: int, known: Callable[[str], str | None]) -> SortedBatch:
    """
    Sort a phone's reports into new, known, conflicting and early ones.

    Parameters
    ----------
    last_seq
        Sequence number of its last report in the journal; 0 before the first.
    known
        Hash of the report in the journal by id; None if missing. Missing lower numbers are new: after a jump of the
        phone's numbers, those below it still count.
    """
    by_seq = {sent.seq: sent for sent in batch}
    earlier = [by_seq[k] for k in sorted(by_seq) if k <= last_seq]
    fresh = [sent for sent in earlier if known(sent.id) is None]
    while last_seq + 1 in by_seq:
        last_seq += 1
        fresh.append(by_seq[last_seq])
    return SortedBatch(
        tuple(fresh),
        tuple(sent for sent in earlier if known(sent.id) == sent.sha256),
        tuple(sent for sent in earlier if known(sent.id) not in (None, sent.sha256)),
        last_seq + 1,
    )


def last_seqs(ids: Iterable[str]) -> dict[str, int]:
    """Last sequence number of each phone, from the ids of a journal's entries."""
    last: dict[str, int] = {}
    for one in ids:
        device, sign, seq = one.rpartition(":")
        if sign and seq.isdecimal():
            last[device] = max(int(seq), last.get(device, 0))
    return last
