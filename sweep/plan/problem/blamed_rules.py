"""Rules for which a visit has too few teams, and the reasons that they give for leaving it unserved."""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

from sweep.plan.problem.eligibility import DISTRICT, Rule, pairs_inside
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.plan import Reason
from sweep.records.visits import Visit

# Code of the reason by the key of the rule, in order of priority.
CODES = {
    "division_codes": "NO_TEAM_IN_DISTRICT",
    "n_certified": "NO_TEAM_WITH_OFFICERS",
    "n_skilled": "NO_TEAM_WITH_SKILL",
    "member_ids": "NO_TEAM_WITH_DRAWN",
    "keep_apart": "SAME_PAIR",
    "recusals": "RECUSED",
    "travel_s": "NO_ROAD",
    "windows_s": "WINDOW_MISSED",
    "shift_s": "SHIFT_TOO_SHORT",
}


def rules_to_blame(by_slot: Sequence[Mapping[str, frozenset[Rule]]]) -> dict[Rule, int]:
    """
    Return the rules because of which too few teams can fill the slots of a visit, each with the first slot it affects.

    `by_slot` has for each slot the rules that exclude each team, by team id. The result is the first that applies:
    - If rules exclude all teams from a slot: each rule that does so alone, or else a smallest set that does so
      together.
    - If fewer teams remain than slots, but enough together with the district's excluded teams: a smallest set that
      contains a rule against each of these excluded teams.
    - Otherwise no rule.
    """
    alone: dict[Rule, int] = {}
    joint: dict[Rule, int] = {}
    for slot, by_team in enumerate(by_slot):
        if by_team and all(by_team.values()):
            common = frozenset.intersection(*by_team.values())
            for rule in common or smallest_hitting_set(list(by_team.values())):
                (alone if common else joint).setdefault(rule, slot)
    to_blame = alone or joint or _rules_against_others(by_slot)
    return {rule: to_blame[rule] for rule in sorted(to_blame, key=_rank)}


def _rules_against_others(by_slot: Sequence[Mapping[str, frozenset[Rule]]]) -> dict[Rule, int]:
    """
    Return a smallest set of rules that contains one against each excluded team of the visit's district.

    Each rule is mapped to the first slot from which it excludes such a team. The result is empty if the teams that no
    rule excludes suffice for the slots, or if all teams of the district would be too few.
    """
    left = {team_id for by_team in by_slot for team_id, rules in by_team.items() if not rules}
    if len(left) >= len(by_slot):
        return {}
    others: dict[str, frozenset[Rule]] = {}
    first_slot: dict[Rule, int] = {}
    for slot, by_team in enumerate(by_slot):
        for team_id, rules in by_team.items():
            if team_id not in left and DISTRICT not in rules:
                others[team_id] = others.get(team_id, frozenset()) | rules
                for rule in rules:
                    first_slot.setdefault(rule, slot)
    if len(left) + len(others) < len(by_slot):
        return {}
    return {rule: first_slot[rule] for rule in smallest_hitting_set(list(others.values()))}


def smallest_hitting_set(by_team: Sequence[frozenset[Rule]]) -> tuple[Rule, ...]:
    """
    Return a smallest set that contains a rule against every team (smallest hitting set), by enumeration.

    `by_team`: rules against each team, at least one.
    """
    rules = sorted(frozenset().union(*by_team), key=_rank)
    distinct = set(by_team)
    sets = (s for n in range(1, len(rules) + 1) for s in combinations(rules, n))
    return next(s for s in sets if all(rules_of_team.intersection(s) for rules_of_team in distinct))


def reason_of_rule(problem: Problem, visit: Visit, slot: int, rule: Rule, teams: Sequence[Team]) -> Reason:
    """
    Return the reason that `rule` gives for an unserved visit, with the numbers that the reason's text shows.

    For a rule on certified officers or skills, these are the number that the slot requires and the largest number in
    any of `teams` with too few. For recusals and pairs kept apart, it is the number of teams excluded. For windows and
    shifts, it is the least service time, in minutes. `slot`: index of the slot from which the rule excludes teams.
    """
    key, name = rule
    needs, code = visit.slots[slot], CODES[key]
    if key == "division_codes":
        return Reason(code, {"district": visit.division_code})
    if key in ("n_certified", "n_skilled"):
        kind, asked = ("agency", needs.min_certified) if key == "n_certified" else ("skill", needs.min_skilled)
        counts: list[int] = [getattr(t, key).get(name, 0) for t in teams]
        return Reason(code, {kind: name, "needs": asked[name], "has": max(n for n in counts if n < asked[name])})
    if key == "member_ids":
        return Reason(code, {"officers": ", ".join(visit.officers)})
    if key == "keep_apart":
        return Reason(code, {"n_teams": sum(bool(pairs_inside(visit, t)) for t in teams)})
    if key == "recusals":
        return Reason(code, {"n_teams": sum(bool(t.recusals & problem.conflict_keys(visit)) for t in teams)})
    if key in ("windows_s", "shift_s"):
        least = min(problem.service_s(visit, slot, len(t.member_ids)) for t in teams)
        return Reason(code, {"needs": -(-least // 60)})
    return Reason(code)


def caps_reached(problem: Problem, together: Collection[str], served: Collection[str]) -> tuple[Reason, ...]:
    """Return a reason for each cap that visits `together` would exceed in addition to the `served` ones (ids)."""
    found = []
    for cap in problem.caps:
        needs = sum(cap.loads.get(i, 0) for i in together)
        taken = sum(cap.loads.get(i, 0) for i in served)
        if needs and taken + needs > cap.most:
            found.append(Reason("TOTAL_CAP", {"cap": cap.cap_id, "most": cap.most, "taken": taken, "needs": needs}))
    return tuple(found)


def _rank(rule: Rule) -> tuple[int, Rule]:
    return list(CODES).index(rule[0]), rule
