"""Whether leads are read as what dens send: where dens send several, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from sweep.rank.learnt.memory import Memory
from sweep.rank.on_off.fit import Fit, fit_on_off
from sweep.rank.on_off.streams import Streams, make_streams
from sweep.rank.rate.nearby import Plane, Sightings
from sweep.rank.score import rank_buildings
from sweep.rank.significance.labels import label_buildings
from sweep.records.ranking import OnOff
from sweep.scenario.rank import Rank
from tests.rank.conftest import NOW, history_table, leads_table

N, SPAN = 400, 365.0
FIRMS = np.full(N, 30.0)
PLANE = Plane(np.column_stack([50.0 * np.arange(N), np.zeros(N)]), 30.0 * FIRMS, 700.0)
NONE = (np.empty(0, np.int64), np.empty(0))


def dens(seed=1, n_dens=150, leads_a_day=0.2, days=30.0, n_false=600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Building and age of leads, of dens that open at any time of the year and of nobody; and where dens are open."""
    rng = np.random.default_rng(seed)
    place, opened, life = rng.integers(0, N, n_dens), rng.uniform(0.0, SPAN, n_dens), rng.exponential(days, n_dens)
    closed = np.maximum(opened - life, 0.0)
    n_leads = rng.poisson(leads_a_day * (opened - closed))
    ages = rng.uniform(np.repeat(closed, n_leads), np.repeat(opened, n_leads))
    rows = np.concatenate([np.repeat(place, n_leads), rng.integers(0, N, n_false)])
    return rows, np.concatenate([ages, rng.uniform(0.0, SPAN, n_false)]), np.unique(place[closed == 0.0])


def streams_of(rows, ages) -> Streams:
    return make_streams(rows, ages, np.full(len(rows), 0.35), NONE, FIRMS, 0.8, SPAN)


def fitted(rows, ages) -> Fit:
    k = len(rows)
    events = Sightings(rows, ages, np.full(k, 30.0), np.full(k, 0.35))
    return fit_on_off([streams_of(rows, ages)], [30.0], events, PLANE)


def test_where_dens_send_several_leads_the_source_is_found_and_used():
    rows, ages, _ = dens()
    found, sources, half_lives = fitted(rows, ages)
    assert half_lives == (30.0,)
    assert found.is_used
    assert found.gain > found.margin > 0.0
    (source,) = sources
    assert source.leads_a_day == pytest.approx(0.2, rel=0.25)
    assert 1.0 / source.closing == pytest.approx(30.0, rel=0.35)
    assert source.false_a_firm_day * FIRMS.sum() * SPAN == pytest.approx(600.0, rel=0.2)
    assert (found.open_days, found.leads_a_month) == (1.0 / source.closing, 30.0 * source.leads_a_day)


def test_a_type_whose_leads_always_prove_true_is_read_beside_others():
    rows, ages, _ = dens()
    share = np.where(np.arange(len(rows)) % 3 == 0, 1.0, 0.35)
    streams = make_streams(rows, ages, share, NONE, FIRMS, 0.8, SPAN)
    events = Sightings(rows, ages, np.full(len(rows), 30.0), share)
    found, sources, _ = fit_on_off([streams], [30.0], events, PLANE)
    assert found.n_judged > 100 and np.isfinite([found.gain, *(x for source in sources for x in source)]).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_leads_come_by_chance_the_rule_stands(seed):
    rng = np.random.default_rng(seed)
    found, sources, _ = fitted(rng.integers(0, N, 1_500), rng.uniform(0.0, SPAN, 1_500))
    assert found.n_judged > 100
    assert not found.is_used and sources == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_rates_differ_and_none_opens_or_closes_the_rule_stands(seed):
    # Far better foretold by a building's whole past than by the rule, whose leads fade: but not by dens.
    rng = np.random.default_rng(seed)
    prone = rng.gamma(0.5, 1.0, N)
    rows = rng.choice(N, 3_000, p=prone / prone.sum())
    found, sources, _ = fitted(rows, rng.uniform(0.0, SPAN, 3_000))
    assert found.n_judged > 200
    assert not found.is_used and sources == ()


@pytest.mark.parametrize(("n", "oldest"), [(0, 1.0), (1, 300.0), (60, 300.0), (1_000, 100.0)])
def test_few_leads_or_a_short_past_judge_nothing(n, oldest):
    rows, ages = np.arange(n) % N, np.linspace(1.0, oldest, n)
    k = len(rows)
    streams = make_streams(rows, ages, np.full(k, 0.35), NONE, FIRMS, 0.8, oldest + 1.0)
    events = Sightings(rows, ages, np.full(k, 30.0), np.full(k, 0.35))
    assert fit_on_off([streams], [30.0], events, PLANE) == Fit(OnOff())


def ranked(make_ranking, settings=None, rows=None, ages=None):
    if rows is None:
        rows, ages, _ = dens()
    leads = [{"building_id": f"B{r + 1}", "age": float(a)} for r, a in zip(rows, ages, strict=True)]
    points = [(50.0 * k, 0.0) for k in range(N)]
    return make_ranking([30] * N, leads, points=points, settings=settings or Rank())


