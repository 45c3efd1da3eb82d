"""Records of the random draw: a ticket (hash) for each building, firm and officer decides who is drawn."""

import hashlib
from dataclasses import dataclass


def commitment(seed: str) -> str:
    """Commitment to a draw: SHA-256 of its seed, published before the draw."""
    return hashlib.sha256(seed.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class DrawTicket:
    """One building of the random draw, with the ticket that decides whether it is drawn."""

    building_id: str
    ticket: str
    """SHA-256 of `seed|building_id`, hexadecimal; the smallest tickets are drawn."""
    inclusion_probability: float
    """Probability that the building is drawn, in [0, 1]."""
    is_drawn: bool
    size: float = 1.0
    """Size by which the ticket is divided before comparison; equal sizes give equal probabilities."""


@dataclass(frozen=True, slots=True)
class FirmTicket:
    """One firm of a drawn building, with the ticket that decides whether the visit inspects it."""

    building_id: str
    uscc: str
    ticket: str
    """SHA-256 of `seed|uscc`, hexadecimal."""
    ratio: float
    """Relative chance of the firm's credit class; firms are drawn in order of ticket / ratio."""
    inclusion_probability: float
    """Probability that the firm is drawn, given that its building is, in [0, 1]."""
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class OfficerTicket:
    """One officer who may be drawn for a drawn visit of the officer's district, with the ticket and the outcome."""

    visit_id: str
    person_id: str
    agency: str
    ticket: str
    """SHA-256 of `seed|building_id|person_id`, hexadecimal."""
    status: str
    """
    `drawn`, or why not: `recused`; `rotated`, since on the last visit together with an officer of an earlier ticket;
    `taken` by an earlier drawn visit; `alternate`, not needed.
    """


@dataclass(frozen=True, slots=True)
class Draw:
    """The random draw (抽取记录), reproducible from this record."""

    seed: str
    """Text that determines all tickets."""
    pool_sha256: str
    """SHA-256 of the ids of the buildings to draw from, sorted, one per line."""
    n_drawn: int
    """Number of buildings drawn."""
    tickets: tuple[DrawTicket, ...]
    """Every candidate building, in the order of the draw."""
    firms: tuple[FirmTicket, ...] = ()
    """Every candidate firm of each drawn building, in the order of the draw."""
    officers: tuple[OfficerTicket, ...] = ()
    """Every candidate officer of each drawn visit, in ticket order."""
