"""Records of buildings, and of their firms, leads and past visits."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Building:
    """One office tower."""

    building_id: str
    name: str
    address: str
    division_code: str
    complex_id: str | None
    property_company_id: str | None
    n_floors: int
    n_exits: int
    n_firms: int
    floor_area_m2: float
    lon: float
    lat: float
    landlord_id: str | None = None


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm that a visit may inspect."""

    uscc: str
    name: str
    floor_label: str
    unit: str


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead matched to a building."""

    lead_id: str
    building_id: str
    lead_type: str
    received_at: datetime
    due_at: datetime | None = None
    """Due time of the lead itself; None: by the hours of its type, else by working days (C22)."""
    uscc: str | None = None
    """Firm that the lead names, if any."""


@dataclass(frozen=True, slots=True)
class PastVisit:
    """One row of the history."""

    building_id: str
    uscc: str | None
    visited_on: datetime
    track: str
    authority: str
    ground: str | None = None
    """Ground on which the annual cap does not count the visit; None if it counts."""
    officers: tuple[str, ...] = ()
    """Ids of the officers who made the visit."""