def test_the_ranking_reads_leads_so_unless_the_settings_leave_it_to_the_rule(make_ranking):
    is_open = dens()[2]
    new, rule = ranked(make_ranking), ranked(make_ranking, Rank(fit_on_off=False))
    assert (new.is_read_as_streams, rule.is_read_as_streams, rule.dens) == (True, False, None)
    ids = {f"B{r + 1}" for r in is_open}
    n_new, n_rule = (r.table["building_id"].head(len(ids)).isin(ids).sum() for r in (new, rule))
    assert n_new > n_rule
    # As many dens as there are, within a third; the rule, for which each lead stands by itself, expects thrice as many.
    assert new.table["p_find"].sum() == pytest.approx(len(ids), rel=0.35)
    table = new.table
    assert (table["rank_with_lead"] <= table["rank"]).all() and (table["rank_if_cleared"] >= table["rank"]).all()
    assert 0.0 < new.doubt < 1.0


def test_one_more_lead_raises_a_building_to_the_rank_that_was_said(make_ranking):
    rows, ages, _ = dens()
    before = ranked(make_ranking, rows=rows, ages=ages).table.set_index("building_id")
    for row in (0, 137, int(rows[0])):
        after = ranked(make_ranking, rows=np.append(rows, row), ages=np.append(ages, 0.0))
        name = f"B{row + 1}"
        rank = after.table.set_index("building_id").loc[name, "rank"]
        assert rank <= before.loc[name, "rank"]
        assert abs(rank - before.loc[name, "rank_with_lead"]) <= 3


def test_the_order_of_rows_changes_nothing(make_ranking):
    rows, ages, _ = dens(n_dens=100, n_false=300)
    leads = [{"building_id": f"B{r + 1}", "age": float(a)} for r, a in zip(rows, ages, strict=True)]
    points = [(50.0 * k, 0.0) for k in range(N)]
    turned = list(range(N))[::-1]
    one, other = (make_ranking([30] * N, leads, points=points, order=order) for order in (None, turned))
    assert one.is_read_as_streams
    pd.testing.assert_frame_equal(one.table, other.table)


def test_how_firm_a_rank_is_goes_by_the_same_reading(make_ranking):
    ranking = ranked(make_ranking)
    settings = Rank(scan_simulations=0, bootstrap_draws=40, first_k=10)
    chances = label_buildings(ranking, settings, seed=1)["p_first_k"].to_numpy()
    assert chances.sum() == pytest.approx(10.0)
    assert chances[:10].mean() > 0.5 > chances[40:].max()


def test_days_ahead_of_which_nothing_is_known_are_no_silence():
    rows, ages, _ = dens()
    frame = pd.DataFrame({"building_id": [f"B{k:03d}" for k in range(N)], "division_code": "370102", "n_firms": 30})
    leads = leads_table([{"building_id": f"B{r:03d}", "age": float(a)} for r, a in zip(rows, ages, strict=True)])
    later, memory = NOW + timedelta(days=14), Memory(pd.Timestamp(NOW + timedelta(days=14)))
    given = (frame, leads, history_table([]), PLANE.points_m, np.ones(N))
    today, ahead, silent = (
        rank_buildings(*given, now, Rank(), memory, until).table.set_index("building_id")["p_find"].sort_index()
        for now, until in ((NOW, None), (later, NOW), (later, None))
    )
    likely = today > 0.3
    # A den of today is open in a fortnight with exp(-14 / 30), whether or not leads came by then.
    assert (ahead[likely] / today[likely]).mean() == pytest.approx(np.exp(-14.0 / 30.0), abs=0.08)
    assert (silent[likely] < 0.6 * ahead[likely]).all()
    # What is known until the same time is fitted once.
    assert len(memory.fits) == 2


def test_kinds_whose_leads_are_too_old_on_a_day_to_come_are_kept():
    rows, ages, _ = dens()
    kinds = np.where(ages > SPAN - 3.0, "cards", "tip")  # fade by another half-life, and are over the horizon in a week
    each = zip(rows, ages, kinds, strict=True)
    table = leads_table([{"building_id": f"B{r:03d}", "age": float(a), "lead_type": str(k)} for r, a, k in each])
    frame = pd.DataFrame({"building_id": [f"B{k:03d}" for k in range(N)], "division_code": "370102", "n_firms": 30})
    later, memory = NOW + timedelta(days=7), Memory(pd.Timestamp(NOW + timedelta(days=7)))
    given = (frame, table, history_table([]), PLANE.points_m, np.ones(N))
    one, ahead = (rank_buildings(*given, now, Rank(), memory, NOW) for now in (NOW, later))
    assert one.dens is not None and ahead.dens is not None
    assert one.dens.fit is ahead.dens.fit and len(one.dens.fit.half_lives) == 2
    assert not (ahead.dens.streams[0].event >= 0).any()
    assert np.isfinite(ahead.table["p_find"]).all()
