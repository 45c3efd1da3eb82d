"""Verifier's own counts of past inspections and visits."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from sweep.records.buildings import PastVisit
from sweep.scenario.law_and_form_settings import Codes

# Tracks that the annual cap does not count (C06).
_UNCOUNTED = frozenset({"stocktake", "case", "investigation"})


def count_inspections(past: Iterable[PastVisit], day: date, exempt: Collection[str]) -> dict[tuple[str, str], int]:
    """
    Return the number of past inspections in the year of `day` that count towards the cap, by (authority, uscc).

    Stocktakes, case visits, investigations and visits on a ground (`PastVisit.ground`) in `exempt` do not count.
    """
    return Counter(
        (v.authority, v.uscc)
        for v in past
        if v.uscc is not None
        and v.visited_on.year == day.year
        and v.visited_on.date() < day
        and v.track not in _UNCOUNTED
        and v.ground not in exempt
    )


def inspection_days(past: Iterable[PastVisit], others: Iterable[tuple[str, date]], day: date) -> dict[str, list[date]]:
    """
    Return, by uscc, the days of each firm's inspections: those in `past` before `day`, and by other authorities (C33).

    All rows of `past` about one firm on one day are one joint inspection. `others`: (uscc, day) for other authorities.
    """
    own = {
        (v.uscc, v.visited_on.date())
        for v in past
        if v.uscc is not None and v.visited_on.date() < day and v.track not in ("stocktake", "investigation")
    }
    found: dict[str, list[date]] = {}
    for uscc, on in (*sorted(own), *others):
        found.setdefault(uscc, []).append(on)
    return found


def exceeded_limit(days: Iterable[date], day: date, codes: Codes) -> str:
    """
    Return the limit that one more inspection of a firm on `day` exceeds, as "week: 2 + 1 > 2"; empty if none (C33).

    `days`: days of the firm's other inspections; `codes`: the limits.
    """
    known = list(days)
    counts = (
        ("day", sum(d == day for d in known), codes.inspections_max["day"]),
        ("week", sum(d.isocalendar()[:2] == day.isocalendar()[:2] for d in known), codes.inspections_max["week"]),
        ("month", sum((d.year, d.month) == (day.year, day.month) for d in known), codes.inspections_max["month"]),
    )
    return next((f"{name}: {n} + 1 > {most}" for name, n, most in counts if n + 1 > most), "")


def empty_in_a_row(past: Iterable[PastVisit], day: date) -> frozenset[tuple[str, str]]:
    """Return (person id, uscc) if the person's last 3 inspections of a firm in the year before `day` found nothing."""
    is_empty: dict[tuple[str, str], dict[date, bool]] = {}
    for v in past:
        on = v.visited_on.date()
        if v.uscc is None or v.outcome == "no_access" or v.track in ("stocktake", "investigation"):
            continue
        for person_id in v.officers if day - timedelta(days=365) <= on < day else ():
            days = is_empty.setdefault((person_id, v.uscc), {})
            days[on] = days.get(on, True) and v.outcome == "nothing"
    last = {pair: [days[on] for on in sorted(days)[-3:]] for pair, days in is_empty.items()}
    return frozenset(pair for pair, found in last.items() if len(found) == 3 and all(found))


def past_by_building(past: Iterable[PastVisit]) -> dict[str, list[PastVisit]]:
    """Return the past visits of each building, by building id."""
    found: dict[str, list[PastVisit]] = {}
    for visit in past:
        found.setdefault(visit.building_id, []).append(visit)
    return found


def last_visit(past: Iterable[PastVisit], building_id: str, day: date) -> datetime | None:
    """Return the time of the building's last visit before the day; None without one."""
    return max((v.visited_on for v in past if v.building_id == building_id and v.visited_on.date() < day), default=None)


def last_look(past: Iterable[PastVisit], building_id: str, day: date) -> datetime | None:
    """Return the time of the building's last visit before `day`, not counting re-checks (C27); None without one."""
    return last_visit((v for v in past if v.ground != "recheck"), building_id, day)


def last_members(past: Iterable[PastVisit], building_id: str, day: date) -> list[frozenset[str]]:
    """Return the officers of the building's last visit before `day`: a set of ids for each row of `past` about it."""
    last = last_visit(past, building_id, day)
    if last is None:
        return []
    return [
        frozenset(v.officers)
        for v in past
        if v.building_id == building_id and v.visited_on.date() == last.date() and v.officers
    ]
