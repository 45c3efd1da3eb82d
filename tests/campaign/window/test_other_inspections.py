"""Four weeks of a campaign in a city whose firms other authorities inspect, too (C33)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from geodata.schema import OTHER_INSPECTIONS, TIMEZONE
from sweep.campaign.check.check_campaign import campaign_inputs
from sweep.campaign.check.rule_registry import SOFT, check_campaign
from sweep.campaign.record.window_record import make_record
from sweep.campaign.window.daily_editions import history_with_planned
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.plan_window import PlannedWindow, plan_window
from sweep.campaign.window.travel_and_day_problem import TravelMatrix
from sweep.plan.solve import Settings
from tests.benchmarks.campaign.agreement import FIRST, city
from tests.seeds import over_seeds

ROUNDS = 30


def weekly(loaded: LoadedCampaign) -> LoadedCampaign:
    """The campaign with three sweep days a week, planned week by week."""
    campaign = loaded.campaign.model_copy(update={"weekdays": ("mon", "wed", "thu"), "window_weeks": 1})
    return replace(loaded, campaign=campaign.model_copy(update={"draw_seed": "a seed"}))


def window(loaded: LoadedCampaign, travel_matrix: TravelMatrix) -> PlannedWindow:
    return plan_window(loaded, travel_matrix, Settings(1, 600.0, ROUNDS, is_proof_wanted=False))


def with_others(loaded: LoadedCampaign, rows: list[tuple[str, date]]) -> LoadedCampaign:
    """The campaign with inspections by a third authority."""
    known = [
        {"inspection_id": f"{u} {d}", "uscc": u, "visited_on": pd.Timestamp(d, tz=TIMEZONE), "authority": "fire"}
        for u, d in sorted(set(rows))
    ]
    return replace(
        loaded, inputs=replace(loaded.inputs, other_inspections=OTHER_INSPECTIONS.validate(pd.DataFrame(known)))
    )


def targets(made: PlannedWindow) -> list[tuple[str, date, bool]]:
    """Firm, day, and whether a lead or a re-check names the firm, of each inspection of a window."""
    leads = dict(zip(made.loaded.inputs.leads["lead_id"], made.loaded.inputs.leads["uscc"], strict=True))
    rechecks = {r.recheck_id: r.uscc for r in made.loaded.inputs.rechecks}
    return [
        (uscc, day.day, uscc in {(leads | rechecks).get(b) for b in visit.basis})
        for day in made.days
        for visit in day.visits
        for uscc in visit.targets
    ]


def breaches(ours: list[tuple[str, date, bool]], others: list[tuple[str, date]]) -> list[tuple[str, date]]:
    """Inspections of firms that no lead names, beyond one a day, two a week or three a month over all authorities."""
    found = []
    days = [*{(u, d) for u, d, _ in ours}, *set(others)]
    for uscc, day, is_named in ours:
        own = Counter(d for u, d in days if u == uscc)
        week = sum(n for d, n in own.items() if d.isocalendar()[:2] == day.isocalendar()[:2])
        month = sum(n for d, n in own.items() if (d.year, d.month) == (day.year, day.month))
        if not is_named and (own[day] > 1 or week > 2 or month > 3):
            found.append((uscc, day))
    return found


@pytest.mark.slow
@over_seeds(range(1, 4), n_fast=3)
def test_four_weeks_keep_the_limits_of_a_day_a_week_and_a_month_over_all_authorities(seed: int) -> None:
    loaded, travel_matrix = city(seed)
    loaded = weekly(loaded)
    # Others inspect the firms of the plan that does not know of them: that day, twice that week, thrice that month.
    unaware = targets(window(loaded, travel_matrix))
    assert len(unaware) > 10
    monday = FIRST - timedelta(days=FIRST.weekday())
    others: list[tuple[str, date]] = []
    for k, (uscc, day, _) in enumerate(unaware):
        in_week = [monday + timedelta(days=n) for n in (1, 4)]
        in_month = [date(2026, 9, n) for n in (1, 8, 29)]
        others += [(uscc, d) for d in ([day], in_week, in_month)[k % 3]]
    tempted = breaches(unaware, others)
    assert len(tempted) > 5
    loaded, ours = with_others(loaded, others), list[tuple[str, date, bool]]()
    for week in range(4):
        today = FIRST + timedelta(weeks=week)
        made = window(loaded.with_tables(today, loaded.inputs.leads, loaded.inputs.history), travel_matrix)
        record = make_record(made, {d.day: d for d in made.days}, {}, None)
        broken = check_campaign(campaign_inputs(made.loaded, record, None))
        assert [v for v in broken if v.rule_id == "C33" or v.rule_id not in SOFT] == []
        ours += targets(made)
        loaded = replace(loaded, inputs=replace(loaded.inputs, history=history_with_planned(made.loaded, made.days)))
    assert len(ours) > 10
    assert breaches(ours, others) == []
