"""Intake of a phone's reports: each is accepted once, in sequence; a conflict blocks no other report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sweep.day.journal.journal_entry import sent_sha256


@dataclass(frozen=True, slots=True)
class ReceivedReport:
    """Report as received from a phone."""

    device: str
    """Id of the phone."""
    seq: int
    """Sequence number on the phone, from 1; the server lets reports after a gap wait."""
    text: str
    """Text exactly as sent."""

    @property
    def id(self) -> str:
        """Return the report's id, unique across phones."""
        return f"{self.device}:{self.seq}"

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the text, with which the server acknowledges the report."""
        return sent_sha256(self.text)

    @property
    def quarantine_id(self) -> str:
        """Return the id under which the report is quarantined, since a different report already has its number."""
        return f"{self.id}:x{self.sha256[:16]}"


@dataclass(frozen=True, slots=True)
class SortedBatch:
    """Reports of one phone, sorted by how the server handles them."""

    fresh: tuple[ReceivedReport, ...]
    """Reports to append to the journal, in order."""
    again: tuple[ReceivedReport, ...]
    """Reports that are already in the journal."""
    conflicting: tuple[ReceivedReport, ...]
    """Reports to quarantine: the journal has another text under the same sequence number."""
    next_seq: int
    """Sequence number that the phone sends next; reports with later numbers wait on the phone."""


def sort_batch(batch: Iterable[ReceivedReport], last_seq: int, known: Callable[[str], str | None]) -> SortedBatch:
    """
    Sort a phone's reports into new, known and conflicting ones.

    A report with a number above `last_seq` waits until all numbers between have arrived. A lower one is known if the
    journal has it with the same hash, conflicting with another hash, and new if the journal lacks it, as a phone may
    have sent a later number first.

    Parameters
    ----------
    last_seq
        Sequence number of the phone's last report in the journal; 0 before the first.
    known
        Returns the hash of the journal's report with this id, or None.
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
    """Return the last sequence number of each phone, by device id; `ids`: ids of entries, a phone's `device:number`."""
    last: dict[str, int] = {}
    for one in ids:
        device, separator, seq = one.rpartition(":")
        if separator and seq.isdecimal():
            last[device] = max(int(seq), last.get(device, 0))
    return last
