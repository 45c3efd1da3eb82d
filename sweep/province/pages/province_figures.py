"""The figures of a province, its cities and its counties."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sweep.province.records import Allocation, CountyOutcome, CountyPlan, ProvinceEdition
from sweep.publish.facts.find_odds import odds_together

# Figures of several counties that are the sums of theirs.
_SUMS = (
    *("value", "bound", "n_teams", "n_visits", "n_served", "n_leads", "n_leads_reached"),
    *("n_buildings", "n_buildings_reached", "finds_possible", "finds_reached"),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Several counties in figures; those without a plan count as counties alone."""

    name: str
    n_counties: int
    n_planned: int
    n_mobile: int
    value: float
    """Expected finds."""
    bound: float
    """With the mobile teams where they are, no plan of these teams is worth more."""
    low: int
    """Lower end of what nine such days of ten find; counties have nothing to do with each other."""
    high: int
    n_teams: int
    n_visits: int
    n_served: int
    n_leads: int
    n_leads_reached: int
    n_buildings: int
    n_buildings_reached: int
    finds_possible: float
    finds_reached: float

    @property
    def share(self) -> float:
        """Share of the expected finds of all buildings that the plans reach, in [0, 1]."""
        return share_reached(self)

    @property
    def gap(self) -> float:
        """Share of the bound that the plans may still be short of, in [0, 1]."""
        return max(0.0, 1.0 - self.value / self.bound) if self.bound > 0 else 0.0


def share_reached(of: Figures | CountyPlan) -> float:
    """Share of the expected finds of all buildings that is reached, in [0, 1]."""
    return of.finds_reached / of.finds_possible if of.finds_possible > 0 else 0.0


def province_figures(edition: ProvinceEdition) -> Figures:
    """Those of the whole; its bound holds wherever the mobile teams are sent."""
    whole = _figures(edition, edition.name, edition.counties)
    return replace(whole, bound=max(edition.allocation.bound, whole.value))


def next_gains(allocation: Allocation) -> list[tuple[str, float]]:
    """Where one mobile team more brings something, as expected finds by county id; most first."""
    gains = sorted(allocation.gains.items(), key=lambda pair: -pair[1])
    # A search may find less with a team more, so that a curve may fall.
    return [(county_id, gain) for county_id, gain in gains if gain > 0]


def city_figures(edition: ProvinceEdition) -> list[Figures]:
    """Those of each city, in the order of the province's file."""
    return [
        _figures(edition, name, [c for c in edition.counties if c.county.city_id == city_id])
        for city_id, name in edition.cities.items()
    ]


_SUMS = (
    *("value", "bound", "n_teams", "n_visits", "n_served", "n_leads", "n_leads_reached"),
    *("n_buildings", "n_buildings_reached", "finds_possible", "finds_reached"),
)


def _figures(edition: ProvinceEdition, name: str, counties: Sequence[CountyOutcome]) -> Figures:
    plans = [c.plan for c in counties if c.plan is not None]
    odds = odds_together([p.odds for p in plans])
    sent = edition.allocation.n_mobile
    return Figures(
        name=name,
        n_counties=len(counties),
        n_planned=len(plans),
        n_mobile=sum(sent.get(c.county.county_id, 0) for c in counties if c.plan),
        low=odds.low,
        high=odds.high,
        **{name: sum(getattr(p, name) for p in plans) for name in _SUMS},
    )
