"""[roads]: parking, walking and access times, and slower traffic at certain hours."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from sweep.scenario.base_section import Clock, Section
from sweep.scenario.setting_errors import setting_error

type RoadClass = Literal["motorway", "trunk", "primary", "secondary", "tertiary", "other"]
type Factor = Annotated[float, Field(ge=0.2, le=5.0)]


_DAY_S = 86_400


class Period(Section):
    """[[roads.periods]]: hours of every day with other traffic; outside them streets are free."""

    from_s: Clock = Field(alias="from")
    """Start of the period."""
    until_s: Clock = Field(alias="until")
    """End of the period."""
    factors: Mapping[RoadClass, Factor]
    """Travel time over that on free streets, by road class; 1 for a class that is not named."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until_s <= self.from_s:
            raise setting_error("later", later="until", earlier="from")
        return self


def _spans(periods: Iterable[Period]) -> list[tuple[int, int]]:
    """Start and end of each period in seconds after midnight, repeated for the days before and after."""
    return [(p.from_s + k * _DAY_S, p.until_s + k * _DAY_S) for p in periods for k in (-1, 0, 1)]


class Roads(Section):
    """[roads]: how teams get to a door; walking and periods with a street file only."""

    parking_minutes: float = Field(3.0, ge=0, le=60)
    """Minutes to park the car after each drive."""
    indoors_minutes: float = Field(4.0, ge=0, le=60)
    """Minutes from the car or the pavement to the lobby of each building and of waiting for lifts, before the entry
    (`plan.entry_minutes`) begins."""
    walk_within_m: float = Field(0.0, ge=0, le=3_000)
    """Longest way in metres that is walked where that is quicker than to drive and park; 0: never."""
    periods: tuple[Period, ...] = ()
    """At other hours streets are free."""

    @field_validator("periods")
    @classmethod
    def _apart(cls, value: tuple[Period, ...]) -> tuple[Period, ...]:
        if any(next_from_s < until_s for (_, until_s), (next_from_s, _) in pairwise(sorted(_spans(value)))):
            raise setting_error("overlap")
        return value

    @property
    def parking_s(self) -> int:
        """Seconds of parking after a drive."""
        return round(60 * self.parking_minutes)

    @property
    def indoors_s(self) -> int:
        """Seconds from the car or the pavement to the start of an entry, lifts included."""
        return round(60 * self.indoors_minutes)

    def factors(self, shift_s: tuple[int, int]) -> dict[str, float]:
        """Mean travel time factor over a shift by road class, weighted by overlap with the periods."""
        total_s = shift_s[1] - shift_s[0]
        more: dict[str, float] = {}
        for period in self.periods:
            spans = _spans([period])
            shared_s = sum(max(0, min(until_s, shift_s[1]) - max(from_s, shift_s[0])) for from_s, until_s in spans)
            for name, factor in period.factors.items():
                more[name] = more.get(name, 0.0) + (factor - 1.0) * shared_s / total_s
        return {name: round(1.0 + extra, 4) for name, extra in sorted(more.items()) if abs(extra) > 1e-9}
