"""
A window planned in one model against its days planned one by one, in the same time, over several seeds.

    uv run python -m tests.benchmarks.campaign.against_days [--seeds 10] [--seconds 40 | --rounds N] [--campaign FOLDER]

One by one, each day is planned alone with its share of the time, on what is left by the days before it: the same teams,
values and offers. Prints a table: expected finds, leads late, promises late, and what all of it is worth as the window
weighs it, for both, and the paired differences with their standard errors. On a busy machine `--rounds` counts the
search in rounds in place of seconds: a round of a window takes about three times as long as one of a day, so the days
have three times as many together; the processor seconds of both are told. Exits 1 unless the window is ahead in finds
and in worth by more than two standard errors, and no later in leads or promises.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sweep.campaign.model.replay_measures import mean_and_error
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.window.compose_daily_teams import people_by_day, teams_of_day
from sweep.campaign.window.daily_offers import DayOffer, WindowData, window_offers
from sweep.campaign.window.load_campaign import LoadedCampaign, load_for
from sweep.campaign.window.travel_and_day_problem import TravelMatrix, make_travel_matrix, problem_of
from sweep.campaign.window.visit_urgency import leads_due
from sweep.campaign.window.visit_values import ranker_of, rankings, size_on
from sweep.campaign.window.window_problem import make_window, split_by_day
from sweep.plan.solve import Settings, solve, wait_for_compiler
from sweep.records.people import Team

# Rounds of a day that take as long as one of a window of eight days.
ROUNDS_OF_DAYS = 3
Figures = tuple[float, int, int, float, float]
"""Expected finds, leads late, promises late, worth as the window weighs it, processor seconds of the planning."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """What both ways may take."""

    seconds: float
    rounds: int | None

    def of_window(self, seed: int) -> Settings:
        """All of it."""
        return Settings(seed, 1e6 if self.rounds else self.seconds, self.rounds, is_proof_wanted=self.rounds is None)

    def of_day(self, seed: int, n_days: int) -> Settings:
        """A day's share of it."""
        if self.rounds is None:
            return Settings(seed, self.seconds / n_days)
        return Settings(seed, 1e6, ROUNDS_OF_DAYS * self.rounds // n_days, is_proof_wanted=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--campaign", type=Path, default=Path("scenarios/quancheng_campaign"))
    given = parser.parse_args()
    campaign = load_campaign(given.campaign)
    loaded = load_for(campaign, campaign.first_day)
    travel_matrix = make_travel_matrix(loaded)
    wait_for_compiler(None)
    rows = [
        _both(loaded, travel_matrix, seed, _Limit(given.seconds, given.rounds)) for seed in range(1, given.seeds + 1)
    ]
    names = ("finds", "leads late", "promises late", "worth")
    print(f"| seed | {' | '.join(f'{way}: {name}' for way in ('window', 'one by one') for name in (*names, 's'))} |")
    print("|---" * 11 + "|")
    for seed, both in enumerate(rows, start=1):
        print(f"| {seed} | {' | '.join(f'{x:.3f}' if isinstance(x, float) else str(x) for of in both for x in of)} |")
    ahead = []
    for k, name in enumerate(names):
        mean, error = mean_and_error([a[k] - b[k] for a, b in rows])
        base = sum(b[k] for _, b in rows) / len(rows)
        print(f"{name}: window less one by one {mean:+.3f} +- {error:.3f} ({mean / base if base else math.nan:+.1%})")
        ahead.append(mean > 2 * error if name in ("finds", "worth") else mean <= 0)
    sys.exit(0 if all(ahead) else 1)


def _both(loaded: LoadedCampaign, travel_matrix: TravelMatrix, seed: int, limit: _Limit) -> tuple[Figures, Figures]:
    days = loaded.days(*loaded.campaign.window(loaded.today))
    on_duty = people_by_day(loaded, days)
    size = size_on(loaded, days[0], on_duty[days[0]])
    span = WindowData(days, rankings(loaded, ranker_of(loaded, size), days), on_duty, size)
    offers, teams = window_offers(loaded, span), []
    worth = {(o.day, b): v.value + v.urgency for o in offers for b, v in o.visits.items()}
    for k, offer in enumerate(offers):
        problem = problem_of(loaded, travel_matrix, offer, on_duty[offer.day].values())
        teams.append(teams_of_day(loaded, problem, offer.day, {}, seed + k))
    began = time.process_time()
    whole = _planned(loaded, travel_matrix, offers, teams, limit.of_window(seed))
    half = time.process_time()
    made: dict[str, tuple[date, float]] = {}
    for offer, of_day in zip(offers, teams, strict=True):
        left = replace(offer, visits={b: v for b, v in offer.visits.items() if b not in made})
        made |= _planned(loaded, travel_matrix, [_of_the_day(loaded, left)], [of_day], limit.of_day(seed, len(offers)))
    over = time.process_time()
    return (*_figures(loaded, days, whole, worth), half - began), (*_figures(loaded, days, made, worth), over - half)


def _of_the_day(loaded: LoadedCampaign, offer: DayOffer) -> DayOffer:
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
    loaded: LoadedCampaign,
    travel_matrix: TravelMatrix,
    offers: Sequence[DayOffer],
    teams: Sequence[Sequence[Team]],
    limits: Settings,
) -> dict[str, tuple[date, float]]:
    window = make_window(loaded, travel_matrix, offers, teams)
    plans = split_by_day(window, solve(window.problem, limits))
    return {v.building_id: (p.day, v.value) for p in plans for v in p.visits}


def _figures(
    loaded: LoadedCampaign,
    days: Sequence[date],
    made: Mapping[str, tuple[date, float]],
    worth: Mapping[tuple[date, str], float],
) -> tuple[float, int, int, float]:
    leads = leads_due(loaded, tuple(days))
    n_leads = sum(made.get(b, (date.max, 0.0))[0] > on for b, of in leads.items() for on in of if on >= days[0])
    due = loaded.dues()
    n_due = sum(
        made.get(b, (date.max, 0.0))[0] > max(d.due_on, days[0]) for b, d in due.items() if d.due_on <= days[-1]
    )
    finds, all_of_it = sum(v for _, v in made.values()), sum(worth[day, b] for b, (day, _) in made.items())
    return finds, n_leads, n_due, all_of_it


if __name__ == "__main__":
    main()
