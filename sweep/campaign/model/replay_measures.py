"""Measures of a replay: finds, delays of promises and leads, violated caps."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sweep.campaign.model.cap_use_and_uneven_hours import gini
from sweep.campaign.model.promise_deadlines import due_on
from sweep.campaign.model.replay_state import ReplayState, ReplayVisit
from sweep.campaign.model.replayed_rechecks import n_missed, replay_rechecks


@dataclass(frozen=True, slots=True)
class ReplayReference:
    """Dates, promised intervals, leads and yearly limits of firms against which a replay's visits are measured."""

    end: date
    """First day after the replay."""
    begins: date
    """First day of the replay."""
    promise_days: Mapping[str, int]
    """Most days between visits, by building id; buildings without a promise are missing."""
    first_looks: Mapping[str, date]
    """Last inspection before the campaign, by building id."""
    leads: Sequence[tuple[str, date, date]]
    """Building, day of receipt and due day of each lead."""
    classes: Mapping[str, str]
    """Credit class by uscc."""
    caps: Mapping[str, int]
    """Yearly cap of a firm by credit class."""
    n_buildings: int
    shift_hours: float
    """Hours of one duty, for the Gini coefficient of hours."""
    days: Sequence[date]
    """Sweep days of the replay, in order."""
    recheck_days: int
    """Days from an irregularity to the due day of its re-check."""


def measures(state: ReplayState, reference: ReplayReference) -> dict[str, float]:
    """Return the figures of the replay up to `state`, by name, judged by the limits in `reference`."""
    calls: dict[str, list[date]] = {}
    for d in state.done:
        calls.setdefault(d.building_id, []).append(date.fromisoformat(d.day))
    promises = promise_measures(
        state.done, reference.promise_days, reference.first_looks, reference.begins, reference.end
    )
    reached = {d.building_id for d in state.done if d.outcome != "no_access"}
    missed = sum(
        not any(at <= on <= due for on in calls.get(b, ())) for b, at, due in reference.leads if due < reference.end
    )
    return {
        "finds": float(sum(d.outcome == "find" for d in state.done)),
        "visits": float(len(state.done)),
        "hours": sum(d.seconds for d in state.done) / 3600.0,
        "late_leads": float(missed),
        "rechecks_late": float(n_missed(replay_rechecks(state.done, reference.recheck_days), reference.days)),
        **promises,
        "never_share": 1.0 - len(reached) / max(1, reference.n_buildings),
        "caps_broken": float(caps_broken(state.done, reference.classes, reference.caps)),
        "pairs_twice": float(sum(d.n_pairs_twice for d in state.done)),
        "moved_share": state.n_moved / state.n_held if state.n_held else 0.0,
        "gini": gini([n * reference.shift_hours for n in state.duties.values()]),
    }


def promise_measures(
    done: Sequence[ReplayVisit],
    promise_days: Mapping[str, int],
    first_looks: Mapping[str, date],
    begins: date,
    end: date,
) -> dict[str, float]:
    """
    Return measures of how far promises were kept.

    `late_share`: share of building-days past a promise; `p90_over`: 90th percentile, over all intervals between visits,
    of the days by which an interval exceeds its promise; `worst`: largest ratio of an interval to its promise.

    Parameters
    ----------
    promise_days, first_looks
        By building id: most days between visits; and day of the last inspection before the first day.
    begins, end
        First day of the replay, and first day after it.
    """
    looks: dict[str, list[date]] = {}
    for d in done:
        if d.outcome != "no_access":
            looks.setdefault(d.building_id, []).append(date.fromisoformat(d.day))
    late, over, worst = 0, [], 0.0
    for b, days in promise_days.items():
        last = due_on(first_looks.get(b), begins, days) - timedelta(days=days)
        for on in [*looks.get(b, ()), end]:
            wait = (on - last).days
            over.append(max(0, wait - days))
            late += min(max(0, wait - days), (on - begins).days)
            worst = max(worst, wait / days)
            last = on
    over.sort()
    return {
        "late_share": late / (max(1, (end - begins).days) * max(1, len(promise_days))),
        "p90_over": float(over[min(len(over) - 1, int(0.9 * len(over)))]) if over else 0.0,
        "worst": worst,
    }


def caps_broken(done: Sequence[ReplayVisit], classes: Mapping[str, str], most: Mapping[str, int]) -> int:
    """
    Return the number of firm-years with more routine and special inspections than the firm's class allows (C06).

    `classes`: credit class by uscc; `most`: yearly cap by class.
    """
    counts = Counter((u, d.day[:4]) for d in done if d.track in ("routine", "special") for u in d.targets)
    return sum(n > most.get(classes.get(u, ""), min(most.values())) for (u, _), n in counts.items())


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean of `values`, one for each seed, and its standard error, which is NaN for a single seed."""
    n = len(values)
    mean = math.fsum(values) / n
    if n < 2:
        return mean, math.nan
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)
