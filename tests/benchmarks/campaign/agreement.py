"""
The checker against the planner over days: random campaigns planned and judged, and mutants of each rule caught.

    uv run python -m tests.benchmarks.campaign.agreement [--campaigns 5000] [--first 1] [--rounds 60] [--jobs 2]

Each campaign takes a city of thirty to fifty buildings, three to six sweep days, its own teams, promises, duty table,
limits, freeze and items to look at again. None of the windows may be found broken. Then each mutator makes one thing
wrong in the record or the inputs, and the checker must name the rule. Prints a table: rule, mutants, caught, share.
Exits 1 if a window was found broken, or fewer than 99 % of a rule's mutants were caught.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from geodata.errors import InputError
from sweep.campaign.check.campaign_inputs import CampaignInputs
from sweep.campaign.check.check_campaign import campaign_inputs
from sweep.campaign.check.rule_registry import RULES, SOFT, check_campaign
from sweep.campaign.model.duty_roster import DutyRow
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.record.window_record import make_record
from sweep.campaign.records import CampaignRecord, DayPart, VisitPart
from sweep.campaign.window.load_campaign import LoadedCampaign, load_for
from sweep.campaign.window.plan_window import plan_window
from sweep.campaign.window.travel_and_day_problem import TravelMatrix, make_travel_matrix
from sweep.plan.solve import Settings
from sweep.records.buildings import PastVisit
from sweep.records.visits import Recheck

LEAST_SHARE = 0.99
ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 9, 14)
N_CITIES = 12
type Mutator = Callable[[CampaignInputs, random.Random], CampaignInputs | None]


@lru_cache(maxsize=N_CITIES)
def city(seed: int) -> tuple[LoadedCampaign, TravelMatrix]:
    """A small city with a campaign in it, read once."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scenario.toml").write_text(f'name = "r{seed}"\nday = {FIRST}\nlang = "en"\n', encoding="utf-8")
        (folder / "city.toml").write_text(
            f"seed = {seed}\n"
            f"n_buildings = {30 + 2 * (seed % 10)}\n"
            "n_dens = 8\nn_leads = 120\nn_police = 40\nn_market_regulation = 20\nn_auxiliary = 8\n",
            encoding="utf-8",
        )
        (folder / "campaign.toml").write_text(
            f'name = "r{seed}"\nfirst_day = {FIRST}\nlast_day = 2026-12-31\n[promises]\nall = 365\n'
            "[promises.credit_class]\nD = 90\n",
            encoding="utf-8",
        )
        loaded = load_for(load_campaign(folder), FIRST)
    return loaded, make_travel_matrix(loaded)


def varied(seed: int) -> tuple[LoadedCampaign, TravelMatrix]:
    """The campaign of a seed."""
    chance = random.Random(seed)
    loaded, travel_matrix = city(1 + seed % N_CITIES)
    n_weeks = chance.choice((1, 2))
    weekdays = tuple(chance.sample(("mon", "tue", "wed", "thu", "fri"), 3 if n_weeks == 1 else chance.choice((2, 3))))
    duty = loaded.campaign.duty.model_copy(update={"days_per_week": chance.choice((2, 3, 5)), "rest_hours": 11.0})
    campaign = loaded.campaign.model_copy(
        update={
            "weekdays": weekdays,
            "window_weeks": n_weeks,
            "draw_seed": f"seed-{seed}",
            "duty": duty,
            "promise_weight": chance.choice((0.0, 0.2, 1.0)),
            "teams": loaded.campaign.teams.model_copy(update={"n_teams": chance.choice((None, 2, 4))}),
        }
    )
    days = loaded.inputs.buildings["building_id"].sample(2, random_state=seed)
    due = FIRST + timedelta(days=chance.randrange(0, 6))
    items = tuple(Recheck(f"R{k}", str(b), None, "101", "rectify", FIRST, due) for k, b in enumerate(days))
    inputs = replace(loaded.inputs, rechecks=items if chance.random() < 0.5 else ())
    return replace(loaded, campaign=campaign, inputs=inputs), travel_matrix


def with_record(inputs: CampaignInputs, **changes: object) -> CampaignInputs:
    return replace(inputs, record=inputs.record.model_copy(update=changes))


def with_day(inputs: CampaignInputs, k: int, **changes: object) -> CampaignInputs:
    days = list(inputs.record.days)
    days[k] = days[k].model_copy(update=changes)
    return with_record(inputs, days=tuple(days))


