"""Checker's rules on duty, team membership and officers across days (M02-M04, C01)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from geodata.clock_times import monday_of
from sweep.campaign.campaign_settings import DutyLimits
from sweep.campaign.check.campaign_inputs import CampaignInputs, duty_by_person, shift_on
from sweep.campaign.records import CampaignRecord
from sweep.records.plan import Violation


def check_m02_on_duty(inputs: CampaignInputs) -> Iterator[Violation]:
    """M02: every team member is on duty that day, and if the team has stops, from its departure to its return."""
    rows = duty_by_person(inputs)
    for day in inputs.record.days:
        for team in day.teams:
            for person_id in team.member_ids:
                shift = shift_on(inputs, rows.get(person_id, ()), person_id, day.day)
                is_out = bool(team.stops)
                if shift is None or (is_out and (shift[0] > team.depart_s or shift[1] < team.return_s)):
                    detail = "-" if shift is None else f"{shift[0] / 3600:.1f}-{shift[1] / 3600:.1f} h"
                    yield Violation("M02", f"{day.day} {team.team_id} {person_id}", {"detail": detail})


def check_m03_one_team(inputs: CampaignInputs) -> Iterator[Violation]:
    """M03: no person is in two teams of a day, and no day occurs twice."""
    for day, n in Counter(d.day for d in inputs.record.days).items():
        if n > 1:
            yield Violation("M03", day.isoformat(), {"detail": f"{n} x"})
    for part in inputs.record.days:
        counts = Counter(i for t in part.teams for i in t.member_ids)
        for person_id, n in sorted(counts.items()):
            if n > 1:
                yield Violation("M03", f"{part.day} {person_id}", {"detail": f"{n} x"})


def check_m04_limits(inputs: CampaignInputs) -> Iterator[Violation]:
    """
    M04: no person exceeds the limits on days and hours per week, hours in four weeks, nights and rest.

    Past days count with those of the window; a limit broken by past days alone is not reported.
    """
    shift = (inputs.settings.plan.shift_start_s, inputs.settings.plan.shift_end_s)
    duties: dict[str, set[date]] = defaultdict(set)
    for day, person_id in (*_in_teams(inputs.record), *_sent_before(inputs)):
        duties[person_id].add(day)
    window = {d.day for d in inputs.record.days}
    for person_id, days in sorted(duties.items()):
        for broken in _exceeded_limits(sorted(days), window, shift, inputs.campaign.duty):
            yield Violation("M04", person_id, {"detail": broken})


def _in_teams(record: CampaignRecord) -> Iterator[tuple[date, str]]:
    return ((d.day, i) for d in record.days for t in d.teams for i in t.member_ids)


def _sent_before(inputs: CampaignInputs) -> Iterator[tuple[date, str]]:
    """
    Yield (day, person id) for each day before the window on which a person was in a team; pairs may repeat.

    Three sources are joined, since a record may omit a duty: this record, the record before it and published editions.
    """
    records = [r for r in (inputs.record, inputs.before) if r is not None]
    carried = [(part.day, i) for r in records for part in r.carried.sent for i in part.member_ids]
    planned = [pair for r in records for pair in _in_teams(r)]
    published = [(day, i) for day, people in inputs.sent.items() for i in people]
    return ((day, i) for day, i in (*carried, *planned, *published) if day < inputs.record.planned_on)


def _exceeded_limits(
    days: Sequence[date], window: Collection[date], shift: tuple[int, int], limits: DutyLimits
) -> Iterator[str]:
    """
    Yield a text for each limit that a person exceeds with one duty on each of `days`.

    A limit is not reported if no day in `window` contributes to its excess. `shift`: start and end of each duty,
    seconds after midnight.
    """
    _day_s, _night_from_s, _night_until_s = 86_400, 79_200, 21_600
    hours = (shift[1] - shift[0]) / 3600.0
    is_night = shift[1] > _night_from_s or shift[0] < _night_until_s
    now = [d for d in days if d in window]
    weeks = {monday_of(d) for d in now}
    by_week = Counter(monday_of(d) for d in days if monday_of(d) in weeks)
    for week, n in sorted(by_week.items()):
        if n > limits.days_per_week or n * hours > limits.hours_per_week + 1e-9:
            yield f"{week}: {n}, {n * hours:.1f} h"
        if is_night and n > limits.nights_per_week:
            yield f"{week}: {n}"
    for first in days:
        n, n_now = (sum(first <= d < first + timedelta(days=28) for d in of) for of in (days, now))
        if n_now and n * hours > limits.hours_in_four_weeks + 1e-9:
            yield f"{first}: {n * hours:.1f} h"
            break
    for one, after in pairwise(days):
        rest = ((after - one).days * _day_s + shift[0] - shift[1]) / 3600.0
        if after in window and rest < limits.rest_hours - 1e-9:
            yield f"{one}: {rest:.1f} h"


def check_c01_officers(inputs: CampaignInputs) -> Iterator[Violation]:
    """
    C01: a team has enough certified officers of each authority, unless all its stops are stocktakes.

    In mode `squads`, only those authorities count that have a certified officer in the team.
    """
    teams = inputs.settings.teams
    for day in inputs.record.days:
        tracks = {v.visit_id: v.track for v in day.visits}
        for team in day.teams:
            people = [inputs.persons[i] for i in team.member_ids if i in inputs.persons]
            has = Counter(p.agency for p in people if p.is_certified(day.day))
            only_stock = {tracks.get(s.visit_id) for s in team.stops} == {"stocktake"}
            for agency, needs in teams.min_certified.items():
                is_own = teams.mode != "squads" or has[agency] > 0
                if has[agency] < needs and is_own and not only_stock:
                    detail = f"{agency} {has[agency]} < {needs}"
                    yield Violation("C01", f"{day.day} {team.team_id}", {"detail": detail})
