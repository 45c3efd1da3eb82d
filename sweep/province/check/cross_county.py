"""Checker's rules between counties: linked sites start together or not at all, mobile teams serve one county."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sweep.campaign.records import CampaignRecord
from sweep.province.records import Link, MobileTeam
from sweep.records.plan import Plan, Violation


@dataclass(frozen=True, slots=True)
class CountySummary:
    """Summary of a county's plan, used to check start times and people across counties."""

    starts_s: Mapping[str, int]
    """First start at each building entered, in seconds after the first midnight, by building id."""
    on_duty: Mapping[str, frozenset[str]]
    """Ids of team members by day; the single day of a day plan has the key ""."""

    @property
    def person_ids(self) -> frozenset[str]:
        """Return the ids of the people who are in a team of the county on at least one day."""
        return frozenset().union(*self.on_duty.values())


def summary_of_plan(plan: Plan) -> CountySummary:
    """Return the first start in each building and all team members of a county's day plan, to compare counties."""
    starts = ((s.building_id, s.start_s) for r in plan.routes for s in r.made)
    return CountySummary(_first(starts), {"": frozenset(i for t in plan.teams for i in t.member_ids)})


def summary_of_window(record: CampaignRecord, first_day: date) -> CountySummary:
    """Return first starts and team members of a county's window; starts in seconds after midnight of `first_day`."""
    starts = (
        (s.building_id, (d.day - first_day).days * 86_400 + s.start_s)
        for d in record.days
        for t in d.teams
        for s in t.stops
    )
    people = {d.day.isoformat(): frozenset(i for t in d.teams for i in t.member_ids) for d in record.days}
    return CountySummary(_first(starts), people)


def _first(starts: Iterable[tuple[str, int]]) -> dict[str, int]:
    # The first start of a building is the last of its pairs.
    return dict(sorted(starts, reverse=True))


def check_province(
    links: Sequence[Link], n_mobile: int, team: MobileTeam, mobile_id: str, counties: Mapping[str, CountySummary]
) -> Iterator[Violation]:
    """
    Yield violations between counties: starts of linked sites (C16), number (P08) and people (C12) of mobile teams.

    `n_mobile`, `team`: number and size of the province's mobile teams; `mobile_id`: prefix of mobile people's ids;
    `counties`: by county id.
    """
    for link in links:
        yield from _check_common_starts(link, counties)
    people = {c: sorted(i for i in summary.person_ids if i.startswith(mobile_id)) for c, summary in counties.items()}
    n_mobile_of = {county: len({i.partition("-")[0] for i in ids}) for county, ids in people.items()}
    if sum(n_mobile_of.values()) > n_mobile:
        counts = ", ".join(f"{county} {n}" for county, n in sorted(n_mobile_of.items()) if n)
        yield Violation("P08", "mobile", {"detail": f"{sum(n_mobile_of.values())} > {n_mobile}: {counts}"})
    size = team.n_officers + team.n_inspectors
    for county, ids in sorted(people.items()):
        for person_id in ids:
            seat = person_id.partition("-")[2]
            if not seat.isdigit() or not 1 <= int(seat) <= size:
                yield Violation("C12", f"{county} {person_id}", {"detail": f"mobile: {size}"})


def check_people_once(mobile_id: str, counties: Mapping[str, CountySummary]) -> Iterator[Violation]:
    """
    Yield a violation (P01) for each person, except mobile ones, who is in teams of several counties on one day.

    `mobile_id`: prefix of mobile people's ids; `counties`: by county id. Person ids must be unique in the province.
    """
    at: dict[tuple[str, str], list[str]] = {}
    for county_id, summary in sorted(counties.items()):
        for day, ids in summary.on_duty.items():
            for person_id in ids:
                at.setdefault((day, person_id), []).append(county_id)
    for (day, person_id), county_ids in sorted(at.items()):
        if len(county_ids) > 1 and not person_id.startswith(mobile_id):
            yield Violation("P01", f"{person_id} {day}".rstrip(), {"detail": ", ".join(county_ids)})


def _check_common_starts(link: Link, counties: Mapping[str, CountySummary]) -> Iterator[Violation]:
    none = CountySummary({}, {})
    starts = [
        (f"{site.county_id} {site.building_id}", counties.get(site.county_id, none).starts_s.get(site.building_id))
        for site in link.sites
    ]
    made = [s for _, s in starts if s is not None]
    if made and (len(made) < len(starts) or max(made) - min(made) > link.tolerance_s):
        shown = ", ".join(
            f"{where} {'-' if s is None else f'{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}'}" for where, s in starts
        )
        yield Violation("C16", link.link_id, {"detail": shown})
