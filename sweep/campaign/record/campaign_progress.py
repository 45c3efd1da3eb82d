"""History of a campaign so far: visits, days, leads per week, prevalence by quarter."""

import math
from collections import Counter, defaultdict
from datetime import date, timedelta

import pandas as pd

from geodata.clock_times import monday_of
from geodata.schema import TIMEZONE
from sweep.campaign.model.weekly_figures import PastDayCounts
from sweep.campaign.records import QuarterPart
from sweep.campaign.window.load_campaign import LoadedCampaign, last_looks, looks_before
from sweep.campaign.window.visit_values import lead_rates
from sweep.records.ranking import YEAR_WEEKS
from sweep.select.prevalence import reserve_prevalence

# Weeks before the campaign's first day on the page, so that the first page is not empty.
_WEEKS_BEFORE = 12


def looks_of(loaded: LoadedCampaign) -> dict[str, tuple[int, ...]]:
    """
    Return, by building id, the days of past visits with access, ascending, in days from the campaign's first day.

    Visits before the campaign have negative numbers; only the last of them is included.
    """
    past = looks_before(loaded.inputs.history, loaded.today)
    days: dict[str, set[int]] = defaultdict(set)
    for building_id, at in zip(past["building_id"], past["visited_on"], strict=True):
        days[str(building_id)].add((at.date() - loaded.campaign.first_day).days)
    return {b: (*sorted(d for d in of if d < 0)[-1:], *sorted(d for d in of if d >= 0)) for b, of in days.items()}


def unreported_visits(loaded: LoadedCampaign) -> dict[str, date]:
    """Return, by building id, the day of the last planned visit before today that has no result and is assumed made."""
    if loaded.history_with_unreported is None:
        return {}
    return last_looks(loaded.history_with_unreported.iloc[len(loaded.inputs.history) :], loaded.today)


def first_shown_week(loaded: LoadedCampaign) -> date:
    """Return the Monday `_WEEKS_BEFORE` weeks before the campaign's first week, with which weekly figures begin."""
    return monday_of(loaded.campaign.first_day - timedelta(days=7 * _WEEKS_BEFORE))


def past_day_counts(loaded: LoadedCampaign) -> dict[date, PastDayCounts]:
    """Return, by day, visits, finds and new leads on buildings, from `first_shown_week` to yesterday."""
    first = first_shown_week(loaded)
    history = loaded.inputs.history
    past = history[(history["visited_on"] >= _at(first)) & (history["visited_on"] < loaded.now)]
    is_find: dict[tuple[date, str], bool] = {}
    for b, at, outcome in zip(past["building_id"], past["visited_on"], past["outcome"], strict=True):
        visit = at.date(), str(b)
        is_find[visit] = is_find.get(visit, False) or outcome == "find"
    visits, finds = Counter(day for day, _ in is_find), Counter(day for (day, _), found in is_find.items() if found)
    leads = _leads_by_day(loaded, first)
    return {d: PastDayCounts(visits[d], finds[d], leads[d]) for d in sorted({*visits, *leads})}


def new_lead_rate(loaded: LoadedCampaign) -> tuple[float, float]:
    """
    Return expected leads per day over all buildings, with the dispersion of weekly counts.

    The dispersion is variance divided by mean over the past year, at least 1.
    """
    first = loaded.today - timedelta(days=7 * YEAR_WEEKS)
    by_week = Counter[int]()
    for day, n in _leads_by_day(loaded, first).items():
        by_week[(day - first).days // 7] += n
    # Weeks before the first lead are not covered by the table.
    counts = pd.Series([by_week[k] for k in range(min(by_week, default=YEAR_WEEKS), YEAR_WEEKS)], dtype=float)
    dispersion = float(counts.var() / counts.mean()) if len(counts) > 1 else 1.0
    return sum(lead_rates(loaded).values()), max(1.0, dispersion)


def _leads_by_day(loaded: LoadedCampaign, first: date) -> Counter[date]:
    leads = loaded.inputs.leads
    came = leads[(leads["received_at"] >= _at(first)) & (leads["received_at"] < loaded.now)]
    return Counter(came.loc[came["building_id"].notna(), "received_at"].dt.date)


def quarters(loaded: LoadedCampaign) -> tuple[QuarterPart, ...]:
    """Return the prevalence in each quarter: share of drawn visits with a find or irregularity, with 95 % interval."""
    history = loaded.inputs.history
    made = []
    for quarter in pd.period_range(end=pd.Timestamp(loaded.today), periods=12, freq="Q"):
        start, end = (q.start_time.date() for q in (quarter, quarter + 1))
        mine = history[(history["visited_on"] >= _at(start)) & (history["visited_on"] < _at(min(end, loaded.today)))]
        if mine.empty:  # as most quarters of a young history
            continue
        drawn = next(p for p in reserve_prevalence(mine, end) if p.outcome == "irregular")
        if drawn.n_drawn:
            known = {} if math.isnan(drawn.share) else {"share": drawn.share, "low": drawn.low, "high": drawn.high}
            made.append(QuarterPart(quarter=str(quarter), n_drawn=drawn.n_drawn, n_found=drawn.n_found, **known))
    return tuple(made)


def _at(day: date) -> pd.Timestamp:
    return pd.Timestamp(day, tz=TIMEZONE)
