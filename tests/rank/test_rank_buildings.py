"""The ranking as a whole: its sums, its order, and what must never change it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from sweep.rank.rank_buildings import rank_buildings
from sweep.scenario.rank_settings import Rank
from tests.constants import varied


class World(NamedTuple):
    """Four buildings with leads and visits, drawn at random, and what the properties change in them."""

    n_firms: list[int]
    leads: list[dict[str, object]]
    history: list[dict[str, object]]
    discovered: list[dict[str, object]]
    order: list[int]
    """The buildings in another order."""
    horizon_days: float


N_WORLDS = 40
KINDS = ["tip", "goip", "cards", "call_room"]


@cache
def world(seed: int) -> World:
    rng = np.random.default_rng(seed)

    def leads() -> list[dict[str, object]]:
        return [
            {
                "building_id": ["B1", "B2", "B3", "B4", "B9", None][rng.integers(6)],
                "lead_type": KINDS[rng.integers(4)],
                "age": float(rng.integers(-5, 401)),
                "event_id": [None, None, "E1", "E2"][rng.integers(4)],
                "lead_source": ["reported", "reported", "discovered"][rng.integers(3)],
            }
            for _ in range(rng.integers(13))
        ]

    history = [
        {
            "building_id": ["B1", "B2", "B3"][rng.integers(3)],
            "age": float(rng.integers(-5, 301)),
            "outcome": ["find", "nothing", "no_access", "irregular"][rng.integers(4)],
        }
        for _ in range(rng.integers(7))
    ]
    n_firms = [[0, 1, 10, 10, 32, 300][k] for k in rng.integers(6, size=4)]
    order = rng.permutation(4).tolist()
    return World(n_firms, leads(), history, leads(), order, float(rng.uniform(1.0, 60.0)))


@pytest.fixture(scope="module")
def worlds(make_ranking):
    """Each world with its ranking, which all properties look at."""
    return [(one, make_ranking(one.n_firms, one.leads, one.history)) for one in map(world, range(N_WORLDS))]


def test_a_building_alone_on_paper(make_ranking):
    # One tip 30 days old, half-life 30: D = 0.10 x 0.5 = 0.05, dispersion 0.05, raw rate = prior: finds = D = 0.05.
    # A den of its own: P(none) = 0.95 (the lead) x e^-0.05 (dens no lead reports) = 0.903668. One den or none: odds of
    # 0.05 before the lead and 0.05 / 0.95 by it, 0.102632, or 0.093079. Mean: 0.094705; value = 0.094705 x 0.85 x 0.8
    # = 0.064400; in 2 hours 0.032200 an hour.
    table = make_ranking([10], [{"age": 30.0}], hours=[2.0]).table.iloc[0]
    assert table["decayed_leads"] == pytest.approx(0.05)
    assert table["p_find"] == pytest.approx(0.094705, abs=1e-6)
    assert table["value"] == pytest.approx(0.064400, abs=1e-6)
    assert table["value_per_hour"] == pytest.approx(0.032200, abs=1e-6)


def test_leads_count_as_sightings_that_may_each_be_wrong(make_ranking):
    # Two goip leads just in, share 0.35 each, at one of three like towers far from each other. The rate of all expects
    # 0.7 / 3 dens at each; fresh leads make no tower prone. One den or none: 7/30 x (1 + (7/13) / (7/30))^2 = 2.552
    # (odds). Dens of their own: 0.65^2 fail, and those not reported are between the rate of all and its own 0.7.
    leads = [{"lead_type": "goip", "age": 0.0}] * 2
    ranking = make_ranking([10, 10, 10], leads, points=[(0, 0), (9e3, 0), (18e3, 0)])
    p = ranking.table.set_index("building_id")["p_find"]
    together = 2.552 / 3.552
    low, high = (1 - 0.65**2 * np.exp(-unreported) for unreported in (0.7 / 3, 0.7))
    assert (together + low) / 2 < p["B1"] < (together + high) / 2


def test_a_lead_that_a_visit_has_answered_keeps_what_the_visit_would_have_missed(make_ranking):
    # B2 and B3 have a lead each 20 days old; a case visit to B2 ten days ago found nothing: 1 - 0.8 of it is left.
    leads = [{"building_id": b, "age": 20.0} for b in ("B2", "B3")]
    ranking = make_ranking([10, 10, 10], leads, [{"building_id": "B2"}])
    d = ranking.table.set_index("building_id")["decayed_leads"]
    assert d["B2"] == pytest.approx(0.2 * d["B3"])
    assert ranking.table["building_id"].tolist()[0] == "B3"


def test_rates_are_true_leads_per_1000_firms_and_30_days(make_ranking):
    # 365 goip leads and 365 tips, one of each a day, at 100 firms: 0.35 + 0.10 true leads a day come in, so 0.0045 a
    # firm-day and 135 per 1,000 firms and 30 days. Each day's lead is half a day old on average.
    leads = [{"lead_type": kind, "age": k + 0.5} for k in range(365) for kind in ("goip", "tip")]
    table = make_ranking([100], leads).table.iloc[0]
    assert table["rate"] == pytest.approx(135.0, rel=0.01)
    assert table["raw_rate"] == pytest.approx(135.0, rel=0.01)


def test_counts_of_leads_are_of_events(make_ranking):
    leads = [{"age": 5.0, "event_id": "E"}, {"age": 6.0, "event_id": "E"}, {"age": 31.0}, {"age": 400.0}]
    table = make_ranking([10], leads).table.iloc[0]
    assert (table["n_leads"], table["n_leads_30d"]) == (2, 1)


def test_duplicates_of_an_event_change_nothing(make_ranking):
    once = make_ranking([10, 20], [{"event_id": "E", "age": 3.0}])
    thrice = make_ranking([10, 20], [{"event_id": "E", "age": age} for age in (3.0, 4.0, 90.0)])
    pd.testing.assert_frame_equal(once.table, thrice.table)


def test_a_weaker_lead_of_an_event_takes_nothing_from_it(make_ranking):
    # A goip lead half a day old weighs 0.35 x 2^-0.25; the tip that came after it, of the same event, 0.10.
    strong = {"event_id": "E", "lead_type": "goip", "age": 0.5}
    alone, both = (make_ranking([10, 20], leads) for leads in ([strong], [strong, {"event_id": "E", "age": 0.1}]))
    assert both.table["decayed_leads"].tolist() == alone.table["decayed_leads"].tolist()
    assert both.table["n_leads"].sum() == 1


def test_cheaper_to_visit_ranks_higher_at_equal_value(make_ranking):
    table = make_ranking([10, 10], [{"building_id": "B1"}, {"building_id": "B2"}], hours=[3.0, 1.0]).table
    assert table["building_id"].tolist() == ["B2", "B1"]


def test_buildings_alike_are_a_tie_and_stand_by_id(make_ranking):
    # The ends of a line of three are alike, whatever order their neighbours are summed in.
    leads = [{"building_id": b, "age": age} for b in ("B1", "B3") for age in (1.0, 2.0, 7.0)]
    table = make_ranking([10, 7, 10], leads).table
    assert list(zip(table["building_id"], table["rank"], strict=True)) == [("B1", 1), ("B3", 1), ("B2", 3)]


@pytest.mark.parametrize(
    ("n_firms", "leads"),
    [
        pytest.param([], [], id="no building"),
        pytest.param([10], [], id="one building, no lead"),
        pytest.param([10, 20, 30], [], id="no lead"),
        pytest.param([10, 20], [{"age": -1.0}], id="leads in the future"),
        pytest.param([10, 20], [{"building_id": "B9"}], id="leads at unknown buildings"),
    ],
)
def test_with_nothing_to_go_by_every_building_is_first_with_value_0(n_firms, leads, make_ranking):
    ranking = make_ranking(n_firms, leads)
    assert ranking.table["value"].tolist() == [0.0] * len(n_firms)
    assert ranking.table["rank"].tolist() == [1] * len(n_firms)


def test_a_lead_counts_where_no_firm_is_registered(make_ranking):
    # No rate without firms, but the lead stands: a new tip, 0.10, x 0.85 x 0.8.
    ranking = make_ranking([0, 0], [{"age": 0.0}])
    assert ranking.table.set_index("building_id")["value"].to_dict() == pytest.approx({"B1": 0.068, "B2": 0.0})
    assert ranking.table["raw_rate"].isna().all()


@pytest.mark.parametrize("n", [50, 1_000])
def test_a_burst_of_leads_at_one_building_puts_it_first(n, make_ranking):
    burst = [{"building_id": "B2", "lead_type": "call_room", "age": 0.5 * k / n} for k in range(n)]
    old = [{"building_id": f"B{2 + k % 6}", "age": 40.0 + k} for k in range(8)]
    table = make_ranking([30] * 8, [*old, *burst]).table
    assert (table["building_id"].iloc[0], table["rank"].iloc[0]) == ("B2", 1)
    assert table["p_find"].between(0.0, 1.0).all()


def test_leads_at_a_building_with_no_firm_change_no_other(make_ranking):
    lead = {"building_id": "B2"}
    without, with_empty = (make_ranking([0, 20, 9], leads) for leads in ([lead], [lead, {}]))
    value, same = (r.table.set_index("building_id")["value"][["B2", "B3"]].tolist() for r in (without, with_empty))
    assert value == pytest.approx(same)


def test_zero_firms_and_no_lead_is_no_value(make_ranking):
    assert make_ranking([0, 20], [{"building_id": "B2"}]).table.set_index("building_id").loc["B1", "value"] == 0.0


def test_last_visit_is_the_newest_before_now(make_ranking):
    history = [{"age": 30.0}, {"age": 20.0}, {"age": -1.0}, {"age": 0.0}]
    assert make_ranking([10, 10], [], history).table.set_index("building_id")["last_visit_on"].to_dict() == {
        "B1": "2026-08-27",
        "B2": None,
    }


def test_a_recheck_moves_nothing_but_the_day_of_the_last_visit(make_ranking):
    """It goes to one firm for what was wrong there: it answers no lead, and is no look that anything is learnt from."""
    leads = [{"age": 12.0}, {"building_id": "B2"}]
    before = make_ranking([10, 10], leads).table
    after = make_ranking([10, 10], leads, [{"age": 3.0, "ground": "recheck"}]).table
    assert after.drop(columns=["last_visit_on", "data_on"]).equals(before.drop(columns=["last_visit_on", "data_on"]))
    assert dict(zip(after["building_id"], after["last_visit_on"], strict=True))["B1"] == "2026-09-13"
    looked = make_ranking([10, 10], leads, [{"age": 3.0}]).table
    assert not looked["value"].equals(before["value"])


def test_visits_from_now_on_do_not_move_the_ranking(make_ranking):
    leads = [{"age": 5.0}, {"building_id": "B2", "lead_type": "goip"}]
    foreseen = make_ranking([10, 10], leads, [{"age": -1.0, "outcome": "find"}])
    assert foreseen.hit_share == make_ranking([10, 10], leads).hit_share


@pytest.mark.slow
def test_the_order_of_input_rows_changes_nothing(worlds, make_ranking):
    for one, ranking in worlds:
        shuffled = make_ranking(one.n_firms, one.leads, one.history, order=one.order)
        pd.testing.assert_frame_equal(ranking.table, shuffled.table, check_exact=True)
        assert ranking.terms == shuffled.terms


@pytest.mark.slow
def test_the_order_of_leads_and_visits_changes_nothing(worlds, make_leads, make_history, now):
    for one, ranking in worlds:
        frame = pd.DataFrame({"building_id": ["B1", "B2", "B3", "B4"], "division_code": "370102"})
        frame = frame.assign(n_firms=one.n_firms)
        tables = make_leads(one.leads), make_history(one.history)
        points = np.array([[0, 0], [100, 0], [200, 0], [300, 0]], np.float64)
        backwards = rank_buildings(frame, *(t.iloc[::-1] for t in tables), points, np.ones(4), now, Rank())
        pd.testing.assert_frame_equal(ranking.table, backwards.table, check_exact=True)


@pytest.mark.slow
def test_discovered_leads_never_change_the_ranking(worlds, make_ranking):
    for one, before in worlds:
        more = [lead | {"lead_source": "discovered", "lead_id": f"D{k}"} for k, lead in enumerate(one.discovered)]
        after = make_ranking(one.n_firms, one.leads + more, one.history)
        pd.testing.assert_frame_equal(before.table, after.table, check_exact=True)
        assert before.terms == after.terms


def test_terms_add_up_to_the_value(worlds):
    for _, ranking in worlds:
        for building_id, value in zip(ranking.table["building_id"], ranking.table["value"], strict=True):
            assert sum(t.value for t in ranking.terms[building_id]) == pytest.approx(value, abs=1e-9)


def test_no_term_is_below_0_and_no_value_above_access_times_detection(worlds):
    for _, ranking in worlds:
        assert all(t.value >= -1e-12 for terms in ranking.terms.values() for t in terms)
        assert ranking.table["value"].between(0.0, 0.85 * 0.8).all()


def test_terms_name_the_types_of_lead(make_ranking):
    terms = make_ranking([10, 20], [{}, {"lead_type": "goip"}, {"building_id": "B2"}]).terms
    assert [t.key for t in terms["B1"]] == ["leads.goip", "leads.tip", "neighbourhood"]
    assert [t.key for t in terms["B2"]] == ["leads.tip", "neighbourhood"]


@pytest.mark.slow
def test_the_length_of_the_horizon_in_firm_days_does_not_move_values(make_ranking):
    for one in map(world, range(N_WORLDS)):
        # Leads all younger than either horizon: exposure is a scale, common to all, that values do not depend on.
        young = [lead | {"age": abs(float(str(lead["age"]))) % 1.0} for lead in one.leads]
        short, long = (
            make_ranking(one.n_firms, young, one.history, settings=varied(Rank(), horizon_days=days))
            for days in (one.horizon_days, 365.0)
        )
        assert short.table.set_index("building_id")["value"].to_dict() == pytest.approx(
            long.table.set_index("building_id")["value"].to_dict(), rel=1e-9, abs=1e-15
        )


@pytest.mark.parametrize(
    ("points", "hours", "message"),
    [
        pytest.param([(0.0, 0.0), (np.nan, 0.0)], [1.0, 1.0], "points_m must be finite", id="place NaN"),
        pytest.param([(0.0, 0.0)] * 2, [1.0, np.nan], "team_hours must be finite and > 0", id="hours NaN"),
        pytest.param([(0.0, 0.0)] * 2, [1.0, 0.0], "team_hours must be finite and > 0", id="hours 0"),
    ],
)
def test_places_and_hours_that_cannot_be_are_refused(points, hours, message, make_ranking):
    with pytest.raises(ValueError, match=message):
        make_ranking([10, 20], [{}], points=points, hours=hours)


def test_unlike_shapes_are_refused(make_leads, make_history, now):
    frame = pd.DataFrame({"building_id": ["B1"], "division_code": "370102", "n_firms": [1]})
    with pytest.raises(ValueError, match="must have 1 rows"):
        rank_buildings(frame, make_leads([]), make_history([]), np.zeros((2, 2)), np.ones(1), now, Rank())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param({"half_life_days": {"goip": 2.0}}, "no half-life for lead types \\['tip'\\]", id="half-life"),
        pytest.param({"hit_share": {"goip": 0.3}}, "no prior hit share for lead types \\['tip'\\]", id="hit share"),
    ],
)
def test_a_type_of_lead_that_the_settings_do_not_know_is_refused(settings, message, make_ranking):
    with pytest.raises(KeyError, match=message):
        make_ranking([10], [{}], settings=Rank().model_copy(update=settings))


def test_buildings_at_one_point_rank_by_their_own_leads(make_ranking):
    leads = [{"building_id": "B2"}, {"building_id": "B2"}, {"building_id": "B3"}]
    table = make_ranking([10, 10, 10], leads, points=[(0.0, 0.0)] * 3).table
    assert table["building_id"].tolist() == ["B2", "B3", "B1"]


def test_the_same_leads_among_fewer_firms_rank_higher(make_ranking):
    # 100 firms and 10, five tips each, and eight towers of 50 with none; a visit takes 12 + 3 n / 4 minutes.
    n_firms = [100, 10, *[50] * 8]
    leads = [{"building_id": b} for b in ("B1", "B2") for _ in range(5)]
    table = make_ranking(n_firms, leads, hours=[(12 + 0.75 * n) / 60 for n in n_firms]).table
    assert table["building_id"].tolist()[:2] == ["B2", "B1"]


def with_area(make_leads, make_history, now, n_firms, area, leads):
    n = len(n_firms)
    frame = pd.DataFrame({"building_id": [f"B{k + 1}" for k in range(n)], "division_code": "370102"})
    frame = frame.assign(n_firms=n_firms, floor_area_m2=np.array(area, np.float64))
    points = np.column_stack([np.arange(n) * 100.0, np.zeros(n)])
    return rank_buildings(frame, make_leads(leads), make_history([]), points, np.ones(n), now, Rank())


def test_a_building_with_leads_and_no_firm_counts_the_units_that_its_area_holds(make_leads, make_history, now):
    # 6,600 m2 are 10 units; the other with no firm has no lead, and none of its own.
    leads = [{"building_id": "B1"}, {"building_id": "B3"}]
    found = with_area(make_leads, make_history, now, [0, 0, 10], [6_600.0, 6_600.0, 1.0], leads)
    table = found.table.set_index("building_id")
    assert table.loc["B1", "exposure_firm_days"] == table.loc["B3", "exposure_firm_days"] > 0
    assert table.loc["B1", "value"] == pytest.approx(table.loc["B3", "value"], rel=0.05)
    assert table.loc["B2", "exposure_firm_days"] == 0
    assert table.loc["B1", "n_firms"] == 0


def test_the_smallest_building_holds_one_unit(make_leads, make_history, now):
    table = with_area(make_leads, make_history, now, [0, 1], [9.0, 9.0], [{"building_id": "B1"}]).table
    assert table["exposure_firm_days"].nunique() == 1
