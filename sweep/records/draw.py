"""The record of the random draw: a ticket for each building, firm and officer."""

import hashlib
from dataclasses import dataclass


def commitment(seed: str) -> str:
    """SHA-256 of a draw's seed, which is published beforehand."""
    return hashlib.sha256(seed.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class DrawTicket:
    """One candidate of the random draw."""

    building_id: str
    ticket: str
    """SHA-256 of `seed|building_id`, hexadecimal; the smallest win."""
    inclusion_probability: float
    """Chance that the building is drawn, in [0, 1]."""
    is_drawn: bool
    size: float = 1.0
    """Divisor of the ticket before it is compared; all 1: every building has the same chance."""


@dataclass(frozen=True, slots=True)
class FirmTicket:
    """One firm of a drawn building, candidate for an inspection."""

    building_id: str
    uscc: str
    ticket: str
    """SHA-256 of `seed|uscc`, hexadecimal."""
    ratio: float
    """Ratio of the firm's credit class; the ticket is divided by it."""
    inclusion_probability: float
    """Chance that the firm is drawn, given that the building is."""
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class OfficerTicket:
    """One officer of the district of a drawn visit."""

    visit_id: str
    person_id: str
    agency: str
    ticket: str
    """SHA-256 of `seed|building_id|person_id`, hexadecimal."""
    status: str
    """
    `drawn`, `recused` or `rotated` (passed over, the next one drawn), `taken` (by another drawn visit), `alternate`.
    """


@dataclass(frozen=True, slots=True)
class Draw:
    """The random draw (抽取记录), reproducible from what stands here."""

    seed: str
    pool_sha256: str
    """SHA-256 of the ids of the pool, sorted, a line each."""
    n_drawn: int
    """Buildings drawn."""
    tickets: tuple[DrawTicket, ...]
    """Every candidate building, in the order of the draw."""
    firms: tuple[FirmTicket, ...] = ()
    """Every candidate firm of each drawn building, in the order of the draw."""
    officers: tuple[OfficerTicket, ...] = ()
    """Every candidate officer of each drawn visit, in ticket order."""
