"""Records of buildings, firms, leads and past visits."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Building:
    """One office building, with its size and the ids of its complex, property company and landlord."""

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
    """One firm in a building, which a visit may inspect."""

    uscc: str
    name: str
    floor_label: str
    unit: str


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead (a report of suspected fraud) matched to a building."""

    lead_id: str
    building_id: str
    lead_type: str
    received_at: datetime
    due_at: datetime | None = None
    """Due time stated by the lead; None: by the hours of its type, else by working days (C22)."""
    uscc: str | None = None
    """Firm that the lead names, if any."""


@dataclass(frozen=True, slots=True)
class PastVisit:
    """One past visit to a building, from the history table."""

    building_id: str
    uscc: str | None
    visited_on: datetime
    track: str
    authority: str
    ground: str | None = None
    """Exemption for which the annual cap does not count the visit; None if it counts."""
    officers: tuple[str, ...] = ()
    """Ids of the officers who made the visit."""
    outcome: str = ""
    """One of `geodata.schema.OUTCOMES`; empty if not known."""
