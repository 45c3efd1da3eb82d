"""Acceptance of the learnt model by out-of-time validation: not worse than the lead model and better than chance."""

from itertools import pairwise

import numpy as np
import pandas as pd

from geodata.array_types import Bools, Float64s
from sweep.rank.learnt.forecast_accuracy import Z_95, stratified_auc
from sweep.rank.learnt.learnt_model import CHECKS_MIN, FINDS_MIN, fit_checks
from sweep.rank.learnt.training_data import RULE, TrainingChecks
from sweep.records.ranking import FEWEST_FINDS, ModelChoice

# Share of checks at the ends of the blocks; the first block is for training only, each later one for testing.
EDGES = (0.4, 0.55, 0.7, 0.85, 1.0)


def is_few(is_find: Bools) -> bool:
    """Return whether the checks are too few to fit a model: fewer than 100, or fewer than 20 with a find."""
    return len(is_find) < CHECKS_MIN or int(is_find.sum()) < FINDS_MIN


def accept_model(checks: TrainingChecks, model: Float64s) -> ModelChoice:
    """
    Return the choice, with the reason: the learnt model if its out-of-time forecasts suffice, else the lead model.

    Checks are compared within one team and one block (period of validation), so that differences between teams do not
    count; if no team has checks with and without a find in a block, within one block. The learnt model must beat
    chance, and be at most one standard error worse than the lead model: if equal, it is used, since it gives
    probabilities. It is rejected if the lead model's AUC is significantly below 0.45, since the outcomes
    then contradict the leads.

    `model`: out-of-time P(find) of each check by the learnt model, see `out_of_time_forecasts`, shape (m,).
    """
    n_finds = int(checks.is_find.sum())
    if is_few(checks.is_find):
        return ModelChoice("rule", "few", len(checks.is_find), n_finds)
    untested = ModelChoice("rule", "untested", len(checks.is_find), n_finds)
    seen = ~np.isnan(model)
    model, rule, find = model[seen], checks.features[seen, RULE], checks.is_find[seen]
    if find.sum() < FEWEST_FINDS or find.all():
        return untested
    block = pd.Series(np.searchsorted(_edges(checks), np.flatnonzero(seen), side="right")).astype(str)
    strata = block + " " + pd.Series(checks.group[seen]).astype(str)
    if np.isnan(stratified_auc(model, find, strata)[0]):
        strata = block
    own, spread = stratified_auc(model, find, strata)
    ahead, noise = stratified_auc(model, find, strata, other_score=rule)
    of_rule, blur = stratified_auc(rule, find, strata)
    if np.isnan(own):
        return untested
    # Significantly below 0.45: outcomes are inverted, or visits avoided the leads.
    if of_rule + Z_95 * blur < 0.45:
        reason = "against"
    else:
        reason = "behind" if ahead < -noise else "chance" if own < 0.5 + Z_95 * spread else "ahead"
    return ModelChoice(
        scored_by="logistic" if reason == "ahead" else "rule",
        reason=reason,
        n_checks=len(checks.is_find),
        n_finds=n_finds,
        n_judged=len(find),
        n_judged_finds=int(find.sum()),
        n_judged_predicted=float(model.sum()),
        model_area=own,
        rule_area=of_rule,
        margin=Z_95 * spread,
    )


def _edges(checks: TrainingChecks) -> list[int]:
    """Return the row at which each validation block (period) ends, exclusive; all checks of a day are in one block."""
    m = len(checks.day)
    at = [min(m - 1, int(share * m)) for share in EDGES[:-1]]
    return [*(int(np.searchsorted(checks.day, checks.day[row])) for row in at), m]


def out_of_time_forecasts(checks: TrainingChecks) -> Float64s:
    """
    Return the model's out-of-time P(find) of each check, shape (m,).

    NaN for the first block of checks, which is for training only, and for all checks if they are too few (`is_few`).
    """
    given = np.full(len(checks.day), np.nan)
    if is_few(checks.is_find):
        return given
    for start, end in pairwise(_edges(checks)):
        before = checks.part(slice(0, start))
        if end > start and before.is_find.sum() > 0:
            given[start:end] = fit_checks(before).probability(checks.features[start:end])
    return given
