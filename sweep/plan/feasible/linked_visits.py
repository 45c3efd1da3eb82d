"""Feasibility of linked visits: enough teams for all of them, and starts that keep every lag."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from geodata.errors import Issue
from sweep.plan.feasible.shortest_times_through_visits import ShortestPaths
from sweep.plan.feasible.team_obstacles import is_excluded, span_texts, start_spans, within
from sweep.plan.problem.intervals import Spans
from sweep.plan.problem.problem import Problem, link_groups, unit_of_visit
from sweep.records.people import Team
from sweep.records.visits import Visit


@dataclass(frozen=True, slots=True)
class _Link:
    """Link of two visits: the start of `after` less the start of `before` lies in [lo, hi], seconds."""

    name: str
    before: str
    after: str
    lo: int
    hi: int


def units(problem: Problem) -> list[list[Visit]]:
    """Return the visits of each unit (linked visits), in the order of the numbers of `unit_of_visit`."""
    parts: dict[int, list[Visit]] = {}
    for v, unit in zip(problem.visits, unit_of_visit(problem).tolist(), strict=True):
        parts.setdefault(unit, []).append(v)
    return list(parts.values())


def staffing_faults(paths: ShortestPaths, unit: Sequence[Visit], teams: Sequence[Team]) -> list[Issue]:
    """Return error S516, with a minimal set of visits, if simultaneous visits lack eligible teams; else no error."""
    short = next((v for v in _at_one_time(paths.problem, unit, teams) if _lacks_teams(paths, v, teams)), None)
    if short is None:
        return []
    few = _deleted(short, lambda visits: _lacks_teams(paths, visits, teams))
    needs = sum(len(v.slots) for v in few)
    able = {t.team_id for t in teams for v in few for s in range(len(v.slots)) if not is_excluded(paths, v, s, t)}
    has = len(able) if paths.problem.teams else paths.problem.rules.n_active
    return [Issue("S516", ", ".join(v.visit_id for v in few), {"needs": needs, "has": has})]


def _at_one_time(problem: Problem, unit: Sequence[Visit], teams: Sequence[Team]) -> Iterator[Sequence[Visit]]:
    """Yield sets of visits whose slots all need different teams, since no team can make two of the visits in turn."""
    yield from ([v] for v in unit if len(v.slots) > 1)
    for visits in link_groups(unit).values():
        sizes = {len(t.member_ids) for t in teams}
        least = min((problem.service_s(v, s, n) for v in visits for s in range(len(v.slots)) for n in sizes), default=0)
        if least > problem.link_tolerance_s:
            yield visits


def _lacks_teams(paths: ShortestPaths, visits: Sequence[Visit], teams: Sequence[Team]) -> bool:
    slots = [(v, s) for v in visits for s in range(len(v.slots))]
    if not paths.problem.teams:
        return len(slots) > paths.problem.rules.n_active
    if not slots or not teams:
        return len(slots) > 0
    is_eligible = csr_array([[not is_excluded(paths, v, s, t) for t in teams] for v, s in slots])
    return bool((maximum_bipartite_matching(is_eligible, perm_type="column") < 0).any())


def cycle_faults(problem: Problem, unit: Sequence[Visit]) -> list[Issue]:
    """
    Return error S529 if the unit's links contradict each other even without time windows; else no error.

    The error names a minimal set of contradictory links (lags and link groups).
    """
    links, names = _links(problem, unit), [v.visit_id for v in unit]
    if _has_starts(links, {}, names):
        return []
    few = _deleted(links, lambda kept: not _has_starts(kept, {}, names))
    return [Issue("S529", _visits_of(few), {"links": _names(few)})]


def start_faults(paths: ShortestPaths, unit: Sequence[Visit], teams: Sequence[Team]) -> list[Issue]:
    """
    Return error S530 if the unit's lags and link groups exclude all starts that the teams could make, else no error.

    The error names a minimal set of lags and visits. If the lags contradict each other (S529), the list is empty.
    """
    links, names = _links(paths.problem, unit), [v.visit_id for v in unit]
    spans = {v.visit_id: _spans(paths, v, teams) for v in unit} if links else {}
    if _has_starts(links, spans, names) or not _has_starts(links, {}, names):
        return []
    kept = _deleted(names, lambda ids: not _has_starts(links, {i: spans[i] for i in ids}, names))
    bound = {i: spans[i] for i in kept}
    few = _deleted(links, lambda some: not _has_starts(some, bound, names))
    values = {"links": _names(few), "visits": tuple(" ".join((i, *(span_texts(spans[i]) or "-"))) for i in kept)}
    return [Issue("S530", _visits_of(few) or ", ".join(kept), values)]


def _names(links: Sequence[_Link]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(x.name for x in links))


def _visits_of(links: Sequence[_Link]) -> str:
    return ", ".join(dict.fromkeys(i for x in links for i in (x.before, x.after)))


def _links(problem: Problem, unit: Sequence[Visit]) -> list[_Link]:
    inside = {v.visit_id for v in unit}
    t = problem.link_tolerance_s
    links = [
        _Link(f"link_group {name} [{-t}, {t}]", a.visit_id, b.visit_id, -t, t)
        for name, group in link_groups(unit).items()
        for a, b in combinations(group, 2)
    ]
    lags = (x for x in problem.lags if x.before in inside)
    return links + [
        _Link(f"{x.before} -> {x.after} [{x.min_s}, {x.max_s}]", x.before, x.after, x.min_s, x.max_s) for x in lags
    ]


def _spans(paths: ShortestPaths, visit: Visit, teams: Sequence[Team]) -> Spans:
    starts = [x.start_s for x in paths.problem.locks if x.visit_id == visit.visit_id and x.start_s is not None]
    spans: Spans = [(starts[0], starts[0])] if starts else visit.windows_s
    for slot in range(len(visit.slots)):
        could = [s for t in teams for s in start_spans(paths, visit, slot, t)]
        spans = within(spans, could)
    return spans


def _has_starts(links: Sequence[_Link], bound: Mapping[str, Spans], names: Sequence[str]) -> bool:
    """
    Return whether the visits `names` have starts that keep all links and lie in their intervals in `bound`.

    The test is exact. Starts are raised from the earliest until none changes. Solutions are closed under the
    elementwise minimum, so this ends at the earliest solution. Between two jumps of a start into a later interval, all
    starts settle within as many rounds as there are visits, unless the links contradict each other.
    """
    # A time before every day, at which unbound starts begin.
    at = {name: _from(bound.get(name), -(1 << 40)) for name in names}
    most = len(names) * (1 + sum(len(spans) for spans in bound.values())) + 1
    for _ in range(most):
        moved = False
        for x in links:
            for a, b, gap in ((x.before, x.after, x.lo), (x.after, x.before, -x.hi)):
                start_a, start_b = at[a], at[b]
                if start_a is None or start_b is None:
                    return False
                if start_b < start_a + gap:
                    at[b], moved = _from(bound.get(b), start_a + gap), True
        if not moved:
            return None not in at.values()
    return False


def _from(spans: Spans | None, t: int) -> int | None:
    """Return the first time at or after `t` within `spans`, or None without one; `t` if `spans` are missing (None)."""
    if spans is None:
        return t
    return next((max(t, lo) for lo, hi in sorted(spans) if hi >= t), None)


def _deleted[T](items: Sequence[T], clashes: Callable[[list[T]], bool]) -> list[T]:
    """Return a subset of `items` that clashes, and no longer does if any item is removed (deletion filter)."""
    kept = list(items)
    for item in items:
        without = [x for x in kept if x is not item]
        if clashes(without):
            kept = without
    return kept
