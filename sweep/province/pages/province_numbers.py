"""Summary figures of a province, its cities and its counties."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from sweep.province.records import Allocation, CountyOutcome, Figures, ProvinceEdition
from sweep.publish.facts.find_count_distribution import combined_distribution


@dataclass(frozen=True, slots=True)
class SummaryFigures(Figures):
    """Summary figures of several counties; a county without a plan counts only in `n_counties`."""

    name: str
    n_counties: int
    n_planned: int
    """Counties with a plan."""
    n_mobile: int
    """Mobile teams allocated to these."""
    low: int
    """Lower limit of the 90 % interval of the number of finds; counties are taken as independent."""
    high: int

    @property
    def gap(self) -> float:
        """Return the optimality gap, 1 - value / bound, in [0, 1]."""
        return max(0.0, 1.0 - self.value / self.bound) if self.bound > 0 else 0.0


def province_figures(edition: ProvinceEdition) -> SummaryFigures:
    """Return the figures of the whole province; its bound holds for any allocation of the mobile teams."""
    whole = _figures(edition, edition.name, edition.counties)
    return replace(whole, bound=max(edition.allocation.bound, whole.value))


def next_gains(allocation: Allocation) -> list[tuple[str, float]]:
    """Return (county id, gain in the objective by one more mobile team) of each county with a gain, largest first."""
    gains = sorted(allocation.gains.items(), key=lambda pair: -pair[1])
    # A search may find less with one more team, so a curve may fall.
    return [(county_id, gain) for county_id, gain in gains if gain > 0]


def city_figures(edition: ProvinceEdition) -> list[SummaryFigures]:
    """Return the figures of each city, in the order of province.toml."""
    return [
        _figures(edition, name, [c for c in edition.counties if c.county.city_id == city_id])
        for city_id, name in edition.cities.items()
    ]


def _figures(edition: ProvinceEdition, name: str, counties: Sequence[CountyOutcome]) -> SummaryFigures:
    plans = [c.plan for c in counties if c.plan is not None]
    odds = combined_distribution([p.odds for p in plans])
    sent = edition.allocation.n_mobile
    return SummaryFigures(
        name=name,
        n_counties=len(counties),
        n_planned=len(plans),
        n_mobile=sum(sent.get(c.county.county_id, 0) for c in counties if c.plan),
        low=odds.low,
        high=odds.high,
        **{f.name: sum(getattr(p, f.name) for p in plans) for f in fields(Figures)},
    )
