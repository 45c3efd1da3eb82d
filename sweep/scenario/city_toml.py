"""Record of city.toml, with which a scenario takes a made-up city as its data."""

from datetime import date

from pydantic import Field

from sweep.scenario.base_section import Section, Seed

CITY_FILE = "city.toml"


class City(Section):
    """city.toml: the scenario's data are those of a made-up city, generated into the user's cache."""

    seed: Seed = 1
    """Seed from which the city is generated."""
    day: date | None = None
    """Day up to which leads and visits are made up; without it, the scenario's day."""
    n_buildings: int = Field(290, ge=4, le=5_000)
    """Number of buildings."""
    n_dens: int = Field(40, ge=0, le=5_000)
    """Number of dens in the city, unknown to the planner."""
    n_leads: int = Field(600, ge=1, le=1_000_000)
    """Number of leads in the year before the day."""
    n_police: int = Field(72, ge=1, le=10_000)
    """Number of police officers on the roster."""
    n_market_regulation: int = Field(28, ge=0, le=10_000)
    """Number of market-regulation officers on the roster."""
    n_auxiliary: int = Field(24, ge=0, le=10_000)
    """Number of auxiliaries on the roster."""
