"""
A window planned in one model against its days planned one by one, in the same time, over several seeds.

    uv run python -m tests.benchmarks.campaign.against_days [--seeds 10] [--seconds 40] [--campaign FOLDER]

One by one, each day is planned alone with its share of the time, on what is left by the days before it: the same teams,
values and offers. Prints a table: expected finds, leads late, promises late, for both, and the paired difference with
its standard error. Exits 1 unless the window is ahead in value by more than two standard errors.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from sweep.campaign.file import load_campaign
from sweep.campaign.replay import mean_and_error
from sweep.pipeline.campaign.crews import people_by_day, teams_of_day
from sweep.pipeline.campaign.loaded import Loaded, load_for
from sweep.pipeline.campaign.offer import DayOffer, Span, leads_due, window_offers
from sweep.pipeline.campaign.values import ranker_of, rankings
from sweep.pipeline.campaign.window import Ground, day_problem, make_ground, make_window, split
from sweep.pipeline.stages.rank import team_size
from sweep.plan.solve import Settings, solve, wait_for_compiler
from sweep.records.people import Team

Figures = tuple[float, int, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--campaign", type=Path, default=Path("scenarios/quancheng_campaign"))
    given = parser.parse_args()
    campaign = load_campaign(given.campaign)
    loaded = load_for(campaign, campaign.first_day)
    ground = make_ground(loaded)
    wait_for_compiler(None)
    rows = [_both(loaded, ground, seed, given.seconds) for seed in range(1, given.seeds + 1)]
    print("| seed | window: finds | leads late | promises late | one by one: finds | leads late | promises late |")
    print("|---|---|---|---|---|---|---|")
    for seed, (a, b) in enumerate(rows, start=1):
        print(f"| {seed} | {a[0]:.3f} | {a[1]} | {a[2]} | {b[0]:.3f} | {b[1]} | {b[2]} |")
    ahead = []
    for k, name in enumerate(("finds", "leads late", "promises late")):
        mean, error = mean_and_error([a[k] - b[k] for a, b in rows])
        base = sum(b[k] for _, b in rows) / len(rows)
        print(f"{name}: window less one by one {mean:+.3f} +- {error:.3f} ({mean / base if base else math.nan:+.1%})")
        ahead.append(mean > 2 * error)
    sys.exit(0 if ahead[0] else 1)


def _both(loaded: Loaded, ground: Ground, seed: int, seconds: float) -> tuple[Figures, Figures]:
    days = loaded.days(*loaded.campaign.window(loaded.today))
    on_duty = people_by_day(loaded, days)
    size = team_size(loaded.scenario.with_teams(loaded.campaign.n_teams_on(days[0])), on_duty[days[0]])
    span = Span(days, rankings(loaded, ranker_of(loaded, size), days), on_duty, size)
    offers, teams = window_offers(loaded, span), []
    for k, offer in enumerate(offers):
        problem = day_problem(loaded, ground, offer, on_duty[offer.day].values())
        teams.append(teams_of_day(loaded, problem, offer.day, {}, seed + k))
    whole = _planned(loaded, ground, offers, teams, Settings(seed, seconds))
    made: dict[str, tuple[date, float]] = {}
    for offer, of_day in zip(offers, teams, strict=True):
        left = replace(offer, visits={b: v for b, v in offer.visits.items() if b not in made})
        limits = Settings(seed, seconds / len(offers))
        made |= _planned(loaded, ground, [_of_the_day(loaded, left)], [of_day], limits)
    return _figures(loaded, days, whole), _figures(loaded, days, made)


def _of_the_day(loaded: Loaded, offer: DayOffer) -> DayOffer:
    """What one day alone weighs: leads and promises that fall due on it, as `sweep run` weighs them."""
    due, dues = leads_due(loaded, (offer.day,)), loaded.dues()
    weight, promise = loaded.scenario.plan.due_weight, loaded.campaign.promise_weight
    visits = {}
    for b, v in offer.visits.items():
        n = sum(on == offer.day for on in due.get(b, ())) if v.track == "case" else 0
        late = b in dues and dues[b].due_on <= offer.day
        visits[b] = replace(v, urgency=weight * n + promise * late)
    return replace(offer, visits=visits)


def _planned(
    loaded: Loaded, ground: Ground, offers: Sequence[DayOffer], teams: Sequence[Sequence[Team]], limits: Settings
) -> dict[str, tuple[date, float]]:
    window = make_window(loaded, ground, offers, teams)
    plans = split(window, solve(window.problem, limits))
    return {v.building_id: (p.day, v.value) for p in plans for v in p.visits}


def _figures(loaded: Loaded, days: Sequence[date], made: dict[str, tuple[date, float]]) -> Figures:
    leads = leads_due(loaded, tuple(days))
    n_leads = sum(made.get(b, (date.max, 0.0))[0] > on for b, of in leads.items() for on in of if on >= days[0])
    due = loaded.dues()
    n_due = sum(
        made.get(b, (date.max, 0.0))[0] > max(d.due_on, days[0]) for b, d in due.items() if d.due_on <= days[-1]
    )
    return sum(v for _, v in made.values()), n_leads, n_due


if __name__ == "__main__":
    main()
