"""The csv of all stops, one row a team and stop: what other programs of the office read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geodata.datum.names import WGS84, Datum
from sweep.disk.csv_text import csv_text
from sweep.publish.edition import Edition
from sweep.publish.facts.teams import team_facts
from sweep.publish.facts.times import iso_time
from sweep.publish.facts.wording import building_name

_COLUMNS = (
    "team_id",
    "letter",
    "number",
    "visit_id",
    "building_id",
    "building_name",
    "address",
    "division_code",
    "track",
    "arrive_at",
    "start_at",
    "end_at",
    "floor_from",
    "floor_to",
    "n_exits",
    "n_guards",
    "targets",
    "partners",
    "travel_s",
    "distance_m",
    "is_attempt",
)


def stops_csv(edition: Edition, datum: Datum = WGS84) -> str:
    """
    Every stop in the order of the teams and their routes.

    Parameters
    ----------
    edition
        A plan that breaks no rule.
    datum
        What its coordinates are in; columns that are not in WGS-84 say so in their names.
    """
    ends = "" if datum == WGS84 else f"_{datum.name}"

    def rows() -> Iterator[Sequence[object]]:
        for team in team_facts(edition):
            for s in team.stops:
                yield (
                    team.team.team_id,
                    team.letter,
                    s.number,
                    s.visit.visit_id,
                    s.building.building_id,
                    building_name(s.building, s.building.building_id),
                    s.building.address,
                    s.visit.division_code,
                    s.visit.track,
                    iso_time(edition, s.stop.arrive_s),
                    iso_time(edition, s.stop.start_s),
                    iso_time(edition, s.stop.end_s),
                    *s.floors,
                    s.building.n_exits,
                    s.slot.n_guards,
                    " ".join(s.targets),
                    " ".join(s.partner_letters),
                    s.stop.travel_s,
                    s.stop.distance_m,
                    s.stop.is_attempt,
                    s.building.lon,
                    s.building.lat,
                )

    return csv_text((*_COLUMNS, f"lon{ends}", f"lat{ends}"), rows())
