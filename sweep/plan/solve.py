"""The door to the planner: a problem in, a plan out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from sweep.plan.bound.proof import Proof, is_closed
from sweep.plan.bound.prover import Prover
from sweep.plan.first_calls import PAID_WAYS, PLANNER
from sweep.plan.formation.any_teams import AnyBound, bound_of_any
from sweep.plan.formation.form import Formed, form
from sweep.plan.interrupt import held_interrupt
from sweep.plan.kernel.arrays import NONE, Arrays
from sweep.plan.kernel.people import People, make_people, members
from sweep.plan.kernel.state import State
from sweep.plan.problem.may_serve import active_teams
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.tasks import slot_tasks
from sweep.plan.search.anneal import PRICED_SHARE, Limits, Meeting, Reply, anneal, leg_cost
from sweep.plan.search.layout import make_arrays
from sweep.plan.search.mixer import Mixer
from sweep.plan.search.routes import make_routes
from sweep.plan.search.unserved import unserved_visits
from sweep.plan.search.warm import empty_state, with_routes
from sweep.plan.teams.compose import compose_teams
from sweep.plan.teams.manned import manned, movable_people
from sweep.records.people import Team
from sweep.records.plan import Plan, Route
from sweep.records.proof import proof_json

# Share of the limit in which people still change teams, if the teams are composed; and where no proof, which holds for
# the teams as they are, is wanted after it.
COMPOSE_SHARE, COMPOSE_SHARE_UNPROVEN = 0.4, 0.9
# Below these limits teams are composed evenly: to look for better ones takes some seconds. Share of the limit in which
# the routes of all teams that could be are priced, and what the choice between them may take of it.
LEAST_FORM_S, LEAST_FORM_ROUNDS = 8.0, 50_000
FORM_SHARE, CHOOSE_SHARE = 0.2, 0.2
# Share of the limit that the bound for any teams may take, before the proof that runs beside the search.
ANY_SHARE = 0.2
# Once the value is proven the search goes on for shorter ways, for this many times as long as the proof took.
SHORTEN_SHARE = 0.5
# Rounds of the search for one round of pricing, where rounds are the limit.
ROUNDS_A_PRICING = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of a solve. With `n_iterations` the plan is the same on every run, whatever the time it takes."""

    seed: int = 1
    time_limit_s: float = 20.0
    n_iterations: int | None = None
    is_proof_wanted: bool = True
    """Without it the bound is the one that is there at once, and both cores search."""
    is_review_wanted: bool = True
    """Without it the plan says of no visit why it was left out."""
    form_s: float | None = None
    """Seconds to price routes, and as many to choose, for forming teams beside the limit; None: a share of it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solve has come."""

    share: float
    """Share of the limit used up, in [0, 1]."""
    value: float
    bound: float
    """Infinite until there is one."""
    n_served: int
    n_iterations: int
    elapsed_s: float
    compiled: float = 1.0
    """Share of the search that is compiled, in [0, 1]: below 1 on a first run, whose clock has not begun."""


def solve(
    problem: Problem,
    settings: Settings,
    watch: Callable[[Progress], None] | None = None,
    start: Sequence[Route] = (),
) -> Plan:
    """
    The best plan found within the limits, never one that breaks a hard rule. Ctrl-C gives the best one so far.

    On a first run what is to be compiled is compiled before the time limit begins.

    Parameters
    ----------
    watch
        Called a few times a second.
    start
        Routes of given teams to begin with; the plan is at least as good as what of them can be kept.

    Raises
    ------
    InputError
        If no teams can be composed from the people.
    """
    wait_for_compiler(watch, is_travel_paid=problem.weights.is_travel_paid)
    with held_interrupt() as is_cut_short:
        return _solve(problem, _Run(problem, settings, watch, is_cut_short), start)


def wait_for_compiler(watch: Callable[[Progress], None] | None, *, is_travel_paid: bool = False) -> None:
    """Return once the search is compiled: on a first run after half a minute or more, with the progress of that."""
    for ahead in (PLANNER, PAID_WAYS) if is_travel_paid else (PLANNER,):
        ahead.wait(watch and (lambda share: watch(Progress(0.0, 0.0, np.inf, 0, 0, 0.0, compiled=share))))


