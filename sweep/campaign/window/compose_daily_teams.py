"""Composition of the teams of each day in the window, within the duty limits of the people."""

import contextlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

from geodata.clock_times import clock, monday_of
from geodata.errors import InputError, Issue
from sweep.campaign.campaign_settings import DutyLimits
from sweep.campaign.model.duty_roster import Duty, broken_limit, on_duty
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.jobs.stages.rank_day import n_reserve, n_teams
from sweep.plan.feasible.roster_shortfalls import most_teams
from sweep.plan.problem.eligibility import active_teams, may_serve
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.compose_teams import DETERMINISTIC_TIME, compose_teams
from sweep.plan.teams.make_teams import with_members
from sweep.records.people import Person, Team
from sweep.records.visits import Slot, Visit

type Load = dict[str, list[Duty]]


def people_by_day(loaded: LoadedCampaign, days: Sequence[date]) -> dict[date, dict[str, Person]]:
    """
    Return the people on duty by day and id.

    InputError S659 if no certified person of the roster covers the whole shift, S912 if none on duty on a day does.
    """
    shift_s = (loaded.scenario.plan.shift_start_s, loaded.scenario.plan.shift_end_s)
    if not any(p.covers(shift_s) and p.is_certified(days[0]) for p in loaded.persons.values()):
        shift = "-".join(map(clock, shift_s))
        raise InputError([Issue("S659", "roster", {"n": len(loaded.persons), "shift": shift})])
    people_of = {day: on_duty(loaded.persons, loaded.duty, day) for day in days}
    empty = [
        day
        for day, people in people_of.items()
        if not any(p.covers(shift_s) and p.is_certified(day) for p in people.values())
    ]
    if empty:
        file = loaded.campaign.duty.file
        raise InputError(Issue("S912", f"{file} {d.isoformat()}", {"day": d.isoformat()}) for d in empty)
    return people_of


def within_duty_limits(people: Mapping[str, Person], load: Load, then: Duty, limits: DutyLimits) -> dict[str, Person]:
    """Return the people, by id, whom `limits` allow the duty `then` in addition to their duties in `load`."""
    return {i: p for i, p in people.items() if broken_limit(load.get(i, ()), then, limits) is None}


def teams_of_day(
    loaded: LoadedCampaign,
    problem: Problem,
    day: date,
    load: Load,
    seed: int,
    published: Sequence[Team] = (),
    n_open: Mapping[str, int] | None = None,
    *,
    is_approved: bool = False,
) -> tuple[Team, ...]:
    """
    Return the teams of a day: the published ones, with substitutes for absent members, else a new composition.

    Parameters
    ----------
    problem
        Problem of the day, without teams.
    load
        Duties of each person so far, by id, which a composition evens out; the day's duties are added in place.
    published
        Published teams of the day; empty: compose new ones.
    n_open
        Number of teams on other days that may visit a building, by its id; a composition favours buildings with few.
    is_approved
        Whether the published teams are approved; if so, a team that cannot go is dropped and the others stay.

    Raises
    ------
    InputError
        If no teams can be composed of the people on duty.
    """
    shift = Duty(day, *problem.shift_s)
    people = within_duty_limits({p.person_id: p for p in problem.people}, load, shift, loaded.campaign.duty)
    with_everyone = with_rules(loaded, replace(problem, people=tuple(people.values())), day)
    teams = _published_teams(with_everyone, loaded.persons, published, is_approved=is_approved)
    share = duty_share(loaded, shift)
    if not teams and share < 1.0:
        kept = fair_share(with_everyone, load, math.ceil(share * len(problem.people)))
        with contextlib.suppress(InputError):
            teams = _compose_evenly(with_rules(loaded, replace(problem, people=kept), day), load, seed, n_open)
    teams = teams or _compose_for_day(loaded, with_everyone, day, load, seed, n_open)
    for team in teams:
        for person_id in team.member_ids:
            load.setdefault(person_id, []).append(shift)
    return teams


def n_teams_per_visit(problem: Problem, teams: Sequence[Team]) -> Counter[str]:
    """
    Return, by building id, the number of active teams that may fill at least one slot of the building's visit, divided
    by the visit's number of slots and rounded down. A building with the result 0 is missing.
    """
    active = active_teams(teams)

    def n_for_each(visit: Visit) -> int:
        return sum(any(may_serve(problem, visit, s.slot, t) for s in visit.slots) for t in active) // len(visit.slots)

    return +Counter({v.building_id: n_for_each(v) for v in problem.visits})


