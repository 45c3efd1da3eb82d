"""Number of teams, where the scenario leaves it open: several numbers are tried, the best is taken."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from geodata.errors import InputError, Issue
from sweep.inputs.inputs import Inputs
from sweep.jobs.stages.plan_day import limits_of, make_problem
from sweep.jobs.stages.prepared import prepare
from sweep.jobs.stages.rank_day import USUAL_MEMBERS, Ranked, n_reserve, n_teams, rank, team_size
from sweep.jobs.stages.select_day import select
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.feasible.roster_shortfalls import most_teams
from sweep.plan.problem.objective import plan_worth
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Progress, solve, wait_for_compiler
from sweep.plan.solve_budget import may_form
from sweep.scenario.scenario import Scenario


@dataclass(frozen=True)
class TrialParams:
    """Constants of the trials of numbers of teams; shares are of the solver's limit."""

    trial_share: float = 0.03
    """Share that a short plan takes."""
    trials_share: float = 0.5
    """Share that all short plans may take, with all that is done for them."""
    form_share: float = 0.08
    """Share that forming teams for a short plan may take, twice: to price routes, and to choose."""
    least_left: float = 0.4
    """Share that a slow machine leaves to the plan itself."""
    first_step: float = 0.25
    """First step from the usual number, as a share of all numbers; it is halved until it is one."""
    noise: float = 1e-3
    """Share of their value by which two short plans of one number differ."""


_TRIAL = TrialParams()


class Worth(NamedTuple):
    """A short plan in figures; numbers of teams are compared by them in this order."""

    n_missed: int
    """Must-visits left out, less than 0."""
    value: float
    """Expected finds of all but drawn visits."""
    n_due: int = 0
    """Visits for a lead that falls due."""
    n_due_offered: int = 0


class Numbered(NamedTuple):
    """A scenario that says how many teams are sent, the ranking for them, and what is left for the plan."""

    scenario: Scenario
    ranked: Ranked
    """With a note that names the numbers that were tried."""
    share: float
    """Share of the solver's limit that is left, in (0, 1]."""


def with_number(scenario: Scenario, inputs: Inputs, ranked: Ranked, watch: Callable[[Progress], None]) -> Numbered:
    """
    The scenario with the number of teams that is worth most; as it is if it names one.

    Teams are formed for the usual number and uphill from it, by steps that are halved; where there is no time for that
    short plans are made. Of numbers that are worth the same but for chance the least is taken.

    Parameters
    ----------
    ranked
        The ranking for the usual number.
    watch
        Called as by `solve`, with the share of what all short plans may take.
    """
    if scenario.teams.n_teams is not None:
        return Numbered(scenario, ranked, 1.0)
    wait_for_compiler(watch)
    trials = _Trials(scenario, inputs, ranked, watch)
    best = trials.best()
    # Where nothing on offer is left over the most people are not better than the fewest who serve it, too.
    if best in trials.all_served:
        few = trials.of_usual_size()
        if (n := few.best()) in few.all_served:
            trials, best = few, n
    notes = [Issue("S213", "teams.n_teams", {"n": best, "most": trials.numbers[-1], "tried": trials.text() or "-"})]
    members = trials.scenario.teams.members_max
    if members is not None and members != scenario.teams.members_max:
        notes.append(Issue("S214", "teams.members_max", {"members": members}))
    numbered = scenario.with_teams(best, members)
    if numbered.teams != scenario.with_teams(n_teams(scenario, ranked.persons)).teams:
        ranked = rank(numbered, inputs)
    left = max(_TRIAL.least_left, 1.0 - trials.share)
    return Numbered(numbered, replace(ranked, notes=(*ranked.notes, *notes)), left)


