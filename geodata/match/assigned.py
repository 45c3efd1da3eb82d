"""What a person has settled: which building a row or a text is of, or that it is of none here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geodata.match.address import plain_text
from geodata.match.names import plain_key

NOT_OURS = ""
"""Stands for a building's id where a row or a text is of none of the table's buildings."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Choices for the rows of one table; building ids, or `NOT_OURS`."""

    by_key: Mapping[str, str] = field(default_factory=dict)
    """Buildings by uscc or lead_id; each goes before everything else that the row says."""
    by_text: Mapping[str, str] = field(default_factory=dict)
    """Buildings by `text_key`, for rows that state no building id."""


def text_key(text: str) -> str:
    """The same text for two writings of an address that differ in width, case, blanks and marks alone."""
    return plain_key(plain_text(text))
