"""Whether what past checks teach may score: only where, out of time, it is not behind the rule and ahead of chance."""

from itertools import pairwise

import numpy as np
import pandas as pd

from geodata.array_types import Bools, Float64s
from sweep.rank.learnt.forecast_accuracy import area_within
from sweep.rank.learnt.learnt_model import CHECKS_MIN, FINDS_MIN, fit_checks
from sweep.rank.learnt.training_data import FEATURES, Checks
from sweep.records.ranking import FEWEST_FINDS, Verdict

# The first checks teach only; each later block is foretold from all before it.
EDGES = (0.4, 0.55, 0.7, 0.85, 1.0)
# One-sided, five in a hundred.
_SURE = 1.645


def is_few(is_find: Bools) -> bool:
    """Whether so many checks and finds are too few to fit a model: 100 with 20 finds are needed."""
    return len(is_find) < CHECKS_MIN or int(is_find.sum()) < FINDS_MIN


def judge(checks: Checks, model: Float64s) -> Verdict:
    """
    The verdict on the model of these checks, from blocks of them that it had not seen.

    The area is AUC among checks of one block by one team, so that no merit comes from who looked; where no team made
    two checks it is among all of a block. Areas within a standard error of each other are level; then the model scores,
    for it gives its odds. Where past checks speak against leads themselves, nothing is learnt from them.
    """
    n_finds = int(checks.is_find.sum())
    if is_few(checks.is_find):
        return Verdict("rule", "few", len(checks.is_find), n_finds)
    untested = Verdict("rule", "untested", len(checks.is_find), n_finds)
    seen = ~np.isnan(model)
    model, rule, find = model[seen], checks.features[seen, FEATURES.index("rule")], checks.is_find[seen]
    if find.sum() < FEWEST_FINDS or find.all():
        return untested
    block = pd.Series(np.searchsorted(_edges(checks), np.flatnonzero(seen), side="right")).astype(str)
    strata = block + " " + pd.Series(checks.group[seen]).astype(str)
    if np.isnan(area_within(model, find, strata)[0]):
        strata = block
    own, spread = area_within(model, find, strata)
    ahead, noise = area_within(model, find, strata, beside=rule)
    of_rule, blur = area_within(rule, find, strata)
    if np.isnan(own):
        return untested
    # Surely below this it is no bad luck: outcomes are the wrong way round, or visits shunned the leads.
    if of_rule + _SURE * blur < 0.45:
        reason = "against"
    else:
        reason = "behind" if ahead < -noise else "chance" if own < 0.5 + _SURE * spread else "ahead"
    return Verdict(
        scored_by="logistic" if reason == "ahead" else "rule",
        reason=reason,
        n_checks=len(checks.is_find),
        n_finds=n_finds,
        n_judged=len(find),
        n_judged_finds=int(find.sum()),
        n_judged_predicted=float(model.sum()),
        model_area=own,
        rule_area=of_rule,
        margin=_SURE * spread,
    )


def _edges(checks: Checks) -> list[int]:
    """Ends of the blocks, as rows; a day lies in one block."""
    m = len(checks.day)
    at = [min(m - 1, int(share * m)) for share in EDGES[:-1]]
    return [*(int(np.searchsorted(checks.day, checks.day[row])) for row in at), m]


def foretold(checks: Checks) -> Float64s:
    """Chance of a find that the model gave each check before it saw it, shape (m,); NaN for those it began with."""
    given = np.full(len(checks.day), np.nan)
    if is_few(checks.is_find):
        return given
    for start, end in pairwise(_edges(checks)):
        before = checks.part(slice(0, start))
        if end > start and before.is_find.sum() > 0:
            given[start:end] = fit_checks(before).probability(checks.features[start:end])
    return given
