"""
Settings of the synthetic city.

In this module and the two that it imports, tags such as [S86] are sources listed in the domain notes, and [U] is an
assumption without a source. No number is tuned to a ranking: all were set before the first ranking of the city.
"""

from dataclasses import dataclass, field
from datetime import date

from sweep.made_up.settings.den_lead_and_visit_settings import DenSettings, HistorySettings, LeadSettings
from sweep.made_up.settings.places import DISTRICTS, BuildingSettings, District, FirmSettings, StreetSettings


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """Parameters of the roster; shares are assumptions, except where a rule is given in brackets."""

    female_share: float = 0.28
    expired_share: float = 0.03
    """Share of officers' certificates that have expired."""
    recused_share: float = 0.12
    """Share of people with one to three recusals (C10)."""
    shifts: tuple[tuple[str, str, float], ...] = (
        ("13:00", "18:00", 0.72),
        ("08:30", "17:30", 0.11),
        ("08:30", "18:00", 0.11),
        ("08:00", "12:00", 0.03),
        ("16:00", "23:00", 0.03),
    )
    """Start, end and share of people of each shift; the last two shifts miss the afternoon."""
    even_share: float = 0.5
    """Share of market-regulation officers spread evenly over districts; the rest follow building numbers (C12)."""


@dataclass(frozen=True, slots=True)
class SyntheticCitySettings:
    """
    All settings of the city; ValueError if the seed or a number is negative.

    [U]: an assumption; [S80] and others: sources in the domain notes.
    """

    seed: int
    day: date
    """Day of the sweep; leads and visits cover the 365 days before."""
    n_buildings: int = 290
    """Office buildings [S80]."""
    n_dens: int = 40
    """Dens open at some time of the year [domain section 5 derives 18 a year; doubled, so that rankings differ]."""
    n_leads: int = 600
    """Leads of a year: 200-600 located leads for a core district [U]."""
    n_police: int = 72
    """Police officers: operation A of the domain notes [S1] had 72, and another 24 people of other authorities."""
    n_market_regulation: int = 28
    """Officers of market regulation: enough for two in each of 14 teams [U]."""
    n_auxiliary: int = 24
    """Auxiliaries: half of them of the police, half grid members [U]."""
    city_name: str = "帆州市"
    lon: float = 117.0
    lat: float = 36.66
    """Centre of the city (`lon`, `lat`), degrees in WGS-84."""
    districts: tuple[District, ...] = DISTRICTS
    streets: StreetSettings = field(default_factory=StreetSettings)
    buildings: BuildingSettings = field(default_factory=BuildingSettings)
    firms: FirmSettings = field(default_factory=FirmSettings)
    dens: DenSettings = field(default_factory=DenSettings)
    leads: LeadSettings = field(default_factory=LeadSettings)
    history: HistorySettings = field(default_factory=HistorySettings)
    people: PeopleSettings = field(default_factory=PeopleSettings)

    def __post_init__(self) -> None:
        counts = ("seed", "n_buildings", "n_dens", "n_leads", "n_police", "n_market_regulation", "n_auxiliary")
        bad = {name: value for name in counts if (value := getattr(self, name)) < 0}
        if bad or self.n_buildings == 0:
            raise ValueError(
                f"CitySettings: counts and seed must be >= 0 and n_buildings >= 1, got {bad or 'no building'}"
            )