def _solve(problem: Problem, run: _Run, start: Sequence[Route]) -> Plan:
    settings = run.settings
    teams = problem.teams or compose_teams(problem, settings.seed)
    active = active_teams(teams)
    formed, first = None, None
    if not problem.teams:
        formed = run.form(teams, active)
        began = () if formed is None else formed.routes
        active, first = run.compose(teams, active if formed is None else formed.teams, began)
    teams = _replaced(teams, active)
    arrays = make_arrays(problem, active)
    proof = Proof(Prover(problem, arrays, active, weighs_urgency=arrays.is_daily), arrays)
    state = empty_state(arrays)
    with_routes(problem, arrays, state, active, first if first is not None else start)
    if len(active) and len(problem.visits):
        state = run.route(arrays, active, state, proof, lambda: run.bound_any(teams, formed))
    value = plan_value(problem, arrays, state)
    bound, method, shown = proof.certified(state)
    bound = max(bound, value)  # equal up to rounding when everything is served
    left_out = {v.visit_id for v in problem.visits} - served_visits(problem, state)
    of_any = None if any(v.is_must and v.visit_id in left_out for v in problem.visits) else run.of_any
    return Plan(
        status="optimal" if is_closed(value, bound) else "feasible",
        value=value,
        bound=bound,
        bound_method=method,
        teams=tuple(teams),
        routes=make_routes(problem, arrays, state, active),
        unserved=unserved_visits(problem, arrays, state, active) if settings.is_review_wanted else (),
        seed=settings.seed,
        n_iterations=run.n_iterations,
        members_max=problem.rules.max_members,
        proof=proof_json(shown.model_copy(update={"any_teams": of_any and of_any.shown})),
        bound_any_teams=of_any and max(of_any.bound, value),
    )


def served_visits(problem: Problem, state: State) -> frozenset[str]:
    """Ids of the visits that are in the routes; a visit is in with all its slots or not at all."""
    is_in = state.fill["team"] != NONE
    return frozenset(v.visit_id for (v, _), here in zip(slot_tasks(problem), is_in, strict=False) if here)


def may_form(time_limit_s: float, n_iterations: int | None) -> bool:
    """Whether limits leave time to look for better teams than even ones."""
    return time_limit_s >= LEAST_FORM_S if n_iterations is None else n_iterations >= LEAST_FORM_ROUNDS


def plan_value(problem: Problem, arrays: Arrays, state: State) -> float:
    """Sum of the values of the visits that are in the routes, each on its day."""
    team = state.fill["team"][arrays.node_start[: len(problem.visits)]]
    days = arrays.team["day"][team[team != NONE]].tolist()
    served = (v for v, k in zip(problem.visits, team, strict=True) if k != NONE)
    return sum(v.value_on(day) for v, day in zip(served, days, strict=True))


def _replaced(teams: Sequence[Team], active: Sequence[Team]) -> tuple[Team, ...]:
    by_id = {t.team_id: t for t in active}
    return tuple(by_id.get(t.team_id, t) for t in teams)