def rotating_teams(problem: Problem, n: int) -> list[tuple[Team, ...]]:
    """
    Return `n` compositions of the same people that take turns in a replay.

    Each separates officers whom an earlier one joins in a team (C28), and favours buildings that few teams may visit.
    """
    compositions: list[tuple[Team, ...]] = []
    n_open: Counter[str] = Counter()
    for turn in range(n):
        with_virtual_visits = replace(problem, visits=(*problem.visits, *_virtual_visits(problem, compositions)))
        compositions.append(compose_teams(with_virtual_visits, turn, n_other_teams=n_open))
        n_open.update(n_teams_per_visit(problem, compositions[-1]))
    return compositions


def _virtual_visits(problem: Problem, compositions: Sequence[Sequence[Team]]) -> Iterator[Visit]:
    """Yield fictitious visits; they reward the next composition if it separates officers of one team so far."""
    for division_code, visit in sorted({v.division_code: v for v in problem.visits}.items()):
        of_district = [
            [t for t in active_teams(composition) if division_code in t.division_codes] for composition in compositions
        ]
        groups = [group for teams in of_district for k in (1, 2) for group in combinations(teams, k)]
        for n, group in enumerate(groups):
            pairs = tuple(pair for team in group for pair in _officer_pairs(problem, team))
            slots = tuple(Slot(k, {}, 0) for k in range(len(group)))
            virtual_visit = replace(visit, value=0.0, is_must=False, officers=(), keep_apart=pairs, slots=slots)
            n_open = sum(
                bool(n_teams_per_visit(replace(problem, visits=(virtual_visit,)), teams)) for teams in compositions
            )
            yield replace(virtual_visit, visit_id=f"{division_code} {n}", urgency=1 / (1 + n_open))


def _officer_pairs(problem: Problem, team: Team) -> tuple[tuple[str, str], ...]:
    agency = {p.person_id: p.agency for p in problem.people if p.is_certified(problem.day)}
    officers = [i for i in team.member_ids if i in agency]
    return tuple((a, b) for a, b in combinations(officers, 2) if agency[a] == agency[b])


def duty_share(loaded: LoadedCampaign, shift: Duty) -> float:
    """
    Return the share of the people on duty to put into teams on a day, in (0, 1], so that some remain for later days.

    The share is the days of duty that the limits allow a person in a week, divided by the week's sweep days.
    `shift`: duty of the day.
    """
    limits, monday = loaded.campaign.duty, monday_of(shift.day)
    hours = min(limits.hours_per_week, limits.hours_in_four_weeks / 4.0)
    most = max(1, min(limits.days_per_week, int(hours / shift.hours)))
    return min(1.0, most / max(1, len(loaded.all_days((monday, monday + timedelta(days=6))))))


def _compose_evenly(problem: Problem, load: Load, seed: int, n_open: Mapping[str, int] | None) -> tuple[Team, ...]:
    """
    Compose new teams, if possible without the people with most hours in `load`.

    These rest if more people are on duty than the teams can have as members; if the others cannot form teams, all join.
    """
    most = (problem.rules.max_members or len(problem.people)) * problem.rules.n_all
    if len(problem.people) > most:
        with contextlib.suppress(InputError):
            return _compose_with_time_limit(replace(problem, people=fair_share(problem, load, most)), seed, n_open)
    return _compose_with_time_limit(problem, seed, n_open)


def _compose_for_day(
    loaded: LoadedCampaign, problem: Problem, day: date, load: Load, seed: int, n_open: Mapping[str, int] | None
) -> tuple[Team, ...]:
    try:
        return _compose_evenly(problem, load, seed, n_open)
    except InputError as error:
        where = f"{loaded.campaign.duty.file} {day.isoformat()}"
        raise InputError(replace(i, where=f"{where}, {i.where}") for i in error.issues) from error


def _compose_with_time_limit(problem: Problem, seed: int, n_open: Mapping[str, int] | None) -> tuple[Team, ...]:
    """Compose teams in half the usual time, or in all of it if that leaves the drawn officers of a visit apart."""
    # A window has eight or more days of teams to compose.
    teams = compose_teams(problem, seed, 0.5 * DETERMINISTIC_TIME, n_open)
    active = [set(t.member_ids) for t in teams if not t.is_reserve]
    if all(any(out_together.issuperset(v.officers) for out_together in active) for v in problem.visits if v.officers):
        return teams
    return compose_teams(problem, seed, n_other_teams=n_open)


