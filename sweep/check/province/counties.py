"""What holds between the counties of a province: linked sites start together or not at all, mobile teams go once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sweep.records.plan import Plan, Violation
from sweep.records.province import Link, MobileTeam


def check_province(
    links: Sequence[Link], n_mobile: int, team: MobileTeam, mobile_id: str, plans: Mapping[str, Plan]
) -> Iterator[Violation]:
    """
    Every breach between counties; what a county breaks alone is judged by its own rules.

    Parameters
    ----------
    n_mobile
        Mobile teams that there are.
    team
        Who is in each.
    mobile_id
        How the pseudonyms of mobile people begin.
    plans
        By county id.
    """
    for link in links:
        yield from _together(link, plans)
    people = {county: _mobile_people(plan, mobile_id) for county, plan in plans.items()}
    sent = {county: len({i.partition("-")[0] for i in ids}) for county, ids in people.items()}
    if sum(sent.values()) > n_mobile:
        counts = ", ".join(f"{county} {n}" for county, n in sorted(sent.items()) if n)
        yield Violation("P08", "mobile", {"detail": f"{sum(sent.values())} > {n_mobile}: {counts}"})
    size = team.n_officers + team.n_inspectors
    for county, ids in sorted(people.items()):
        for person_id in ids:
            seat = person_id.partition("-")[2]
            if not seat.isdigit() or not 1 <= int(seat) <= size:
                yield Violation("C12", f"{county} {person_id}", {"detail": f"mobile: {size}"})


def _together(link: Link, plans: Mapping[str, Plan]) -> Iterator[Violation]:
    starts = [
        (f"{site.county_id} {site.building_id}", _start_s(plans.get(site.county_id), site.building_id))
        for site in link.sites
    ]
    made = [s for _, s in starts if s is not None]
    if made and (len(made) < len(starts) or max(made) - min(made) > link.tolerance_s):
        shown = ", ".join(
            f"{where} {'-' if s is None else f'{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}'}" for where, s in starts
        )
        yield Violation("C16", link.link_id, {"detail": shown})


def _start_s(plan: Plan | None, building_id: str) -> int | None:
    """The first start at a building whose door was open."""
    stops = [s for r in plan.routes for s in r.stops] if plan else []
    return min((s.start_s for s in stops if s.building_id == building_id and not s.is_attempt), default=None)


def _mobile_people(plan: Plan, mobile_id: str) -> list[str]:
    return sorted({i for t in plan.teams for i in t.member_ids if i.startswith(mobile_id)})
