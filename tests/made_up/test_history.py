from __future__ import annotations

import pandas as pd

from geodata.schema import HISTORY
from sweep.made_up.generate_city import SyntheticCity
from sweep.made_up.settings.city import SyntheticCitySettings


def test_the_table_is_clean_and_has_about_1200_visits(city: SyntheticCity) -> None:
    HISTORY.validate(city.history)
    assert 1_050 < len(city.history) < 1_450


def test_every_visit_is_of_the_year_before_and_on_a_working_day_unless_it_closed_a_den(
    city: SyntheticCity, settings: SyntheticCitySettings
) -> None:
    day = pd.Timestamp(settings.day, tz="Asia/Shanghai")
    assert (city.history["visited_on"] < day).all()
    assert (city.history["visited_on"] >= day - pd.Timedelta(days=365)).all()
    planned = city.history[city.history["outcome"] != "find"]
    assert planned["visited_on"].dt.day_of_week.max() < 5


def test_a_find_is_where_and_when_a_den_closed_and_nowhere_else(city: SyntheticCity) -> None:
    finds = city.history[city.history["outcome"] == "find"]
    closed = set(city.truth[["building_id", "closed_on"]].itertuples(index=False, name=None))
    days = finds["visited_on"].dt.tz_localize(None).dt.floor("D")
    assert len(finds) > 5
    assert set(zip(finds["building_id"], days, strict=True)) <= closed


def test_outcomes_are_near_the_published_shares(city: SyntheticCity) -> None:
    routine = city.history[city.history["track"] == "routine"]["outcome"].value_counts(normalize=True)
    # About 610 visits: standard errors 0.012 and 0.014.
    assert 0.06 < routine["irregular"] < 0.16
    assert 0.10 < routine["no_access"] < 0.20
    assert "find" not in routine


def test_routine_visits_and_no_others_have_their_probability(city: SyntheticCity) -> None:
    is_routine = city.history["track"] == "routine"
    assert city.history.loc[is_routine, "selection_probability"].between(0.05, 0.3).all()
    assert city.history.loc[~is_routine, "selection_probability"].isna().all()


def test_the_yearly_number_of_some_firms_is_used_up(city: SyntheticCity, settings: SyntheticCitySettings) -> None:
    cap = dict(settings.history.annual_cap)
    this_year = city.history[city.history["visited_on"].dt.year == settings.day.year]
    mine = this_year[(this_year["authority"] == "market_regulation") & (this_year["track"] != "case")]
    n = mine.groupby("uscc").size()
    caps = city.firms.set_index("uscc")["credit_class"].map(cap)
    assert (n >= caps.reindex(n.index)).sum() >= 55
