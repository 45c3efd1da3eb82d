"""Marginal values: gain from one more team, hour, officer or helper, by solving again from the plan."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby

from geodata.clock_times import HOUR_S
from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem, TeamRules
from sweep.plan.solve import Settings, solve
from sweep.plan.teams.make_teams import with_fixed_teams
from sweep.records.people import MARKET_REGULATION, POLICE, BreakRule, Team
from sweep.records.plan import Objective, Plan
from sweep.records.squad_slots import has_police
from sweep.records.visits import Visit

TEAM, HOUR = "team", "hour"
HELPER = "helper"


@dataclass(frozen=True, slots=True)
class MarginalValue:
    """Gain from one additional resource."""

    kind: str
    """`team`, `hour`, or the agency of an officer; `helper` for a person who never counts as an officer."""
    where: str
    """Base of the new team, or team that the officer joins; empty: every team."""
    value: float
    """Finds plus due weight minus costs of the plan with the resource (`Plan.total`)."""
    parts: Objective
    """Gain over the plan without the resource; `total` is negative only if it gains must-visits (`must_missed` < 0)."""
    bound: float
    """Upper bound on `value` over all plans with the resource that serve as many must-visits as the plan of `value`."""
    n_visits: int
    """Additional visits served."""


def marginal_values(
    problem: Problem,
    plan: Plan,
    settings: Settings,
    last_start_s: int | None = None,
    on_progress: Callable[[float], None] | None = None,
    break_rule: BreakRule | None = None,
) -> tuple[MarginalValue, ...]:
    """
    Return the largest gain from one more team, one more hour, one more officer of each agency, and one more helper.

    Each solve stays within the limits of `settings`. No visit starts after `last_start_s`, even with an hour more (C13;
    None: no limit). The breaks of longer shifts follow `break_rule` (C20; None: breaks are unchanged). `on_progress` is
    called with the share done, in [0, 1].
    """
    asked = with_fixed_teams(problem, plan)

    def solved(of: Problem, share: float) -> Plan:
        return solve(of, settings.part(share), start=plan.routes)

    def objective_of(made: Plan) -> Objective:
        return objective(asked, made.routes, made.teams)

    base = solved(asked, 1.0)
    every = candidates(asked, last_start_s, break_rule)
    groups = [list(group) for _, group in groupby(every, key=lambda c: c[0])]
    found, before = [], objective_of(base)
    for n, group in enumerate(groups):
        if len(group) > 1:
            # Each candidate is solved in a fifth of the time, then the best two in full time.
            group.sort(key=lambda c: objective_of(solved(c[2], 0.2)).rank, reverse=True)
        plans = [(kind, where, solved(p, 1.0)) for kind, where, p in group[:2]]
        kind, where, best = max(plans, key=lambda x: max(objective_of(x[2]).rank, before.rank))
        if objective_of(best).rank < before.rank:
            # An additional resource never reduces the objective.
            best = replace(base, bound=max(best.bound + best.due, base.value + base.due) - base.due)
        n_more = len(base.unserved) - len(best.unserved)
        found.append(MarginalValue(kind, where, best.total, objective_of(best) - before, best.total_bound, n_more))
        if on_progress:
            on_progress((n + 1) / len(groups))
    return tuple(found)


type Candidate = tuple[str, str, Problem]


def candidates(problem: Problem, last_start_s: int | None, break_rule: BreakRule | None = None) -> list[Candidate]:
    """
    Problems with one more resource, as (kind, where, problem); kind and where as in `MarginalValue`.

    The resource `hour` ends all shifts an hour later. It also extends the windows with the latest end by an hour, to
    `last_start_s` at most (None: no limit). It is omitted if a shift would need a second break under `break_rule`.
    """
    hour = _longer(problem, last_start_s, break_rule)
    people = [c for kind in (POLICE, MARKET_REGULATION, HELPER) for c in _more_people(problem, kind)]
    return [*_more_teams(problem), *([] if hour is None else [(HOUR, "", hour)]), *people]


def _more_teams(problem: Problem) -> list[Candidate]:
    """Return problems with one more team (or pair of squads) of median size, one for each base and set of districts."""
    kinds: dict[tuple[tuple[str, frozenset[str], tuple[int, int], bool], ...], list[list[Team]]] = {}
    together: dict[str, list[Team]] = {}
    for team in active_teams(problem.teams):
        together.setdefault(team.team_id.removesuffix(_letter(problem, team)), []).append(team)
    for teams in together.values():
        kind = tuple((t.base_id, t.division_codes, t.shift_s, has_police(t)) for t in teams)
        kinds.setdefault(kind, []).append(teams)
    candidates, new_name = [], "+"
    while new_name in {t.team_id for t in problem.teams}:
        new_name += "+"
    for alike in kinds.values():
        like = sorted(alike, key=lambda teams: sum(len(t.member_ids) for t in teams))[len(alike) // 2]
        new = []
        for team in like:
            new_id = new_name + _letter(problem, team)
            people = tuple(f"{new_id}-{k}" for k in range(len(team.member_ids)))
            new.append(replace(team, team_id=new_id, member_ids=people, recusals=frozenset()))
        candidates.append((TEAM, like[0].base_id, replace(problem, teams=(*problem.teams, *new))))
    return candidates


def _letter(problem: Problem, team: Team) -> str:
    return team.team_id[-1:] if problem.rules.is_split else ""


def _longer(problem: Problem, last_start_s: int | None, break_rule: BreakRule | None) -> Problem | None:
    """Extend the shifts and (up to `last_start_s`) the latest windows by an hour; None if that needs a second break."""
    teams = tuple(replace(t, shift_s=(t.shift_s[0], t.shift_s[1] + HOUR_S)) for t in problem.teams)
    if break_rule is not None:
        if any(t.shift_s[1] - t.shift_s[0] > break_rule.most_s for t in teams):
            return None
        teams = tuple(replace(t, break_time=break_rule.break_of(t.shift_s)) for t in teams)
    last = max((hi for v in problem.visits for _, hi in v.windows_s), default=0)
    limit = last + HOUR_S if last_start_s is None else max(last, min(last + HOUR_S, last_start_s))

    def open_longer(v: Visit) -> Visit:
        return replace(v, windows_s=tuple((lo, limit if hi == last else hi) for lo, hi in v.windows_s))

    shift_s = (problem.shift_s[0], problem.shift_s[1] + HOUR_S)
    return replace(problem, teams=teams, shift_s=shift_s, visits=tuple(open_longer(v) for v in problem.visits))


def _more_people(problem: Problem, kind: str) -> list[Candidate]:
    candidates = []
    for team in active_teams(problem.teams):
        if not _may_take(problem.rules, team, kind):
            continue
        counts = dict(team.n_certified)
        if kind != HELPER:
            counts[kind] = counts.get(kind, 0) + 1
        more = replace(team, member_ids=(*team.member_ids, f"+{kind}"), n_certified=counts)
        teams = tuple(more if t is team else t for t in problem.teams)
        candidates.append((kind, team.team_id, replace(problem, teams=teams)))
    return candidates


def _may_take(rules: TeamRules, team: Team, kind: str) -> bool:
    is_full = rules.max_members is not None and len(team.member_ids) >= rules.max_members
    is_others = rules.is_split and kind != HELPER and (kind == POLICE) != has_police(team)
    return not is_full and not is_others
