"""The best value of a small problem with everything that ties starts together, by going through all plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, permutations, product

from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.visits import Visit

FAR = 10**9
# Slot of a break, which stands among the stops like a visit that is wherever the team is.
BREAK = -1
# Of each team: visit and slot of its stops, in order.
type Stops = Sequence[tuple[Visit, int]]
type Orders = Sequence[Stops]
# Orders that a team can keep, by the team and its stops.
type Alone = dict[tuple[int, tuple[tuple[str, int], ...]], list[Stops]]


def optimum(problem: Problem, *, with_musts: bool, known: Alone | None = None) -> float | None:
    """
    The highest value of any plan, or of any that serves every must-visit; None if there is none such.

    Parameters
    ----------
    known
        Filled with the orders that each team can keep: for other calls with problems that differ in must-visits alone.
    """
    best = None
    alone = {} if known is None else known
    for n in range(len(problem.visits) + 1):
        for chosen in combinations(problem.visits, n):
            most = sum(max(v.values, default=v.value) for v in chosen)
            if with_musts and any(v.is_must and v not in chosen for v in problem.visits):
                continue
            if (best is None or most > best) and _is_whole(problem, chosen) and _keeps_caps(problem, chosen):
                value = _best_value(problem, chosen, alone, -1.0 if best is None else best)
                best = best if value is None else value
    return best


def _keeps_caps(problem: Problem, chosen: Sequence[Visit]) -> bool:
    return all(sum(cap.loads.get(v.visit_id, 0) for v in chosen) <= cap.most for cap in problem.caps)


def _is_whole(problem: Problem, chosen: Sequence[Visit]) -> bool:
    """Link groups and lags all or none."""
    ids, groups = {v.visit_id for v in chosen}, {v.link_group for v in chosen} - {None}
    whole = all(v in chosen for v in problem.visits if v.link_group in groups)
    return whole and all((lag.before in ids) == (lag.after in ids) for lag in problem.lags)


def _best_value(problem: Problem, chosen: Sequence[Visit], alone: Alone, above: float) -> float | None:
    """The highest value of the visits over all ways to deal them to teams, if it is above that."""
    best = None
    slots = [(v, s.slot) for v in chosen for s in v.slots]
    for teams in product(range(len(problem.teams)), repeat=len(slots)):
        value = sum(v.value_on(problem.teams[k].day) for (v, slot), k in zip(slots, teams, strict=True) if slot == 0)
        mine = [[s for s, k in zip(slots, teams, strict=True) if k == t] for t in range(len(problem.teams))]
        if value <= above or any(len({v.visit_id for v, _ in stops}) < len(stops) for stops in mine):
            continue
        if not all(_may(t, v) for t, stops in zip(problem.teams, mine, strict=True) for v, _ in stops):
            continue
        orders_of = [_orders(problem, k, stops, alone) for k, stops in enumerate(mine)]
        if any(_can_be_timed(problem, chosen, orders) for orders in product(*orders_of)):
            best = above = value
    return best


def _orders(problem: Problem, k: int, stops: Stops, known: Alone) -> list[Stops]:
    """Orders that a team can keep if nothing ties its stops to those of others: of the rest no plan comes."""
    key = k, tuple((v.visit_id, slot) for v, slot in stops)
    if key not in known:
        untied, own = replace(problem, lags=()), [v for v, _ in stops]
        others = [()] * len(problem.teams)
        known[key] = [
            order
            for going in _in_time(problem, problem.teams[k], stops)
            for order in _with_break(problem, problem.teams[k], going)
            if _can_be_timed(untied, own, [*others[:k], order, *others[k + 1 :]])
        ]
    return known[key]


def _in_time(problem: Problem, team: Team, stops: Stops) -> Iterator[Stops]:
    """Orders in which a team that only goes from one stop to the next finds no window closed."""

    def go(order: Stops, rest: Stops, place: int, t: int) -> Iterator[Stops]:
        if not rest:
            yield order
        for k, (visit, slot) in enumerate(rest):
            here = problem.places[visit.building_id]
            start = _first(visit, t + int(problem.travel_s[place, here]))
            if start < FAR:
                left = start + problem.service_s(visit, slot, len(team.member_ids))
                yield from go([*order, (visit, slot)], [*rest[:k], *rest[k + 1 :]], here, left)

    return go([], stops, problem.places[team.base_id], team.shift_s[0])


def _with_break(problem: Problem, team: Team, stops: Stops) -> Iterator[Stops]:
    """The stops with the team's break in every place; as they are where it has none or stays in."""
    pause = team.break_time
    if pause is None or not stops:
        yield stops
        return
    window = (pause.earliest_s, pause.latest_s)
    rest = replace(stops[0][0], visit_id=f"break {team.team_id}", windows_s=(window,), service_s=pause.length_s)
    for n in range(len(stops) + 1):
        yield [*stops[:n], (replace(rest, link_group=None), BREAK), *stops[n:]]


