"""Explanation of one visit: why it is unserved and its cost if forced in, or why it has its team."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.errors import Value
from sweep.plan.bound.branch_and_price import Prover
from sweep.plan.bound.proof_thread import served_units
from sweep.plan.explain.insertion_options import Option, Options
from sweep.plan.feasible.shortest_times_through_visits import ShortestPaths
from sweep.plan.feasible.team_obstacles import obstacles
from sweep.plan.kernel.annealing import score
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.search_state import copy_state, remove_unit
from sweep.plan.problem.blamed_rules import caps_reached, reason_of_rule, rules_to_blame
from sweep.plan.problem.eligibility import active_teams, may_serve
from sweep.plan.problem.objective import objective, restricted
from sweep.plan.problem.problem import Problem, links
from sweep.plan.search.decode_routes import make_routes
from sweep.plan.search.encode_extra_rows import unit_losses
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import with_routes
from sweep.plan.solve import Settings, solve
from sweep.plan.teams.make_teams import with_fixed_teams
from sweep.records.people import Team
from sweep.records.plan import Objective, Plan, Reason, Route
from sweep.records.visits import Visit

CLOSE = 1e-6
# Largest distance of a proven price from its bound: three digits are shown.
SHOWN = 1e-4


@dataclass(frozen=True, slots=True)
class ForcedVisitLoss:
    """Loss if one more visit is forced into the plan (old plan) and the problem is solved again (new plan)."""

    parts: Objective
    """
    Objective of the old plan less that of the new plan, part by part; negative: the plan with the visit is better.

    The visit leaves -`must_missed` must-visits unserved, which `total` does not count.
    """
    is_exact: bool
    """Whether the total is proven; else it is an upper bound."""
    displaced: tuple[str, ...]
    """Ids of the visits that the old plan serves and the new plan does not."""
    teams: tuple[str, ...]
    """Ids of the teams that make the visit in the new plan."""
    start_s: int
    """Start of the visit in the new plan."""


@dataclass(frozen=True, slots=True)
class UnservedExplanation:
    """Explanation of an unserved visit."""

    visit: Visit
    reasons: tuple[Reason, ...]
    price: ForcedVisitLoss | None
    """Loss if the visit is forced in; None if no plan with it was found, or if `reasons` exclude it from every plan."""
    options: tuple[Option, ...]
    """One for each team, the cheapest change first."""


@dataclass(frozen=True, slots=True)
class ServedExplanation:
    """Explanation of a served visit."""

    visit: Visit
    team_ids: tuple[str, ...]
    start_s: int
    slack_s: int
    """Seconds by which it could start later with the rest of the plan unchanged."""
    travel_saved_s: int
    """Travel seconds that its teams would save without it."""
    inside_s: int
    """Service seconds of all its teams."""
    parts: Objective
    """Marginal value: objective of the plan less that of the best plan without the visit, by parts."""
    price: float
    """Increase of the plan's costs by the visit, in units of value: travel, lateness and other weighted costs."""
    others: tuple[tuple[str, tuple[str, ...]], ...]
    """(team id, keys of the rules that exclude the team) for each other team; no keys: the team is eligible."""