def chosen(inputs: CampaignInputs, chance: random.Random, track: str | None = None) -> tuple[int, VisitPart] | None:
    found = [(k, v) for k, d in enumerate(inputs.record.days) for v in d.visits if track in (None, v.track)]
    return chance.choice(found) if found else None


def team_of(inputs: CampaignInputs, chance: random.Random) -> tuple[int, int] | None:
    found = [(k, t) for k, d in enumerate(inputs.record.days) for t, x in enumerate(d.teams) if len(x.stops) > 1]
    return chance.choice(found) if found else None


def with_team(inputs: CampaignInputs, k: int, t: int, **changes: object) -> CampaignInputs:
    teams = list(inputs.record.days[k].teams)
    teams[t] = teams[t].model_copy(update=changes)
    return with_day(inputs, k, teams=tuple(teams))


def m01(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    k = chance.randrange(len(inputs.record.days))
    return with_day(inputs, k, day=inputs.record.days[k].day + timedelta(days=5 - inputs.record.days[k].day.weekday()))


def m02(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    if (at := team_of(inputs, chance)) is None:
        return None
    day = inputs.record.days[at[0]]
    person = chance.choice(day.teams[at[1]].member_ids)
    return replace(inputs, duty=(*inputs.duty, DutyRow(person, day.day, None, None)))


def m03(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    k = chance.randrange(len(inputs.record.days))
    teams = inputs.record.days[k].teams
    if len(teams) < 2:
        return None
    return with_team(inputs, k, 0, member_ids=(*teams[0].member_ids, teams[1].member_ids[0]))


def m04(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    key = chance.choice(("days_per_week", "hours_per_week", "hours_in_four_weeks"))
    duty = inputs.campaign.duty.model_copy(update={key: 0})
    return replace(inputs, campaign=inputs.campaign.model_copy(update={"duty": duty}))


def m05(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    if (at := team_of(inputs, chance)) is None:
        return None
    stops = list(inputs.record.days[at[0]].teams[at[1]].stops)
    stops[1] = stops[1].model_copy(update={"start_s": stops[0].end_s - 1})
    return with_team(inputs, *at, stops=tuple(stops))


def m06(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    if (found := chosen(inputs, chance)) is None:
        return None
    k, visit = found
    day = inputs.record.days[k].model_copy(update={"is_published": True})
    before = inputs.record.model_copy(update={"days": (day,)})
    left = tuple(v for v in day.visits if v is not visit)
    return replace(with_day(inputs, k, visits=left), before=before)


def m07(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    return with_record(inputs, value=inputs.record.value * 1.01 + 0.01, bound=inputs.record.bound * 2 + 1)


def m08(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    return replace(inputs, facts={**inputs.facts, "B-new": {}}, looks={**inputs.looks, "B-new": date(2025, 9, 10)})


def c01(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    if (at := team_of(inputs, chance)) is None:
        return None
    day = inputs.record.days[at[0]]
    tracks = {v.visit_id: v.track for v in day.visits}
    if {tracks[s.visit_id] for s in day.teams[at[1]].stops} == {"stocktake"}:
        return None
    people = {i: replace(p, certificate_until=FIRST - timedelta(days=1)) for i, p in inputs.persons.items()}
    return replace(inputs, persons=people)


def past(visit: VisitPart, on: date, **changes: object) -> PastVisit:
    when = datetime(on.year, on.month, on.day, 15, tzinfo=ZONE)
    made = PastVisit(visit.building_id, None, when, "special", "market_regulation")
    return replace(made, **changes)  # type: ignore[arg-type]


def c06(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    found = chosen(inputs, chance, "routine")
    if found is None or not found[1].targets:
        return None
    more = tuple(past(found[1], date(2026, m, 2), uscc=found[1].targets[0], building_id="B-x") for m in (2, 3, 4, 5))
    return replace(inputs, past=(*inputs.past, *more))


def c07(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    if (found := chosen(inputs, chance, "stocktake")) is None:
        return None
    k, visit = found
    listed = visit.model_copy(update={"track": "special", "targets": ("u-unknown",), "basis": ("none",)})
    day = inputs.record.days[k]
    return with_day(inputs, k, visits=tuple(listed if v is visit else v for v in day.visits))


def c08(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    n = sum(len(v.targets) for d in inputs.record.days for v in d.visits if v.track == "routine")
    return replace(inputs, n_register=n) if n > 1 else None


def c09(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    k = chance.randrange(len(inputs.record.days))
    day: DayPart = inputs.record.days[k]
    if chance.random() < 0.5 or not day.drawn:
        return with_day(inputs, k, draw_seed="0" * 32)
    return with_day(inputs, k, drawn=day.drawn[1:]) if _visits(day, day.drawn[0]) else None


def _visits(day: DayPart, building: str) -> bool:
    return any(v.building_id == building and v.track == "routine" for v in day.visits)


def c11(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    found = chosen(inputs, chance)
    if found is None or len(inputs.record.days) < 2:
        return None
    k, visit = found
    other = (k + 1) % len(inputs.record.days)
    return with_day(inputs, other, visits=(*inputs.record.days[other].visits, visit))


def c22(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    if not inputs.leads:
        return None
    lead = chance.choice(sorted(inputs.leads.values(), key=lambda x: x.lead_id))
    now = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZONE)
    new = replace(lead, lead_id="L-new", building_id="B-new", received_at=now - timedelta(hours=2), due_at=now)
    return replace(inputs, leads={**inputs.leads, "L-new": new})


def c27(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    return replace(inputs, rechecks=(*inputs.rechecks, Recheck("R-new", "B-new", None, "1", "hazard", FIRST, FIRST)))


def c28(inputs: CampaignInputs, chance: random.Random) -> CampaignInputs | None:
    if (found := chosen(inputs, chance, chance.choice(("stocktake", "routine")))) is None:
        return None
    k, visit = found
    on = inputs.record.days[k].day - timedelta(days=chance.randrange(1, 25))
    return replace(inputs, past=(*inputs.past, past(visit, min(on, FIRST - timedelta(days=1)))))


MUTATORS: dict[str, Mutator] = {
    name.upper(): made for name, made in globals().items() if name.upper() in RULES and callable(made)
}


def planned(seed: int, rounds: int) -> CampaignInputs:
    loaded, travel_matrix = varied(seed)
    window = plan_window(loaded, travel_matrix, Settings(seed, 600.0, rounds, is_proof_wanted=False))
    record: CampaignRecord = make_record(window, {d.day: d for d in window.days}, {}, None)
    return campaign_inputs(loaded, record, None)


@dataclass
class Tally:
    """What some campaigns came to."""

    n: int = 0
    refused: int = 0
    n_days: int = 0
    n_visits: int = 0
    broken: list[tuple[int, str, str]] = field(default_factory=list)
    short: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Take in what others came to."""
        for name in ("n", "refused", "n_days", "n_visits"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.broken += other.broken
        for name in ("short", "made", "caught"):
            getattr(self, name).update(getattr(other, name))


def judged(seeds: Sequence[int], rounds: int) -> Tally:
    """Campaigns planned and judged, and their mutants."""
    tally = Tally(n=len(seeds))
    for seed in seeds:
        try:
            inputs = planned(seed, rounds)
        except InputError:
            tally.refused += 1
            continue
        tally.n_days += len(inputs.record.days)
        tally.n_visits += sum(len(d.visits) for d in inputs.record.days)
        for v in check_campaign(inputs):
            if v.rule_id in SOFT:
                tally.short[v.rule_id] += 1
            else:
                tally.broken.append((seed, v.rule_id, v.where))
        chance = random.Random(seed)
        for rule, mutate in MUTATORS.items():
            if (mutant := mutate(inputs, chance)) is not None:
                tally.made[rule] += 1
                tally.caught[rule] += rule in {v.rule_id for v in check_campaign(mutant)}
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    seeds, tally, began = range(given.first, given.first + given.campaigns), Tally(), time.monotonic()
    # Those of one city are together, so that each process reads few of them.
    parts = [[s for s in seeds if s % N_CITIES == k] for k in range(N_CITIES)]
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        for part in pool.map(judged, parts, [given.rounds] * N_CITIES):
            tally.add(part)
    seconds = time.monotonic() - began
    print(f"{tally.n} campaigns ({tally.refused} refused as inputs), {tally.n_days} days, {tally.n_visits} visits")
    print(f"found broken: {tally.broken[:10]} ({len(tally.broken)}); short of a soft rule: {dict(tally.short)}")
    print(f"{seconds:.0f} s, {seconds / max(1, tally.n):.2f} s a campaign")
    print("\n| rule | mutants | caught | share |\n|---|---|---|---|")
    for rule, n in sorted(tally.made.items()):
        print(f"| {rule} | {n} | {tally.caught[rule]} | {100 * tally.caught[rule] / n:.2f} % |")
    sys.exit(1 if tally.broken or any(tally.caught[r] < LEAST_SHARE * n for r, n in tally.made.items()) else 0)


if __name__ == "__main__":
    main()
