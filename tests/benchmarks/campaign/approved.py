"""
Approved days of random campaigns on the morning after: what changes in them, why, and what keeping them costs.

    uv run python -m tests.benchmarks.campaign.approved [--campaigns 200] [--first 1] [--rounds 20] [--jobs 2]
        [--seconds S] [--price]

Each campaign takes a small city, plans a window, and has every published day approved. Overnight come results of the
first day, leads, leave, closed buildings and items to look at again, drawn by the seed. The window is advanced, and a
judge that knows only the orders before and after and what came in says which changes nothing forced and which are not
listed. The price of keeping is what the window would be worth more if no day had been published; it takes a third
search, and is asked for by `--price`. Prints one line of the campaigns that the seconds are enough for, and exits 1 if
a change was not forced, or not listed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing import get_context

import pandas as pd

from geodata.errors import InputError
from geodata.schema import TIMEZONE
from sweep.campaign.model.duty_roster import DutyRow
from sweep.campaign.record.window_record import make_record
from sweep.campaign.records import CampaignRecord, DayPart
from sweep.campaign.window.daily_editions import final_day_plan, history_with_planned, is_unchanged
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.plan_window import FrozenDay, PlannedWindow, plan_window
from sweep.campaign.window.travel_and_day_problem import TravelMatrix
from sweep.campaign.window.window_problem import DayPlan
from sweep.plan.solve import Settings
from sweep.records.visits import Recheck
from tests.benchmarks.campaign.agreement import FIRST, N_CITIES, varied

# Team, people, start and end of each stop of a day, by building and slot.
type Orders = dict[tuple[str, int], tuple[str, tuple[str, ...], int, int]]


@dataclass(frozen=True)
class Night:
    """What comes in between two mornings, about approved days."""

    leave: Mapping[date, Collection[str]] = field(default_factory=dict)
    """People on leave by day."""
    closed: Collection[str] = ()
    """Buildings that may not be visited any more: an investigation, or others went there."""
    again: Mapping[str, date] = field(default_factory=dict)
    """Day on which an item of a building is to be looked at again, by building id."""
    complexes: Mapping[str, str] = field(default_factory=dict)
    """Complex of each tower, whose visits on one day start together or are not made (C16)."""


@dataclass(frozen=True)
class Case:
    """A campaign on two mornings."""

    before: CampaignRecord
    after: CampaignRecord
    night: Night
    price: float | None
    """Finds, leads and promises counted that the window is worth more where no day is kept; None: not asked for."""


def settings(seed: int, rounds: int) -> Settings:
    return Settings(seed, 600.0, rounds, is_proof_wanted=False, is_review_wanted=False)


def published_days(
    planned: PlannedWindow, published: Sequence[FrozenDay], earlier: CampaignRecord | None = None
) -> tuple[CampaignRecord, list[FrozenDay]]:
    """The record of a window and the editions of its days in the freeze, as `publish_days` would have them."""
    out, days, ids = list[FrozenDay](), {d.day: d for d in planned.days}, dict[date, str]()
    for k, day in enumerate(planned.days):
        was = next((p for p in published if p.day == day.day), None)
        if was is not None and is_unchanged(planned, k, was, FIRST):
            days[day.day], ids[day.day] = DayPlan(day.day, was.plan.teams, was.plan.routes, day.visits), was.plan_id
        elif was is not None or day.day <= planned.loaded.freeze_until:
            prepared, _, plan = final_day_plan(planned, k, FIRST, was)
            plan_id = f"{planned.loaded.today}-{day.day}"
            served = {s.visit_id for r in plan.routes for s in r.stops}
            visits = {v.building_id: v for v in prepared.visits.values() if v.visit_id in served}
            out.append(FrozenDay(day.day, plan_id, plan, visits, planned.offers[k].draw, FIRST))
            days[day.day] = DayPlan(day.day, plan.teams, plan.routes, tuple(visits.values()))
            ids[day.day] = plan_id
    return make_record(planned, days, ids, earlier), out


def overnight(
    loaded: LoadedCampaign, first: DayPart, ahead: Sequence[DayPart], chance: random.Random
) -> tuple[LoadedCampaign, Night]:
    """The campaign on the morning after its first sweep day, with what has come in by then."""
    today, leave = first.day + timedelta(days=1), dict[date, set[str]]()
    duty = list(loaded.duty)
    for day in ahead:
        if chance.random() < 0.4:
            members = [i for t in day.teams if t.stops for i in t.member_ids]
            gone = set(chance.sample(members, min(len(members), chance.choice((1, 1, 2, 4)))))
            leave[day.day] = gone
            duty += [DutyRow(i, day.day, None, None) for i in sorted(gone)]
    on_them = [v.building_id for d in ahead for v in d.visits]
    shut = set(chance.sample(on_them, min(len(on_them), chance.choice((0, 0, 1, 2)))))
    seen = {b for b in shut if chance.random() < 0.5}
    rows = loaded.inputs.history.head(1)
    came = datetime(today.year, today.month, today.day, tzinfo=None) - timedelta(hours=4)
    calls = [
        rows.assign(building_id=b, uscc=None, track="stocktake", outcome="nothing", officers=None,
                    visited_on=pd.Timestamp(came, tz=TIMEZONE))
        for b in sorted(seen)
    ]  # fmt: skip
    history = pd.concat([loaded.inputs.history, *calls], ignore_index=True).astype(loaded.inputs.history.dtypes)
    leads = loaded.inputs.leads
    new = leads.sample(chance.choice((0, 3, 10)), random_state=chance.randrange(1000), replace=True)
    new = new.assign(
        lead_id=[f"N{k}" for k in range(len(new))],
        received_at=pd.Timestamp(came, tz=TIMEZONE),
        due_at=pd.Timestamp(came + timedelta(days=chance.choice((1, 2, 5))), tz=TIMEZONE),
    )
    leads = pd.concat([leads, new.astype(leads.dtypes)], ignore_index=True) if len(new) else leads
    again = dict[str, date]()
    if ahead and chance.random() < 0.4:
        again[chance.choice(sorted(loaded.buildings.keys() - shut))] = chance.choice(ahead).day
    items = tuple(Recheck(f"A-{b}", b, None, "101", "rectify", first.day, on) for b, on in again.items())
    opened = pd.DataFrame(
        {
            "investigation_id": [f"I-{b}" for b in sorted(shut - seen)],
            "building_id": sorted(shut - seen),
            "uscc": None,
            "closed_on": pd.Series([pd.NaT] * len(shut - seen), dtype=history["visited_on"].dtype),
        }
    )
    complexes = {b: x.complex_id for b, x in loaded.buildings.items() if x.complex_id is not None}
    next_day = loaded.with_tables(today, leads, history, (*loaded.inputs.rechecks, *items))
    inputs = replace(next_day.inputs, investigations=opened)
    return replace(next_day, inputs=inputs, duty=tuple(duty)), Night(leave, shut, again, complexes)


def two_mornings(seed: int, rounds: int = 60, *, is_priced: bool = True) -> Case:
    """
    A campaign planned, approved and advanced.

    Raises
    ------
    InputError
        If it cannot be planned.
    """
    chance = random.Random(seed)
    loaded, travel_matrix = varied(seed)
    # What was found before the approval is known to it.
    items = tuple(replace(r, opened_on=FIRST - timedelta(days=5)) for r in loaded.inputs.rechecks)
    loaded = replace(loaded, inputs=replace(loaded.inputs, rechecks=items))
    planned = plan_window(loaded, travel_matrix, settings(seed, rounds))
    before, out = published_days(planned, ())
    done = history_with_planned(loaded, [planned.days[0]])
    tomorrow, night = overnight(
        replace(loaded, inputs=replace(loaded.inputs, history=done)), before.days[0], before.days[1:][: len(out) - 1],
        chance,
    )  # fmt: skip
    kept = [p for p in out if p.day >= tomorrow.today]
    advanced = plan_window(tomorrow, travel_matrix, settings(seed, rounds), kept)
    record, _ = published_days(advanced, kept, before)
    price = _price(tomorrow, travel_matrix, kept, advanced, rounds) if is_priced else None
    return Case(before, record, night, price)


def _price(
    tomorrow: LoadedCampaign, travel_matrix: TravelMatrix, kept: Sequence[FrozenDay], made: PlannedWindow, rounds: int
) -> float:
    free = tomorrow.campaign.model_copy(update={"freeze_price": 0.0})
    drafts = [replace(p, approved_on=None) for p in kept]
    other = plan_window(replace(tomorrow, campaign=free), travel_matrix, settings(made.plan.seed, rounds), drafts)
    n_held = sum(len(o.published & {v.building_id for v in d.visits})
                 for o, d in zip(made.offers, made.days, strict=True))  # fmt: skip
    return other.plan.value - (made.plan.value - tomorrow.campaign.freeze_price * n_held)


def orders_of(day: DayPart | None) -> Orders:
    """What teams are ordered to do on a day."""
    return {
        (s.building_id, s.slot): (t.team_id, t.member_ids, s.start_s, s.end_s)
        for t in (day.teams if day is not None else ())
        for s in t.stops
    }


def faults(case: Case) -> list[str]:
    """Every change of an approved day that nothing forced, that is not listed, or is listed though it is none."""
    found = []
    now = {d.day: d for d in case.after.days}
    moves = {m.building_id for m in case.after.moves if m.is_frozen}
    void = {x.day: x for x in case.after.void}
    for day in case.before.days:
        if day.plan_id is None or day.day < case.after.planned_on:
            continue
        then, today = orders_of(day), orders_of(now.get(day.day))
        changed = {b for b, slot in then.keys() | today.keys() if then.get((b, slot)) != today.get((b, slot))}
        forced = touched(case.night, day, then, today)
        for b, slot in sorted(then.keys() | today.keys()):
            one, other = then.get((b, slot)), today.get((b, slot))
            if one != other and not {x[0] for x in (one, other) if x is not None} & forced:
                found.append(f"{day.day} {b}: {one} -> {other}")
        found += [f"{day.day} {b}: not listed" for b in sorted(changed - moves)]
        listed = {m.building_id for m in case.after.moves if m.before == m.after == day.day}
        again = {b for b, on in case.night.again.items() if on == day.day}
        found += [f"{day.day} {b}: listed, and as it was" for b in sorted(listed - changed - again)]
        stale = {x[0] for key in then for x in [then[key]] if today.get(key) != x}
        told = set(void[day.day].team_ids) if day.day in void else set()
        if not stale <= told or (not changed and not again and day.day in void):
            found.append(f"{day.day}: orders of {sorted(stale)} are stale, told {sorted(told)}")
        if not changed and not again and now[day.day].plan_id != day.plan_id:
            found.append(f"{day.day}: its edition did not stay")
    return found


def touched(night: Night, day: DayPart, then: Orders, now: Orders) -> set[str]:
    """Teams whose orders for a day may change: those that lost a person or a place, and those that visit with them."""
    gone = set(night.leave.get(day.day, ()))
    teams = {t for (b, _), (t, members, *_) in then.items() if b in night.closed or gone & {*members}}
    new = {b for b, on in night.again.items() if on == day.day}
    teams |= {t for orders in (then, now) for (b, _), (t, *_) in orders.items() if b in new}
    while True:
        places = {b for orders in (then, now) for (b, _), (t, *_) in orders.items() if t in teams}
        linked = {night.complexes[b] for b in places & night.complexes.keys()}
        more = {
            t
            for orders in (then, now)
            for (b, _), (t, *_) in orders.items()
            if b in places or night.complexes.get(b) in linked
        }
        if more <= teams:
            return teams
        teams |= more


@dataclass
class Tally:
    """What some campaigns came to."""

    n: int = 0
    refused: int = 0
    n_days: int = 0
    n_kept: int = 0
    n_stops: int = 0
    n_changed: int = 0
    faults: list[str] = field(default_factory=list)
    prices: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)


def judged(seeds: Sequence[int], rounds: int, until: float, *, is_priced: bool) -> Tally:
    """Campaigns planned, approved, advanced and judged, up to a time of the clock."""
    tally = Tally()
    for seed in seeds:
        if time.time() > until:
            break
        tally.n += 1
        try:
            case = two_mornings(seed, rounds, is_priced=is_priced)
        except InputError:
            tally.refused += 1
            continue
        now = {d.day: d for d in case.after.days}
        for day in case.before.days:
            if day.plan_id is not None and day.day >= case.after.planned_on:
                then, today = orders_of(day), orders_of(now.get(day.day))
                tally.n_days += 1
                tally.n_kept += now[day.day].plan_id == day.plan_id
                tally.n_stops += len(then)
                tally.n_changed += sum(then.get(k) != today.get(k) for k in then.keys() | today.keys())
        tally.faults += [f"seed {seed}: {fault}" for fault in faults(case)]
        tally.prices += [] if case.price is None else [case.price]
        tally.values.append(case.after.value + case.after.urgency)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=200)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=86_400.0)
    parser.add_argument("--price", action="store_true")
    given = parser.parse_args()
    seeds, whole, began = range(given.first, given.first + given.campaigns), Tally(), time.monotonic()
    # A worker reads each of its cities once.
    own = [[k for k in range(N_CITIES) if k % given.jobs == j] for j in range(given.jobs)]
    parts = [sorted((s for s in seeds if s % N_CITIES in of), key=lambda s: s % N_CITIES) for of in own]
    judge = partial(judged, rounds=given.rounds, until=time.time() + given.seconds, is_priced=given.price)
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        for part in pool.map(judge, parts):
            for name, value in vars(part).items():
                setattr(whole, name, getattr(whole, name) + value)
    for fault in whole.faults[:20]:
        print(fault)
    print(
        f"{whole.n} campaigns ({whole.refused} refused), {whole.n_days} approved days, {whole.n_kept} editions stay, "
        f"{whole.n_changed} of {whole.n_stops} stops changed, {len(whole.faults)} not forced or not listed; "
        f"{time.monotonic() - began:.0f} s"
    )
    if whole.prices:
        n = len(whole.prices)
        print(f"keeping costs {sum(whole.prices) / n:.3f} of {sum(whole.values) / n:.3f} a window")
    sys.exit(1 if whole.faults else 0)


if __name__ == "__main__":
    main()