class Explainer:
    """Explanations for one plan: why a visit is served or not, and what forcing it in costs; the teams are fixed."""

    def __init__(self, problem: Problem, plan: Plan, settings: Settings) -> None:
        self.problem = with_fixed_teams(problem, plan)
        self.teams = self.problem.teams
        self.plan, self.settings = plan, settings
        self.active = active_teams(self.teams)
        self.served = frozenset(s.visit_id for r in plan.routes for s in r.made)
        self._objective = objective(self.problem, plan.routes, self.teams)
        self._paths = ShortestPaths(self.problem)
        self._options = Options(self.problem, self.active, plan.routes) if self.active and problem.visits else None

    def why_not(self, visit: Visit) -> UnservedExplanation:
        """Return why a visit is unserved, and the cheapest change that would serve it."""
        # The plan has the reason of a visit without windows, usually a locked door.
        shut = (u.reasons for u in self.plan.unserved if u.visit_id == visit.visit_id and not visit.windows_s)
        reasons = next(shut, ()) or rules_alone(self._paths, visit, self.active)
        reasons = reasons or _unit_reasons(self._paths, visit, self.active)
        capped = caps_reached(self.problem, (visit.visit_id,), self.served)
        price = None if reasons else self.price(visit)
        options = self._options.of(visit) if self._options else ()
        if not reasons and price is None:
            # A visit locked to a team may leave it no time.
            is_for_pins = self.problem.locks and any(option.displaced for option in options)
            reasons = capped or (self._no_time(visit) if is_for_pins else self._together(visit),)
        elif price is not None:
            reasons = self._of_price(price, options, capped)
        return UnservedExplanation(visit, reasons, price, options)

    def _of_price(
        self, price: ForcedVisitLoss, options: Sequence[Option], capped: Sequence[Reason]
    ) -> tuple[Reason, ...]:
        """
        Return why a visit is unserved that a plan could serve: caps, low value, or too short a search.

        `price`: loss if the visit is forced in. `options`: options of the teams for serving it. `capped`: caps that it
        would exceed.
        """
        if price.parts.rank < (0, -CLOSE):
            return (Reason("SEARCH_TOO_SHORT", {"gain": round(-price.parts.total, 6)}),)
        if not price.displaced or any(o.displaced == () and o.price is not None and o.price >= 0.0 for o in options):
            return tuple(capped) or (Reason("NOT_WORTH_ITS_COST"),)
        values: dict[str, Value] = {"visits": ", ".join(price.displaced), "price": round(price.parts.total, 6)}
        return (*capped, Reason("LOW_VALUE", values))

    def _no_time(self, visit: Visit) -> Reason:
        least = min(self.problem.service_s(visit, s.slot, len(t.member_ids)) for s in visit.slots for t in self.active)
        return Reason("NO_TIME_LEFT", {"needs": -(-least // 60)})

    def _together(self, visit: Visit) -> Reason:
        """Return why no plan serves a visit that teams could make: too few teams, or an unserved linked visit."""
        group = visit.link_group
        unit = [v for v in self.problem.visits if v is visit or (group is not None and v.link_group == group)]
        needs = sum(len(v.slots) for v in unit)
        has = sum(any(may_serve(self.problem, v, s.slot, t) for v in unit for s in v.slots) for t in self.active)
        if needs > has:
            return Reason("TOO_FEW_TEAMS", {"needs": needs, "has": has})
        if visit.link_group is not None:
            return Reason("LINKED_VISIT_UNSERVED", {"group": visit.link_group, "n_teams": len(visit.slots)})
        return Reason("TOO_FEW_TEAMS", {"needs": len(visit.slots), "has": len(self.active)})

    def price(self, visit: Visit) -> ForcedVisitLoss | None:
        """
        Return the loss from forcing the visit in; None if no plan with it was found.

        The search starts from the cheapest swap that serves the visit, or from this plan if no swap serves it.
        """
        forced, swap = _forced(self.problem, visit), self._options.cheapest(visit) if self._options else None
        start = self.plan.routes
        if self._options and swap is not None:
            start = make_routes(self.problem, self._options.arrays, swap.state, self.active)
        plan = solve(forced, self.settings, start=start)
        stops = {s.visit_id: (r.team_id, s.start_s) for r in plan.routes for s in r.stops}
        if visit.visit_id not in stops:
            return None
        return ForcedVisitLoss(
            parts=self._objective - objective(self.problem, plan.routes, self.teams),
            is_exact=self._is_proven(forced, plan),
            displaced=tuple(
                v.visit_id for v in self.problem.visits if v.visit_id in self.served and v.visit_id not in stops
            ),
            teams=tuple(r.team_id for r in plan.routes for s in r.stops if s.visit_id == visit.visit_id),
            start_s=stops[visit.visit_id][1],
        )

    def _is_proven(self, forced: Problem, plan: Plan) -> bool:
        """Whether `plan` is proven, up to rounding, to have the largest objective of all plans that serve the visit."""
        bound = plan.bound if plan.status == "optimal" else self._lowered_bound(forced, plan)
        # The bound leaves out costs, so the difference may consist of them.
        return bound - plan.value + plan.costs <= SHOWN * max(1.0, 1e-4 * bound)

    def _lowered_bound(self, forced: Problem, plan: Plan) -> float:
        a = make_arrays(forced, self.active)
        state = with_routes(forced, a, self.active, plan.routes)
        limit_s = np.inf if self.settings.n_iterations is not None else self.settings.time_limit_s
        prover, served, began = Prover(forced, a, self.active), served_units(a, state), time.monotonic()
        prover.unit_losses = unit_losses(a, state)

        def should_continue() -> bool:
            # Limit on rounds of pricing, the same on any machine, for settings without a clock.
            return prover.n_rounds < 1_000 and time.monotonic() - began < limit_s

        prover.bound_roots(should_continue, with_musts=True)
        prover.run(lambda: served, should_continue)
        return prover.bound(served)[0]

    def why_there(self, visit: Visit) -> ServedExplanation:
        """Return the explanation of a served visit: reasons for its teams, its costs and its slack."""
        a = make_arrays(self.problem, self.active)
        state = with_routes(self.problem, a, self.active, self.plan.routes)
        row = next(n for n, v in enumerate(self.problem.visits) if v.visit_id == visit.visit_id)
        task = int(a.node_start[row])
        unit, removed = int(a.task["unit"][task]), copy_state(state)
        remove_unit(a, removed, unit)
        compute_starts(a, removed)
        without = restricted(self.problem, {v.visit_id for v in self.problem.visits} - {visit.visit_id})
        other = solve(without, self.settings, start=self.plan.routes)
        every = ((r, n, s) for r in self.plan.routes for n, s in enumerate(r.stops))
        stops = [(r, n, s) for r, n, s in every if s.visit_id == visit.visit_id and not s.is_attempt]
        mine = {r.team_id for r, _, _ in stops}
        options = self._options.of(visit) if self._options else ()
        return ServedExplanation(
            visit=visit,
            team_ids=tuple(r.team_id for r, _, _ in stops),
            start_s=stops[0][2].start_s,
            slack_s=max(0, int(state.fill["late"][task]) - stops[0][2].start_s),
            travel_saved_s=sum(self._saved(r, n) for r, n, _ in stops),
            inside_s=sum(s.end_s - s.start_s for _, _, s in stops),
            parts=self._objective - objective(without, other.routes, self.teams),
            price=score(a, removed) - score(a, state) + float(a.units["value"][unit]),
            others=tuple((o.team_id, o.rules) for o in options if o.team_id not in mine),
        )

    def _saved(self, route: Route, n: int) -> int:
        team = next(t for t in self.active if t.team_id == route.team_id)
        places = [team.base_id, *(s.building_id for s in route.stops), team.end_base_id or team.base_id]
        before, here, after = (self.problem.places[p] for p in places[n : n + 3])
        table = self.problem.travel_s
        # Without a shorter direct leg the team still drives past the door.
        return max(0, int(table[before, here] + table[here, after] - table[before, after]))


def _forced(problem: Problem, visit: Visit) -> Problem:
    """Return the problem with this visit as the only must-visit; other must-visits come next, then the objective."""
    more = 1.0 + 2.0 * sum(v.best_value + v.urgency for v in problem.visits)

    def raised(v: Visit) -> Visit:
        extra = more * (v.is_must and v is not visit)
        values = tuple(x + extra for x in v.values)
        return replace(v, is_must=v.visit_id == visit.visit_id, value=v.value + extra, values=values)

    return replace(problem, visits=tuple(map(raised, problem.visits)))


def rules_alone(paths: ShortestPaths, visit: Visit, teams: Sequence[Team]) -> tuple[Reason, ...]:
    """Reasons why too few of `teams` could fill the visit's slots, even with empty routes; empty if enough could."""
    if len(teams) < len(visit.slots):
        return (Reason("TOO_FEW_TEAMS", {"needs": len(visit.slots), "has": len(teams)}),)
    by_slot = [{t.team_id: frozenset(obstacles(paths, visit, s.slot, t)) for t in teams} for s in visit.slots]
    to_blame = rules_to_blame(by_slot)
    return tuple(reason_of_rule(paths.problem, visit, slot, rule, teams) for rule, slot in to_blame.items())


def _unit_reasons(paths: ShortestPaths, visit: Visit, teams: Sequence[Team]) -> tuple[Reason, ...]:
    linked = {b for a, b, *_ in links(paths.problem) if a == visit.visit_id}
    for other in paths.problem.visits:
        if other.visit_id in linked and rules_alone(paths, other, teams):
            n_teams = len(visit.slots) + len(other.slots)
            group = visit.link_group or other.visit_id
            return (Reason("LINKED_VISIT_UNSERVED", {"group": group, "n_teams": n_teams}),)
    return ()
