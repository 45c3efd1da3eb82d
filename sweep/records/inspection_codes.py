"""Records of inspection codes (检查码): an inspection filed with a platform, and the code that the platform issues."""

from dataclasses import dataclass
from datetime import datetime

from sweep.records.people import MARKET_REGULATION, POLICE

# Authorities that file inspections, in the order of the table.
FILING_AUTHORITIES = (POLICE, MARKET_REGULATION)


@dataclass(frozen=True, slots=True)
class Filing:
    """Inspection of one firm by one authority on one visit, filed with a platform before the visit."""

    visit_id: str
    authority: str
    uscc: str
    officers: tuple[str, ...]
    """Ids of the certified officers of the authority who inspect the firm."""
    start_s: int
    """Planned start, seconds after midnight."""
    end_s: int
    is_joint: bool
    """Whether both authorities inspect the firm on this visit."""

    @property
    def filing_id(self) -> str:
        """Key of the filing, unique within a day: visit, authority and firm."""
        return f"{self.visit_id}/{self.authority}/{self.uscc}"


@dataclass(frozen=True, slots=True)
class InspectionCode:
    """Code that the inspection platform issued for an inspection, with the filing for which it was issued."""

    code: str
    filed: Filing
    valid_until: datetime | None = None
    """Time after which the code is void; None: no limit."""
