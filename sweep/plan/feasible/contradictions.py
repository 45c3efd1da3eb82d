"""Contradictions in a problem, found before the search, each with a minimal set of clashing inputs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from geodata.clock_times import exact_clock
from geodata.errors import Code, Issue
from sweep.plan.feasible.linked_visits import cycle_faults, staffing_faults, start_faults, units
from sweep.plan.feasible.shortest_times_through_visits import ShortestPaths
from sweep.plan.feasible.team_obstacles import clash_of_visit, obstacles, rule_text, span_texts
from sweep.plan.problem.eligibility import DISTRICT, active_teams
from sweep.plan.problem.problem import Lock, Problem
from sweep.plan.teams.make_teams import movable_people, new_team
from sweep.records.people import MARKET_REGULATION, Person, Team
from sweep.records.squad_slots import POLICE_LETTER
from sweep.records.visits import Visit

# An infeasible drawn visit is reported as a draw not carried out; it does not stop planning.
DRAWN = "routine"
# Visits listed in one error.
MOST_NAMED = 5


def contradictions(problem: Problem) -> tuple[Issue, ...]:
    """
    Return all contradictions of a problem. Without any, each must-visit and each lock is feasible on its own.

    S511-S520, S534: one rule prevents a must-visit; the code names the rule. S521: several rules together exclude all
    teams. S522: link to an infeasible visit. S523: windows outside every shift. S524-S528: locks. S529, S530: lags.
    S531: break that does not fit the shift. S217: cap below the load of the must-visits. Competition between visits is
    left to the search. A `routine` (drawn) must-visit is exempt: it stays unserved with its reason.
    """
    if not problem.teams:
        # The largest teams would always break pairs of people kept apart (C28).
        problem = replace(problem, visits=tuple(replace(v, keep_apart=()) for v in problem.visits))
    paths, teams = ShortestPaths(problem), _possible_teams(problem)
    outside = _outside_shifts(problem, teams)
    return (
        *_break_faults(problem, teams),
        *_window_faults(problem, outside, teams),
        *_lock_faults(paths, teams),
        *_visit_faults(paths, outside, teams),
        *_cap_faults(problem),
    )


def _possible_teams(problem: Problem) -> tuple[Team, ...]:
    """
    Return the problem's active teams or, if none are given, for each district and base a team of all who may join it.

    A visit that none of these teams can make is out of reach of every composed team, since a choice of members,
    recusals and pairs kept apart only restrict teams further.
    """
    if problem.teams:
        return tuple(active_teams(problem.teams))
    rules = problem.rules
    on_duty = movable_people(problem, ())
    police = [p for p in on_duty if p.agency != MARKET_REGULATION]
    market = [p for p in on_duty if p.agency == MARKET_REGULATION]
    at_home = Counter(p.division_code for p in market if p.is_officer)
    least = max(1, rules.min_certified.get(MARKET_REGULATION, 1))
    districts = sorted(d for d, n in at_home.items() if n >= least)
    bases = [b for b in problem.bases if b in problem.places]
    squads = [_team(problem, f"police {b}", b, "", police) for b in bases] if rules.is_split else []
    squads = [replace(squad, division_codes=problem.districts) for squad in squads]
    for district in districts:
        here = [p for p in market if rules.assist_letter or p.division_code == district]
        people = here if rules.is_split else [*police, *here]
        squads += [_team(problem, f"{district} {b}", b, district, people) for b in bases]
    return tuple(squads)


def _team(problem: Problem, name: str, base: str, district: str, people: list[Person]) -> Team:
    return replace(new_team(problem, name, base, district, people), recusals=frozenset())


def _cap_faults(problem: Problem) -> Iterator[Issue]:
    needed = [v.visit_id for v in problem.visits if v.is_must and v.track != DRAWN]
    for cap in problem.caps:
        taking = [i for i in needed if cap.loads.get(i, 0)]
        needs = sum(cap.loads[i] for i in taking)
        if needs > cap.most:
            yield Issue("S217", cap.cap_id, {"needs": needs, "most": cap.most, "visits": _names(taking)})


def _names(ids: Sequence[str]) -> str:
    return ", ".join(ids[:MOST_NAMED]) + (" ..." if len(ids) > MOST_NAMED else "")


def _visit_faults(paths: ShortestPaths, outside: frozenset[str], teams: Sequence[Team]) -> Iterator[Issue]:
    problem = paths.problem
    locked = {lock.visit_id for lock in problem.locks}
    for unit in units(problem):
        needed = [v for v in unit if (v.is_must and v.track != DRAWN) or v.visit_id in locked]
        yield from cycle_faults(problem, unit)
        if not needed:
            continue
        clashes = {v.visit_id: clash for v in unit if (clash := clash_of_visit(paths, v, teams)) is not None}
        cannot = outside | clashes.keys()
        yield from (clash for v, clash in clashes.items() if v not in outside)
        able = [v for v in needed if v.visit_id not in cannot]
        other = next((v for v in unit if v.visit_id in cannot), None)
        if other is not None:
            yield from (Issue("S522", v.visit_id, {"other": other.visit_id}) for v in able)
        else:
            yield from staffing_faults(paths, unit, teams) or start_faults(paths, unit, teams)


def _outside_shifts(problem: Problem, teams: Sequence[Team]) -> frozenset[str]:
    return frozenset(
        v.visit_id
        for v in problem.visits
        if teams
        and v.track != DRAWN
        and not any(lo <= t.shift_s[1] and hi >= t.shift_s[0] for lo, hi in v.windows_s for t in teams)
    )


def _window_faults(problem: Problem, outside: frozenset[str], teams: Sequence[Team]) -> Iterator[Issue]:
    groups: dict[tuple[tuple[int, int], ...], list[Visit]] = {}
    for v in problem.visits:
        if v.visit_id in outside:
            groups.setdefault(v.windows_s, []).append(v)
    for windows, visits in groups.items():
        names = _names([v.visit_id for v in visits])
        first, last = exact_clock(min(t.shift_s[0] for t in teams)), exact_clock(max(t.shift_s[1] for t in teams))
        given = span_texts(windows)
        yield Issue(
            Code.WINDOWS_OUTSIDE_SHIFTS, names, {"windows": given, "first": first, "last": last, "n": len(visits)}
        )


def _break_faults(problem: Problem, teams: Sequence[Team]) -> Iterator[Issue]:
    """Yield S531 for each given team whose break does not fit its shift; all composed teams have the same break."""
    for t in teams if problem.teams else teams[:1]:
        pause = t.break_time
        if pause is not None:
            first, last = max(pause.earliest_s, t.shift_s[0]), min(pause.latest_s, t.shift_s[1] - pause.length_s)
            if first > last:
                where = t.team_id if problem.teams else "rules.break_time"
                windows, shift = span_texts([(pause.earliest_s, pause.latest_s)]), span_texts([t.shift_s])
                yield Issue("S531", where, {"length": pause.length_s, "windows": windows, "shift": shift})


def _lock_faults(paths: ShortestPaths, teams: Sequence[Team]) -> list[Issue]:
    """
    Return the errors of the locks, which fix the team and perhaps the start of a visit's slot.

    S524: no such team is on duty. S525: the start is outside the windows. S526: two locks of one visit contradict each
    other. S527: one team cannot make both of its locked stops. S528: the team cannot make the stop, though another
    could.
    """
    problem = paths.problem
    visits = {v.visit_id: v for v in problem.visits}
    by_id = {t.team_id: t for t in teams} if problem.teams else {}
    return [
        *_by_lock(paths, visits, by_id, teams),
        *_by_visit(problem),
        *_by_district(problem, visits),
        *(issue for t in by_id.values() for issue in _by_team(paths, visits, t)),
    ]


def _by_lock(
    paths: ShortestPaths, visits: dict[str, Visit], by_id: dict[str, Team], teams: Sequence[Team]
) -> Iterator[Issue]:
    problem = paths.problem
    composed = set() if problem.teams else problem.rules.active_ids
    for lock in problem.locks:
        visit, team = visits[lock.visit_id], by_id.get(lock.team_id)
        if team is None and lock.team_id not in composed:
            yield Issue("S524", lock.visit_id, {"team": lock.team_id})
        if lock.start_s is not None and not any(lo <= lock.start_s <= hi for lo, hi in visit.windows_s):
            start = exact_clock(lock.start_s)
            yield Issue("S525", lock.visit_id, {"start": start, "windows": span_texts(visit.windows_s)})
        elif team is not None and clash_of_visit(paths, visit, teams) is None:
            at = visit if lock.start_s is None else replace(visit, windows_s=((lock.start_s, lock.start_s),))
            rules = [rule_text(r) for r in obstacles(paths, at, lock.slot, team)]
            if rules:
                yield Issue("S528", lock.visit_id, {"team": lock.team_id, "clash": rules[0]})


def _by_visit(problem: Problem) -> Iterator[Issue]:
    first_of_slot: dict[tuple[str, int], Lock] = {}
    start: dict[str, int] = {}
    for lock in problem.locks:
        first = first_of_slot.setdefault((lock.visit_id, lock.slot), lock)
        begins = lock.start_s if lock.start_s is None else start.setdefault(lock.visit_id, lock.start_s)
        if first.team_id != lock.team_id:
            yield Issue("S526", lock.visit_id, {"one": first.team_id, "other": lock.team_id})
        elif lock.start_s is not None and begins is not None and begins != lock.start_s:
            yield Issue("S526", lock.visit_id, {"one": exact_clock(begins), "other": exact_clock(lock.start_s)})


def _by_district(problem: Problem, visits: dict[str, Visit]) -> Iterator[Issue]:
    rules = problem.rules
    if problem.teams or rules.assist_letter:
        return
    first_of_team: dict[str, str] = {}
    for lock in problem.locks:
        if lock.team_id in rules.active_ids and not (rules.is_split and lock.team_id.endswith(POLICE_LETTER)):
            here = visits[lock.visit_id].division_code
            if first_of_team.setdefault(lock.team_id, here) != here:
                yield Issue("S528", lock.visit_id, {"team": lock.team_id, "clash": rule_text(DISTRICT)})


def _by_team(paths: ShortestPaths, visits: dict[str, Visit], team: Team) -> Iterator[Issue]:
    own = list(dict.fromkeys(x for x in paths.problem.locks if x.team_id == team.team_id))
    slots: dict[str, Lock] = {}
    for lock in own:
        if slots.setdefault(lock.visit_id, lock).slot != lock.slot:
            yield Issue("S527", lock.visit_id, {"team": team.team_id, "other": lock.visit_id})
    at = sorted((x.start_s, n, x) for n, x in enumerate(own) if x.start_s is not None)
    for (begins, _, a), (then, _, b) in pairwise(at):
        inside = paths.problem.service_s(visits[a.visit_id], a.slot, len(team.member_ids))
        free = begins + inside + paths.between(visits[a.visit_id], visits[b.visit_id])
        if a.visit_id != b.visit_id and free > then:
            yield Issue("S527", f"{a.visit_id}, {b.visit_id}", {"team": team.team_id, "other": b.visit_id})