class _Run:
    """The limits of one solve, shared out over its parts."""

    def __init__(
        self,
        problem: Problem,
        settings: Settings,
        watch: Callable[[Progress], None] | None,
        is_cut_short: Callable[[], bool],
    ) -> None:
        self.problem, self.settings, self.watch, self.is_cut_short = problem, settings, watch, is_cut_short
        self.began = time.monotonic()
        self.n_iterations = 0
        self.of_any: AnyBound | None = None
        """Holds for plans that serve every must-visit."""

    def form(self, teams: Sequence[Team], active: Sequence[Team]) -> Formed | None:
        """The active teams made of other people, where there is time to look for better ones."""
        n_rounds, limit_s, form_s = self.settings.n_iterations, self.settings.time_limit_s, self.settings.form_s
        if form_s is None and not may_form(limit_s, n_rounds):
            return None
        price_s, choice_s = (FORM_SHARE * limit_s, CHOOSE_SHARE * limit_s) if form_s is None else (form_s, form_s)
        until = time.monotonic() + price_s if n_rounds is None else np.inf

        def may_go_on() -> bool:
            return time.monotonic() < until and not self.is_cut_short()

        most_s = choice_s if n_rounds is None else None
        formed = form(self.problem, teams, active, self.settings.seed, may_go_on, most_s)
        if form_s is not None:
            self.began = time.monotonic()
        return formed

    def compose(
        self, teams: Sequence[Team], active: Sequence[Team], began: Sequence[Route] = ()
    ) -> tuple[list[Team], tuple[Route, ...]]:
        """Let people change teams while the routes are searched: the teams that came out, and their routes."""
        people = movable_people(self.problem, teams)
        arrays = make_arrays(self.problem, active, people)
        state = empty_state(arrays, members(people, active))
        with_routes(self.problem, arrays, state, active, began)
        if len(active) > 1 and people and self.problem.visits:
            movers = make_people(self.problem, active, people)
            state = self._search(arrays, movers, state, (0.0, self._compose_share(arrays)), None)
        inside: list[list[int]] = [[] for _ in active]
        for p, k in enumerate(state.member):
            if k != NONE:
                inside[k].append(p)
        changed = [manned(self.problem, t, [people[p] for p in inside[k]]) for k, t in enumerate(active)]
        return changed, make_routes(self.problem, arrays, state, changed)

    def bound_any(self, teams: Sequence[Team], formed: Formed | None) -> None:
        """Bound what any teams of the same people are worth, where there is time to look for better ones."""
        n_rounds, limit_s = self.settings.n_iterations, self.settings.time_limit_s
        if not may_form(limit_s, n_rounds):
            return
        until, n_left = time.monotonic() + ANY_SHARE * limit_s, (n_rounds or 0) // ROUNDS_A_PRICING
        asked = count()

        def may_go_on() -> bool:
            is_over = time.monotonic() >= until if n_rounds is None else next(asked) >= n_left
            return not is_over and not self.is_cut_short()

        begun = formed and formed.relaxation
        self.of_any = bound_of_any(self.problem, teams, may_go_on, begun, with_musts=True)

    def route(
        self, arrays: Arrays, active: Sequence[Team], state: State, proof: Proof, aside: Callable[[], None]
    ) -> State:
        """
        Search the routes of these teams until the limit, with a proof beside it if one is wanted.

        Parameters
        ----------
        aside
            Called before the proof, in its thread.
        """
        if self.is_cut_short():
            return state
        movers = make_people(self.problem, active, ())
        part = (self._compose_share(arrays), 1.0)
        if not self._is_proof_of_use(arrays):
            return self._search(arrays, movers, state, part, None)
        n_rounds = self.settings.n_iterations
        if n_rounds is not None:
            state = self._search(arrays, movers, state, part, None)
            aside()
            proof.run(state, n_rounds // ROUNDS_A_PRICING, self.is_cut_short)
            return proof.exchange(state) or state
        proof.begin(state, self._seconds_left(), aside)
        try:
            state = self._search(arrays, movers, state, part, proof)
        finally:
            proof.end()
        return proof.exchange(state) or state

    def _compose_share(self, arrays: Arrays) -> float:
        """Share of the limit in which people change teams, in [0, 1]: 0 if the teams are given."""
        if self.problem.teams:
            return 0.0
        return COMPOSE_SHARE if self._is_proof_of_use(arrays) else COMPOSE_SHARE_UNPROVEN

    def _is_proof_of_use(self, arrays: Arrays) -> bool:
        """Where the road costs what visits are worth, a bound on worth alone says little."""
        values = sum(max(v.values, default=v.value) for v in self.problem.visits)
        is_cheap = leg_cost(arrays) * len(self.problem.visits) < PRICED_SHARE * values
        return self.settings.is_proof_wanted and is_cheap

    def _seconds_left(self, share: float = 1.0) -> float:
        return max(0.1, share * self.settings.time_limit_s - (time.monotonic() - self.began))

    def _search(self, a: Arrays, movers: People, state: State, part: tuple[float, float], proof: Proof | None) -> State:
        n, before = self.settings.n_iterations, self.n_iterations
        limits = Limits(self._seconds_left(part[1]), None if n is None else round((part[1] - part[0]) * n))
        mixer = Mixer(a, len(state.member), limits.seconds, limits.n_rounds)
        enough = _Enough(a.is_soft or a.balance_cost > 0.0)

        def on_meet(at: Meeting) -> Reply:
            self.n_iterations = before + at.n_rounds
            value = plan_value(self.problem, a, at.best)
            bound = np.inf if proof is None else max(value, proof.bound(at.best)[0])
            if self.watch:
                self.watch(self._progress(at.best, value, part[0] + at.share * (part[1] - part[0]), bound))
            if self.is_cut_short():
                return Reply(is_enough=True)
            better = mixer.on_meet(at) if proof is None else proof.exchange(at.best) or mixer.on_meet(at)
            return Reply(better, proof is not None and enough.is_reached(at.share, is_proven=is_closed(value, bound)))

        return anneal(a, movers, state, limits, (self.settings.seed, round(100 * part[0])), on_meet)

    def _progress(self, state: State, value: float, share: float, bound: float) -> Progress:
        n_served = len(served_visits(self.problem, state))
        return Progress(min(1.0, share), value, bound, n_served, self.n_iterations, time.monotonic() - self.began)


class _Enough:
    """When a search may end before its limit: some time after its value is proven, if nothing but ways is left."""

    def __init__(self, has_other_aims: bool) -> None:
        self._has_other_aims, self._proven_at = has_other_aims, np.inf

    def is_reached(self, share: float, *, is_proven: bool) -> bool:
        if is_proven and not self._has_other_aims:
            self._proven_at = min(self._proven_at, share)
        return share >= (1.0 + SHORTEN_SHARE) * self._proven_at
