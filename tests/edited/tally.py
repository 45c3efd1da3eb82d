"""Random days planned, each plan edited in every way, judged by hand, and held against the checker."""

from __future__ import annotations

import copy
import json
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

import tests.edited.kinds_of_stops
import tests.edited.kinds_of_teams  # noqa: F401  (each enters its kinds)
from geodata.errors import InputError
from sweep.check.checker_inputs import CheckInputs
from sweep.check.rule_registry import OF_THE_OFFER, check_plan, hard_and_soft
from sweep.publish.archive.plan_json_of_problem_file import bare_plan_json
from sweep.publish.archive.read_plan import read_plan_identity, read_plan_json
from tests.edited.changed_days import KINDS as CHANGES
from tests.edited.changed_days import ChangedDay, changed_day
from tests.edited.judge import Json, wrongs
from tests.edited.kinds import KINDS
from tests.rules.random_days import RandomDay, random_day

# Plans that nobody edited: neither the planner's nor those that a change of the day made of them may be refused.
AS_MADE, CHANGED = UNEDITED = ("as made", "changed on its day")


@dataclass
class Tally:
    """What was seen of some days."""

    n_plans: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    """Edits that the judge calls wrong, by kind."""
    harmless: Counter[str] = field(default_factory=Counter)
    passed: list[str] = field(default_factory=list)
    """Wrong ones that the checker passes: there must be none."""
    refused: list[str] = field(default_factory=list)
    """Harmless ones, and plans as they were made, that the checker refuses: there must be none."""

    @property
    def n_wrong(self) -> int:
        """Wrong edits."""
        return self.wrong.total()

    @property
    def n_found(self) -> int:
        """Wrong edits that the checker refuses."""
        return self.wrong.total() - len(self.passed)

    def add(self, seed: int) -> None:
        """The day of a seed, if it can be planned: its plan as it is, and edited once in every way."""
        day = random_day(seed)
        if day is None:
            return
        self.n_plans += 1
        plan = as_json(day)
        self._hold(f"{seed} {AS_MADE}", day.inputs, plan, AS_MADE)
        for k, (name, edit) in enumerate(KINDS.items()):
            edited = copy.deepcopy(plan)
            if edit(np.random.default_rng((seed, k)), day.inputs, edited) and edited != plan:
                self._hold(f"{seed} {name}", day.inputs, edited, name)

        self._add_changed(seed, day)

    def _add_changed(self, seed: int, day: RandomDay) -> None:
        """The day changed, and its changed plan edited in every way that no event explains."""
        changed = changed_day(day, np.random.default_rng((seed, 1_000)))
        if changed is None:
            return
        self.harmless[CHANGED] += 1
        if own := hard_of(changed):
            self.refused.append(f"{seed} {CHANGED}: {own[:3]}")
        for k, (name, edit) in enumerate(CHANGES.items()):
            edited = edit(np.random.default_rng((seed, 1_001 + k)), changed)
            if edited is not None:
                self.wrong[name] += 1
                if not hard_of(edited):
                    self.passed.append(f"{seed} {name}")

    def _hold(self, what: str, inputs: CheckInputs, plan: Json, name: str) -> None:
        found, own = wrongs(inputs, plan), breaches(inputs, plan)
        (self.wrong if found else self.harmless)[name] += 1
        if found and not own:
            self.passed.append(f"{what}: {found[:3]}")
        if own and not found:
            self.refused.append(f"{what}: {own[:3]}")

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.n_plans + other.n_plans,
            self.wrong + other.wrong,
            self.harmless + other.harmless,
            self.passed + other.passed,
            self.refused + other.refused,
        )


def as_json(day: RandomDay) -> Json:
    """The plan of a day as it would stand in its file."""
    return dict(json.loads(bare_plan_json(day.plan, day.inputs.day)))


def breaches(inputs: CheckInputs, plan: Json) -> list[str]:
    """What the reader of plan files, or the checker, finds wrong."""
    text = json.dumps(plan)
    try:
        record, log = read_plan_json(text), read_plan_identity(text).log
    except InputError as error:
        return [f"{i.code} {i.where}" for i in error.issues]
    # A plan file alone: no plan before it is there.
    hard, _ = hard_and_soft(check_plan(replace(inputs, log=log), record))
    return [f"{v.rule_id} {v.where} {' '.join(map(str, v.values.values()))}" for v in hard]


def hard_of(day: ChangedDay) -> list[str]:
    """The hard rules that a changed plan breaks."""
    hard, _ = hard_and_soft(check_plan(day.inputs, day.plan, OF_THE_OFFER))
    return [f"{v.rule_id} {v.where} {' '.join(map(str, v.values.values()))}" for v in hard]
