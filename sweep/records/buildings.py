"""Records of buildings, firms, leads and past visits."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Building:
    """
    One office building, with its size and the ids of its complex, property company and landlord.

    `lon`, `lat`: main entrance, else a point inside the footprint; WGS-84.
    """

    building_id: str
    name: str
    """Name for display, never empty: building name, else address, else nearest street or id."""
    address: str
    """Address; empty if not known."""
    division_code: str
    """District, a division code of GB/T 2260."""
    complex_id: str | None
    """Id that the towers of one complex share."""
    property_company_id: str | None
    n_floors: int
    n_exits: int
    n_firms: int
    """Number of active firms registered in the building."""
    floor_area_m2: float
    """Gross floor area."""
    lon: float
    lat: float
    landlord_id: str | None = None


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm in a building, which a visit may inspect."""

    uscc: str
    name: str
    floor_label: str
    """Floor; empty if not known."""
    unit: str
    """Room; empty if not known."""


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead (a report of suspected fraud) matched to a building."""

    lead_id: str
    building_id: str
    lead_type: str
    """One of `geodata.schema.LEAD_TYPES`."""
    received_at: datetime
    """Time of receipt, from which deadlines count."""
    due_at: datetime | None = None
    """Due time stated by the lead; None: by the hours of its type, else by working days (C22)."""
    uscc: str | None = None
    """Firm that the lead names, if any."""


@dataclass(frozen=True, slots=True)
class PastVisit:
    """One past visit to a building, from the history table: a joint visit has one record for each authority."""

    building_id: str
    uscc: str | None
    """Firm that was inspected; None: the building as a whole."""
    visited_on: datetime
    track: str
    """One of `geodata.schema.TRACKS`."""
    authority: str
    """One of `geodata.schema.AGENCIES`."""
    ground: str | None = None
    """Exemption for which the annual cap does not count the visit; None if it counts."""
    officers: tuple[str, ...] = ()
    """Ids of the officers who made the visit."""
    outcome: str = ""
    """One of `geodata.schema.OUTCOMES`; empty if not known."""
