"""Search for the best number of teams, for scenarios that do not set it."""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

from geodata.errors import InputError, Issue
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.stages.plan_day import limits_of, make_problem
from sweep.jobs.stages.plan_inputs_record import prepare
from sweep.jobs.stages.rank_day import USUAL_MEMBERS, Ranked, n_reserve, n_teams, rank, team_size
from sweep.jobs.stages.select_day import select
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.feasible.roster_shortfalls import most_teams
from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import SolveProgress, solve, wait_for_compiler
from sweep.plan.teams.slots_and_team_sizes import estimated_objective
from sweep.records.plan import Objective
from sweep.scenario.scenario import Scenario


@dataclass(frozen=True)
class TrialParams:
    """
    Parameters of the search for the number of teams; the first three are shares of the solver's limit (its seconds, or
    its iterations if set).
    """

    trial_share: float = 0.03
    """Limit of the route search in one short plan, made to try a number of teams."""
    trials_share: float = 0.5
    """Limit of all short plans together, including their preparation."""
    least_left: float = 0.4
    """Least share that remains for the final plan, even on a slow machine."""
    first_step: float = 0.25
    """First step from the usual number of teams, as a share of all possible numbers; steps are halved down to one."""
    most_estimates: int = 20_000
    """Largest product of possible numbers and visits at which the objective is estimated for every number."""
    noise: float = 1e-3
    """Relative difference of the objective to expect between two short plans with the same number of teams."""


_TRIAL = TrialParams()


class Trial(NamedTuple):
    """Results of a short plan with one number of teams, by which numbers of teams are compared."""

    objective: Objective
    """Objective without the finds of drawn visits."""
    n_due_offered: int
    """Number of visits on offer with a lead that falls due."""

    @property
    def rank(self) -> tuple[int, float]:
        """Sort key, larger is better: minus the number of missed must-visits, then the objective."""
        return self.objective.rank


class ScenarioWithNumber(NamedTuple):
    """Scenario with its number of teams, its ranking, and the share of the solver's limit that remains."""

    scenario: Scenario
    ranked: Ranked
    """Ranking, with a note on the numbers of teams that were tried."""
    share: float
    """Share of the solver's limit that remains for the final plan, in (0, 1]."""


def with_team_count(
    scenario: Scenario, inputs: Inputs, ranked: Ranked, on_progress: Callable[[SolveProgress], None]
) -> ScenarioWithNumber:
    """
    Return the scenario with the best number of teams; unchanged if it sets a number.

    By hill climbing from the number with the best estimated objective: a short plan is made for each number tried.
    Estimates are rather too high, so a number whose estimate is below the objective of a short plan is not tried. Large
    problems (`most_estimates`) are not estimated: hill climbing starts from the usual number, with steps that are
    halved. Among numbers whose objectives differ only by noise, the smallest is chosen.

    Parameters
    ----------
    ranked
        Ranking made for the usual number of teams (`rank_day.n_teams`).
    on_progress
        Called as by `solve`, with the used share of the limit for short plans.
    """
    if scenario.teams.n_teams is not None:
        return ScenarioWithNumber(scenario, ranked, 1.0)
    wait_for_compiler(on_progress)
    trials = _Trials(scenario, inputs, ranked, on_progress)
    best = trials.best()
    # If every visit is served, the largest number of people is no better than the smallest that serves all.
    if best in trials.all_served:
        small = trials.of_usual_size()
        if (n := small.best()) in small.all_served:
            trials, best = small, n
    notes = [Issue("S213", "teams.n_teams", {"n": best, "most": trials.numbers[-1], "tried": trials.text() or "-"})]
    members = trials.scenario.teams.members_max
    if members is not None and members != scenario.teams.members_max:
        notes.append(Issue("S214", "teams.members_max", {"members": members}))
    numbered = scenario.with_teams(best, members)
    if numbered.teams != scenario.with_teams(n_teams(scenario, ranked.persons)).teams:
        ranked = rank(numbered, inputs)
    share = max(_TRIAL.least_left, 1.0 - trials.share)
    return ScenarioWithNumber(numbered, replace(ranked, notes=(*ranked.notes, *notes)), share)