def fair_share(problem: Problem, load: Load, most: int) -> tuple[Person, ...]:
    """
    Return about `most` people for the day's teams: an equal share of each authority, role and district.

    Officers that the draw named for a visit come first, then people with fewest hours in `load`.
    """
    share, drawn = most / max(1, len(problem.people)), {i for v in problem.visits for i in v.officers}
    kinds: dict[tuple[str, str, str], list[Person]] = {}
    for p in problem.people:
        kinds.setdefault((p.agency, p.role, p.division_code), []).append(p)
    chosen = set()
    for of in kinds.values():
        of.sort(key=lambda p: (p.person_id not in drawn, sum(w.hours for w in load.get(p.person_id, ())), p.person_id))
        chosen |= {p.person_id for p in of[: math.ceil(share * len(of))]}
    return tuple(p for p in problem.people if p.person_id in chosen)


def with_rules(loaded: LoadedCampaign, problem: Problem, day: date) -> Problem:
    """
    Return the problem with the day's numbers of teams and of reserve teams.

    The campaign sets the number of teams, else the scenario. If neither does, it follows from the number of people
    (`rank_day.n_teams`), and is lower if fewer teams can be composed.
    """
    asked = loaded.campaign.n_teams_on(day)
    people = {p.person_id: p for p in problem.people}
    scenario = loaded.scenario.model_copy(update={"day": day})
    n = asked or n_teams(scenario, people)
    rules = replace(problem.rules, n_teams=n, n_reserve=n_reserve(scenario, n))
    made = replace(problem, rules=rules)
    most = max(1, most_teams(made))
    if asked is None and scenario.teams.n_teams is None and most < n:
        return replace(made, rules=replace(rules, n_teams=most, n_reserve=n_reserve(scenario, most)))
    return made


def _published_teams(
    problem: Problem, known: Mapping[str, Person], published: Sequence[Team], *, is_approved: bool
) -> tuple[Team, ...]:
    """
    Return the published teams without absent members, with substitutes for them where a team would break a rule.

    If a team breaks a rule even with substitutes, it is dropped on an approved day. On another day, or if it is a
    reserve team, the result is empty, so that the caller composes new teams. `known`: people of the roster by id.
    """
    rules = problem.rules
    people = {p.person_id: p for p in problem.people}
    named = {i for t in published for i in t.member_ids}
    free = [p for i, p in people.items() if i not in named]
    made: list[Team] = []
    for team in published:
        # A plan file has no duty times of the teams.
        with_duty_times = replace(
            team, max_duty_s=rules.max_duty_s, break_time=rules.break_time, paid_until_s=rules.paid_until_s
        )
        present = [people[i] for i in team.member_ids if i in people]
        absent = [known[i] for i in team.member_ids if i not in people and i in known]
        if not rules.are_met_by(with_members(problem, with_duty_times, present)):
            present += _substitutes(problem, absent, free, present)
        now = with_members(problem, with_duty_times, present)
        if team.base_id in problem.bases and rules.are_met_by(now):
            made.append(now)
            free = [p for p in free if p not in present]
        elif not is_approved or team.is_reserve:
            return ()
    return tuple(made)


def _substitutes(
    problem: Problem, absent: Sequence[Person], free: Sequence[Person], present: Sequence[Person]
) -> list[Person]:
    pairs = [{*pair} for v in problem.visits for pair in v.keep_apart]
    substitutes: list[Person] = []
    for person in absent:
        kind = (person.agency, person.role, person.division_code)
        inside = {x.person_id for x in (*present, *substitutes)}
        candidates = [
            (p.is_female != person.is_female, sum(pair <= {*inside, p.person_id} for pair in pairs), p.person_id, p)
            for p in free
            if (p.agency, p.role, p.division_code) == kind
            and p.person_id not in inside
            and p.covers(problem.shift_s)
            and (p.is_certified(problem.day) or not p.is_officer)
        ]
        substitutes += [min(candidates, key=lambda x: x[:3])[3]] if candidates else []
    return substitutes