@dataclass
class _Trials:
    """Estimated objective by number of teams: of teams formed for it, or of short plans."""

    scenario: Scenario
    inputs: Inputs
    ranked: Ranked
    watch: Callable[[Progress], None]
    worths: dict[int, Worth | None] = field(default_factory=dict)
    """None: no plan can be made with so many."""
    all_served: set[int] = field(default_factory=set)
    """Numbers whose plan leaves out nothing that is on offer."""
    share: float = 0.0

    def __post_init__(self) -> None:
        problem = self._problem(self.scenario)
        self.usual, most = problem.rules.n_teams, most_teams(problem)
        # With one more in reserve and none more on the way only people are lost.
        self.numbers = [n for n in range(1, most + 1) if self._n_active(n) > self._n_active(n - 1)] or [self.usual]

    def best(self) -> int:
        """The number that is worth most; the usual one if none can be planned with."""
        at = min(bisect_left(self.numbers, self.usual), len(self.numbers) - 1)
        step = max(1, round(_TRIAL.first_step * len(self.numbers)))
        none = Worth(-len(self.inputs.buildings), -1.0)
        while self.share < _TRIAL.trials_share:
            # Time may run out: first to where more is known to come.
            sides = sorted((at - step, at + step), key=lambda k: self._beyond(at, k) or none, reverse=True)
            near = [k for k in (at, *sides) if 0 <= k < len(self.numbers)]
            best = max(near, key=lambda k: (*(self._worth(self.numbers[k]) or none), -k))
            if best == at and step == 1:
                break
            at, step = best, step if best != at else max(1, step // 2)
        # The hill is not a smooth one: a number more or less changes what the draw takes, and which officers are left.
        for k in sorted(range(len(self.numbers)), key=lambda k: abs(k - at)) if self._may_form() else ():
            self._worth(self.numbers[k])
        made = {n: worth for n, worth in self.worths.items() if worth is not None}
        if not made:
            return self.usual
        best_of = max(made.values())
        least = (1.0 - _TRIAL.noise) * best_of.value
        return min(n for n, w in made.items() if w.n_missed == best_of.n_missed and w.value >= least)

    def _beyond(self, at: int, towards: int) -> Worth | None:
        """Objective of the nearest number that was tried on that side."""
        tried = (k for k, n in enumerate(self.numbers) if n in self.worths and (k < at) == (towards < at) and k != at)
        nearest = min(tried, key=lambda k: abs(k - at), default=None)
        return None if nearest is None else self.worths[self.numbers[nearest]]

    def of_usual_size(self) -> _Trials:
        """Trials of teams that are no larger than usual; they go on with what is left of the time."""
        scenario = self.scenario.with_teams(None, USUAL_MEMBERS)
        return _Trials(scenario, self.inputs, self.ranked, self.watch, share=self.share)

    def text(self) -> str:
        """Finds and due visits for each number that was tried, and how many must-visits are left out if any are."""
        tried = sorted((n, worth) for n, worth in self.worths.items() if worth is not None)
        return "; ".join(
            f"{n}: {w.value:.2f}, {w.n_due}/{w.n_due_offered}" + f" ({w.n_missed})" * (w.n_missed < 0) for n, w in tried
        )

    def _n_active(self, n: int) -> int:
        return n - n_reserve(self.scenario, n)

    def _problem(self, scenario: Scenario) -> Problem:
        ranked = replace(self.ranked, team_size=team_size(scenario, self.ranked.persons))
        return make_problem(prepare(scenario, self.inputs, ranked, select(scenario, self.inputs, ranked)))

    def _worth(self, n: int) -> Worth | None:
        if n not in self.worths and self.share < _TRIAL.trials_share:
            began = time.monotonic()
            self.worths[n] = self._planned(n)
            solver = self.scenario.solver
            by_clock = (time.monotonic() - began) / solver.time_limit_s
            self.share += _TRIAL.trial_share if solver.iterations is not None else by_clock
        return self.worths.get(n)

    def _may_form(self) -> bool:
        return may_form(self.scenario.solver.time_limit_s, self.scenario.solver.iterations)

    def _planned(self, n: int) -> Worth | None:
        """Objective of a short plan with `n` teams, formed for their routes if there is time for that."""
        form_s = _TRIAL.form_share * self.scenario.solver.time_limit_s if self._may_form() else None
        limits = replace(limits_of(self.scenario, _TRIAL.trial_share), is_proof_wanted=False, form_s=form_s)
        try:
            problem = self._problem(self.scenario.with_teams(n))
            if contradictions(problem):
                return None
            share = min(1.0, self.share / _TRIAL.trials_share)
            plan = solve(problem, limits, lambda p: self.watch(replace(p, share=share)))
        except InputError:
            return None
        if not plan.unserved:
            self.all_served.add(n)
        n_missed, value = plan_worth(problem, plan)
        # The draw is a share of the teams' hours: that it grows with them is no reason to send more.
        left_out = {u.visit_id for u in plan.unserved}
        drawn = sum(v.value for v in problem.visits if v.track == "routine" and v.visit_id not in left_out)
        due = [v.visit_id for v in problem.visits if v.urgency > 0]
        return Worth(n_missed, value - drawn, len(due) - len(left_out.intersection(due)), len(due))
