"""Section [roads]: parking, walking and access times, and periods with slower traffic."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from geodata.clock_times import DAY_S
from sweep.scenario.base_section import Clock, Section
from sweep.scenario.setting_errors import setting_error

type RoadClass = Literal["motorway", "trunk", "primary", "secondary", "tertiary", "other"]
type Factor = Annotated[float, Field(ge=0.2, le=5.0)]


class Period(Section):
    """[[roads.periods]]: hours of every day with slower or faster traffic; at other hours traffic flows freely."""

    from_s: Clock = Field(alias="from")
    """Start of the period."""
    until_s: Clock = Field(alias="until")
    """End of the period."""
    factors: Mapping[RoadClass, Factor]
    """Travel time relative to free flow, by road class; 1 for a class that is not named."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until_s <= self.from_s:
            raise setting_error("later", later="until", earlier="from")
        return self


def _spans(periods: Iterable[Period]) -> list[tuple[int, int]]:
    """Return (start, end) of each period on the day, the day before and the day after, in seconds after midnight."""
    return [(p.from_s + k * DAY_S, p.until_s + k * DAY_S) for p in periods for k in (-1, 0, 1)]


class Roads(Section):
    """[roads]: travel from door to door; walking and periods need a street file."""

    parking_minutes: float = Field(3.0, ge=0, le=60)
    """Minutes to park the car after each drive."""
    indoors_minutes: float = Field(4.0, ge=0, le=60)
    """Minutes from the car or the pavement to the lobby of each building and of waiting for lifts, before the entry
    (`plan.entry_minutes`) begins."""
    walk_within_m: float = Field(0.0, ge=0, le=3_000)
    """Longest walk in metres, where walking is faster than driving and parking; 0: never."""
    periods: tuple[Period, ...] = ()
    """Periods with slower or faster traffic; at other hours traffic flows freely."""

    @field_validator("periods")
    @classmethod
    def _apart(cls, value: tuple[Period, ...]) -> tuple[Period, ...]:
        if any(next_from_s < until_s for (_, until_s), (next_from_s, _) in pairwise(sorted(_spans(value)))):
            raise setting_error("overlap")
        return value

    @property
    def parking_s(self) -> int:
        """Return the seconds of parking after a drive."""
        return round(60 * self.parking_minutes)

    @property
    def indoors_s(self) -> int:
        """Return the seconds from the car or the pavement to the lobby, where the entry begins, lifts included."""
        return round(60 * self.indoors_minutes)

    def factors(self, shift_s: tuple[int, int]) -> dict[str, float]:
        """
        Return by road class the mean travel time factor over a shift, weighted by overlap with the traffic periods.

        `shift_s`: start and end of the shift, seconds after midnight. Classes with factor 1 are missing.
        """
        total_s = shift_s[1] - shift_s[0]
        more: dict[str, float] = {}
        for period in self.periods:
            spans = _spans([period])
            shared_s = sum(max(0, min(until_s, shift_s[1]) - max(from_s, shift_s[0])) for from_s, until_s in spans)
            for name, factor in period.factors.items():
                more[name] = more.get(name, 0.0) + (factor - 1.0) * shared_s / total_s
        return {name: round(1.0 + extra, 4) for name, extra in sorted(more.items()) if abs(extra) > 1e-9}