def _may(team: Team, visit: Visit) -> bool:
    return visit.division_code in team.division_codes and visit.building_id not in team.recusals


def _can_be_timed(problem: Problem, chosen: Sequence[Visit], orders: Orders) -> bool:
    """Push all starts later until everything is content, or something is too late."""
    chosen = [*chosen, *(v for stops in orders for v, slot in stops if slot == BREAK)]
    after = list(_pushes(problem, chosen, orders))
    start = {v.visit_id: _first(v, 0) for v in chosen}
    latest = {v.visit_id: max((hi for _, hi in v.windows_s), default=-1) for v in chosen}
    while all(start[v.visit_id] <= latest[v.visit_id] for v in chosen):
        late = [(v, t) for u, v, gap in after if (t := (start[u] if u else 0) + gap) > start[v.visit_id]]
        if not late:
            return _are_back(problem, orders, start)
        for visit, t in late:
            start[visit.visit_id] = max(start[visit.visit_id], _first(visit, t))
    return False


def _pushes(problem: Problem, chosen: Sequence[Visit], orders: Orders) -> Iterator[tuple[str | None, Visit, int]]:
    """(visit or none, visit, seconds): the second starts no sooner than so long after the first, or after midnight."""
    by_id = {v.visit_id: v for v in chosen}
    for team, stops in zip(problem.teams, orders, strict=True):
        place, before, gap = problem.places[team.base_id], None, team.shift_s[0]
        for visit, slot in stops:
            here = place if slot == BREAK else problem.places[visit.building_id]
            yield before, visit, gap + int(problem.travel_s[place, here])
            place, before, gap = here, visit.visit_id, _seconds(problem, team, visit, slot)
    for a, b in permutations(chosen, 2):
        if a.link_group is not None and a.link_group == b.link_group:
            yield a.visit_id, b, -problem.link_tolerance_s
    for lag in problem.lags:
        if lag.before in by_id:
            yield lag.before, by_id[lag.after], lag.min_s
            yield lag.after, by_id[lag.before], -lag.max_s


def _seconds(problem: Problem, team: Team, visit: Visit, slot: int) -> int:
    return visit.service_s or 0 if slot == BREAK else problem.service_s(visit, slot, len(team.member_ids))


def _first(visit: Visit, t: int) -> int:
    return min((max(t, lo) for lo, hi in visit.windows_s if max(t, lo) <= hi), default=FAR)


def _are_back(problem: Problem, orders: Orders, start: dict[str, int]) -> bool:
    for team, stops in zip(problem.teams, orders, strict=True):
        if stops:
            visit, slot = stops[-1]
            last = [v for v, slot in stops if slot != BREAK][-1]
            way = int(problem.travel_s[problem.places[last.building_id], problem.places[team.base_id]])
            if start[visit.visit_id] + _seconds(problem, team, visit, slot) + way > team.shift_s[1]:
                return False
    return True
