"""Records of the random draw: a ticket for each building, firm and officer."""

import hashlib
from dataclasses import dataclass


def commitment(seed: str) -> str:
    """Commitment to a draw: SHA-256 of its seed, published beforehand."""
    return hashlib.sha256(seed.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class DrawTicket:
    """One candidate of the random draw."""

    building_id: str
    ticket: str
    """SHA-256 of `seed|building_id`, hexadecimal; the smallest tickets are drawn."""
    inclusion_probability: float
    """Chance that the building is drawn, in [0, 1]."""
    is_drawn: bool
    size: float = 1.0
    """Divisor of the ticket before the comparison; 1 for all gives every building the same chance."""


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
    """`drawn`, `recused` or `rotated` (replaced), `taken` (by another drawn visit), `alternate`."""


@dataclass(frozen=True, slots=True)
class Draw:
    """The random draw (抽取记录), reproducible from this record."""

    seed: str
    pool_sha256: str
    """SHA-256 of the pool's ids, sorted, one per line."""
    n_drawn: int
    """Buildings drawn."""
    tickets: tuple[DrawTicket, ...]
    """Every candidate building, in the order of the draw."""
    firms: tuple[FirmTicket, ...] = ()
    """Every candidate firm of each drawn building, in the order of the draw."""
    officers: tuple[OfficerTicket, ...] = ()
    """Every candidate officer of each drawn visit, in ticket order."""
