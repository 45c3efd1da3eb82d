"""Holds the checker against random days and their mutants, and counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

import tests.rules.mutants_people
import tests.rules.mutants_sites
import tests.rules.mutants_structure
import tests.rules.mutants_tracks  # noqa: F401  (each enters its mutators)
from sweep.check.rule_registry import RULES, check_plan
from sweep.rulebook.numbered_rules import is_soft
from tests.plan.judge import faults
from tests.rules.edits import is_wrong, random_edit
from tests.rules.mutants import MUTATORS
from tests.rules.random_days import RandomDay, random_day

N_EDITS = 3


@dataclass
class Tally:
    """What was seen of some days."""

    n_refused: int = 0
    """Seeds whose inputs are refused."""
    n_plans: int = 0
    n_stops: Counter[str] = field(default_factory=Counter)
    """Stops made, by track."""
    short: Counter[str] = field(default_factory=Counter)
    """Plans that fall short of a soft rule."""
    broken: list[str] = field(default_factory=list)
    """Plans of the planner that the checker finds broken: there must be none."""
    made: Counter[str] = field(default_factory=Counter)
    """Mutants by rule."""
    caught: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    @property
    def n_wrong(self) -> int:
        """Mutants."""
        return self.made.total()

    @property
    def n_found(self) -> int:
        """Mutants that the checker caught."""
        return self.caught.total()

    def add(self, seed: int, n_lists: int = 1) -> None:
        """One more day, and at most one mutant of each mutator."""
        day = random_day(seed, n_lists)
        if day is None:
            self.n_refused += 1
            return
        self.n_plans += 1
        self.n_stops.update(day.inputs.visits[s.visit_id].track for r in day.plan.routes for s in r.stops)
        breaches = check_plan(day.inputs, day.plan)
        self.short.update({v.rule_id for v in breaches if is_soft(v.rule_id)})
        self.broken += [f"{seed} {v.rule_id} {v.where} {dict(v.values)}" for v in breaches if not is_soft(v.rule_id)]
        before = {(v.rule_id, v.where) for v in breaches}
        for rule_id, mutators in MUTATORS.items():
            for k, mutator in enumerate(mutators):
                mutant = mutator(np.random.default_rng((seed, k)), day.inputs, day.plan)
                if mutant is None or any(r == rule_id and mutant.where in w for r, w in before):
                    continue
                self.made[rule_id] += 1
                if any(mutant.where in v.where for v in RULES[rule_id](mutant.inputs, mutant.plan)):
                    self.caught[rule_id] += 1
                else:
                    self.missed.append(f"{seed} {rule_id} {mutator.__name__} {mutant.where}")
        self._add_edits(seed, day)

    def _add_edits(self, seed: int, day: RandomDay) -> None:
        """Edits that the judge of the planner's tests calls wrong: the checker must name some hard rule."""
        for k in range(N_EDITS):
            edited = random_edit(np.random.default_rng((seed, 100 + k)), day.inputs, day.plan)
            if edited is None or not is_wrong(faults(day.problem, edited), day.inputs, edited):
                continue
            self.made["any edit"] += 1
            if any(not is_soft(v.rule_id) for v in check_plan(day.inputs, edited)):
                self.caught["any edit"] += 1
            else:
                self.missed.append(f"{seed} edit {k}: {faults(day.problem, edited)}")

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.n_refused + other.n_refused,
            self.n_plans + other.n_plans,
            self.n_stops + other.n_stops,
            self.short + other.short,
            self.broken + other.broken,
            self.made + other.made,
            self.caught + other.caught,
            self.missed + other.missed,
        )
