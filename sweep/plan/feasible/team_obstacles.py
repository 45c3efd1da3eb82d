"""Rules that exclude a team from a visit, and a smallest set of rules that together exclude all teams."""

from collections.abc import Iterator, Sequence

from geodata.clock_times import exact_clock
from geodata.errors import Issue
from sweep.plan.feasible.shortest_times_through_visits import ShortestPaths
from sweep.plan.problem.blamed_rules import smallest_hitting_set
from sweep.plan.problem.eligibility import DISTRICT, OFFICERS, PAIR, RECUSAL, Rule, pairs_inside, rules_against
from sweep.plan.problem.intervals import Spans, joined
from sweep.records.people import Team
from sweep.records.visits import Visit

ROAD, TIME, SHIFT = ("travel_s", ""), ("windows_s", ""), ("shift_s", "")


def clash_of_visit(paths: ShortestPaths, visit: Visit, teams: Sequence[Team]) -> Issue | None:
    """Return the error for the first slot of the visit that no team, even with an empty route, can fill; else None."""
    for slot in range(len(visit.slots)):
        if all(is_excluded(paths, visit, slot, t) for t in teams):
            return _clash_of_slot(paths, visit, slot, teams)
    return None


def is_excluded(paths: ShortestPaths, visit: Visit, slot: int, team: Team) -> bool:
    """Whether a rule alone excludes a team with an empty route from slot `slot` (from 0) of the visit."""
    return next(obstacles(paths, visit, slot, team), None) is not None


def obstacles(paths: ShortestPaths, visit: Visit, slot: int, team: Team) -> Iterator[Rule]:
    """Yield each rule, of roads and times too, that alone keeps a team without other stops from filling the slot."""
    yield from rules_against(paths.problem, visit, slot, team)
    there, back = paths.there_and_back(visit, team)
    if max(there, back) >= paths.problem.unreachable:
        yield ROAD
        return
    spans = start_spans(paths, visit, slot, team)
    if not spans:
        yield SHIFT
    elif not within(spans, visit.windows_s):
        yield TIME


def start_spans(paths: ShortestPaths, visit: Visit, slot: int, team: Team) -> Spans:
    """
    Return the intervals in which a team can start the visit as its only stop, before or after its break.

    They are in seconds after midnight. The windows of the visit are ignored.
    """
    there, back = paths.there_and_back(visit, team)
    service = paths.problem.service_s(visit, slot, len(team.member_ids))
    if team.max_duty_s is not None and there + service + back > team.max_duty_s:
        return ()
    begin, finish = team.shift_s
    first, last = begin + there, finish - back - service
    pause = team.break_time
    if pause is None:
        return [(first, last)] if first <= last else ()
    behind = max(first + pause.length_s, pause.earliest_s + pause.length_s + paths.last_leg_there(visit, team))
    spans = [(behind, last)]
    if pause.earliest_s + pause.length_s + paths.last_leg_back(team) <= finish:
        spans.insert(0, (first, min(last - pause.length_s, pause.latest_s - service)))
    return [(lo, hi) for lo, hi in spans if lo <= hi]


def within(spans: Spans, windows: Spans) -> Spans:
    """Return the intersection of two lists of intervals."""
    meets = [(max(a, c), min(b, d)) for a, b in spans for c, d in windows]
    return joined((lo, hi) for lo, hi in meets if lo <= hi)


def span_texts(spans: Spans) -> tuple[str, ...]:
    """Return intervals of seconds of the day as texts such as 13:30-14:00."""
    return tuple(f"{exact_clock(lo)}-{exact_clock(hi)}" for lo, hi in spans)


def rule_text(rule: Rule) -> str:
    """Return the name of the input behind a rule, such as `shift_s` or `n_certified.police`."""
    return ".".join(part for part in rule if part)


def _clash_of_slot(paths: ShortestPaths, visit: Visit, slot: int, teams: Sequence[Team]) -> Issue:
    by_team = {t.team_id: frozenset(obstacles(paths, visit, slot, t)) for t in teams}
    if not teams:
        return Issue("S511", visit.visit_id, {"district": visit.division_code})
    clash = smallest_hitting_set(list(by_team.values()))
    if len(clash) == 1:
        return _issue_of_rule(paths, visit, slot, teams, clash[0])
    lines = [f"{name}: {rule_text(next(r for r in clash if r in rules))}" for name, rules in by_team.items()]
    return Issue("S521", visit.visit_id, {"slot": slot, "clash": tuple(lines)})


def _issue_of_rule(paths: ShortestPaths, visit: Visit, slot: int, teams: Sequence[Team], rule: Rule) -> Issue:
    key, name = rule
    needs, where = visit.slots[slot], visit.visit_id
    if rule == DISTRICT:
        return Issue("S511", where, {"district": visit.division_code})
    if key == "n_certified":
        has = max(t.n_certified.get(name, 0) for t in teams)
        return Issue("S512", where, {"slot": slot, "agency": name, "needs": needs.min_certified[name], "has": has})
    if key == "n_skilled":
        has = max(t.n_skilled.get(name, 0) for t in teams)
        return Issue("S513", where, {"slot": slot, "skill": name, "needs": needs.min_skilled[name], "has": has})
    if rule == OFFICERS:
        return Issue("S514", where, {"officers": visit.officers})
    if rule == RECUSAL:
        keys = paths.problem.conflict_keys(visit)
        lines = [f"{t.team_id}: {', '.join(sorted(t.recusals & keys))}" for t in teams]
        return Issue("S515", where, {"recusals": tuple(lines)})
    if rule == PAIR:
        lines = [f"{t.team_id}: {', '.join(' + '.join(pair) for pair in pairs_inside(visit, t))}" for t in teams]
        return Issue("S534", where, {"pairs": tuple(lines)})
    if rule == ROAD:
        bases = sorted({b for t in teams for b in (t.base_id, t.end_base_id) if b is not None})
        return Issue("S518", where, {"building": visit.building_id, "bases": tuple(bases)})
    return _issue_of_time(paths, visit, slot, teams, rule)


def _issue_of_time(paths: ShortestPaths, visit: Visit, slot: int, teams: Sequence[Team], rule: Rule) -> Issue:
    if rule == TIME:
        could = joined(s for t in teams for s in start_spans(paths, visit, slot, t))
        return Issue("S519", visit.visit_id, {"windows": span_texts(visit.windows_s), "could": span_texts(could)})
    lacks = []
    for t in teams:
        takes = sum(paths.there_and_back(visit, t)) + paths.problem.service_s(visit, slot, len(t.member_ids))
        takes += t.break_time.length_s if t.break_time else 0
        available_s = min(t.shift_s[1] - t.shift_s[0], t.max_duty_s if t.max_duty_s is not None else takes)
        lacks.append((takes - available_s, t.team_id, takes, available_s))
    _, team, takes, available_s = min(lacks)
    return Issue("S520", visit.visit_id, {"team": team, "needs": -(-takes // 60), "has": available_s // 60})