@dataclass
class _Trials:
    """Short plans made to find the best number of teams, with the objective of each."""

    scenario: Scenario
    inputs: Inputs
    ranked: Ranked
    on_progress: Callable[[SolveProgress], None]
    trials: dict[int, Trial | None] = field(default_factory=dict)
    """Short plan by number of teams; None if there is no plan with this number."""
    all_served: set[int] = field(default_factory=set)
    """Numbers of teams whose short plan serves every visit."""
    share: float = 0.0
    estimates: Mapping[int, float] = MappingProxyType({})
    """Estimated objective by number of teams, too high rather than too low; empty without estimates."""

    def __post_init__(self) -> None:
        problem = self._problem(self.scenario)
        self.usual, most = problem.rules.n_teams, most_teams(problem)
        # A number that only adds a reserve team wastes people.
        self.numbers = [n for n in range(1, most + 1) if self._n_active(n) > self._n_active(n - 1)] or [self.usual]
        if len(self.numbers) * len(problem.visits) <= _TRIAL.most_estimates:
            rules = (replace(problem.rules, n_teams=n, n_reserve=n_reserve(self.scenario, n)) for n in self.numbers)
            found = [estimated_objective(replace(problem, rules=of_number)) for of_number in rules]
            self.estimates = dict(zip(self.numbers, found, strict=True)) if any(found) else {}

    def best(self) -> int:
        """Return the number of teams with the best objective, found by trials; the usual number if none is feasible."""
        start = max(self.estimates, key=self.estimates.__getitem__, default=self.usual)
        at = min(bisect_left(self.numbers, start), len(self.numbers) - 1)
        step = 1 if self.estimates else max(1, round(_TRIAL.first_step * len(self.numbers)))
        none = (-len(self.inputs.buildings), -1.0)

        def rank_of(trial: Trial | None) -> tuple[int, float]:
            return none if trial is None else trial.rank

        while self.share < _TRIAL.trials_share:
            # The more promising side first, since time may run out.
            sides = sorted((at - step, at + step), key=lambda k: rank_of(self._nearest_tried(at, k)), reverse=True)
            near = [k for k in (at, *sides) if 0 <= k < len(self.numbers)]
            best = max(near, key=lambda k: (*rank_of(self._trial(self.numbers[k])), -k))
            if best == at and step == 1:
                break
            at, step = best, step if best != at else max(1, step // 2)
        # The objective is not unimodal: one team more changes draw and officers.
        for k in sorted(range(len(self.numbers)), key=lambda k: abs(k - at)):
            if self._may_be_best(self.numbers[k]):
                self._trial(self.numbers[k])
        made = {n: trial for n, trial in self.trials.items() if trial is not None}
        if not made:
            return self.usual
        n_missed, total = max(trial.rank for trial in made.values())
        least = total - _TRIAL.noise * abs(total)
        return min(n for n, trial in made.items() if trial.rank >= (n_missed, least))

    def _may_be_best(self, n: int) -> bool:
        """Return whether `n` teams may be best: no estimate, or one above the objective of every short plan so far."""
        best_total = max((x.objective.total for x in self.trials.values() if x is not None), default=0.0)
        return self.estimates.get(n, math.inf) > best_total

    def _nearest_tried(self, at: int, towards: int) -> Trial | None:
        tried = (k for k, n in enumerate(self.numbers) if n in self.trials and (k < at) == (towards < at) and k != at)
        nearest = min(tried, key=lambda k: abs(k - at), default=None)
        return None if nearest is None else self.trials[self.numbers[nearest]]

    def of_usual_size(self) -> _Trials:
        scenario = self.scenario.with_teams(None, USUAL_MEMBERS)
        return _Trials(scenario, self.inputs, self.ranked, self.on_progress, share=self.share)

    def text(self) -> str:
        """Return as text, for each number of teams tried: objective, expected finds, due leads, missed must-visits."""
        tried = ((n, x.objective, x.n_due_offered) for n, x in sorted(self.trials.items()) if x is not None)
        return "; ".join(
            f"{n}: {o.total:.2f} ({o.finds:.2f}, {o.n_due}/{offered})" + f" [-{o.must_missed}]" * (o.must_missed > 0)
            for n, o, offered in tried
        )

    def _n_active(self, n: int) -> int:
        return n - n_reserve(self.scenario, n)

    def _problem(self, scenario: Scenario) -> Problem:
        ranked = replace(self.ranked, team_size=team_size(scenario, self.ranked.persons))
        return make_problem(prepare(scenario, self.inputs, ranked, select(scenario, self.inputs, ranked)))

    def _trial(self, n: int) -> Trial | None:
        if n not in self.trials and self.share < _TRIAL.trials_share:
            began = time.monotonic()
            self.trials[n] = self._short_plan(n)
            solver = self.scenario.solver
            by_clock = (time.monotonic() - began) / solver.time_limit_s
            self.share += _TRIAL.trial_share if solver.iterations is not None else by_clock
        return self.trials.get(n)

    def _short_plan(self, n: int) -> Trial | None:
        """Return the result of a search with `n` teams and a small share of the time limit; None if infeasible."""
        limits = replace(limits_of(self.scenario, _TRIAL.trial_share), is_proof_wanted=False)
        try:
            problem = self._problem(self.scenario.with_teams(n))
            if contradictions(problem):
                return None
            share = min(1.0, self.share / _TRIAL.trials_share)
            plan = solve(problem, limits, lambda p: self.on_progress(replace(p, share=share)))
        except InputError:
            return None
        if not plan.unserved:
            self.all_served.add(n)
        parts = objective(problem, plan.routes, plan.teams)
        # The draw grows with the teams' hours, so its value is no reason for more teams.
        left_out = {u.visit_id for u in plan.unserved}
        drawn = sum(v.value for v in problem.visits if v.track == "routine" and v.visit_id not in left_out)
        return Trial(replace(parts, finds=parts.finds - drawn), sum(v.urgency > 0 for v in problem.visits))
