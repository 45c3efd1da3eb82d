from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from sweep.made_up.generate_city import SyntheticCity, generate_city
from sweep.made_up.settings.city import SyntheticCitySettings

NAMES = [field.name for field in fields(SyntheticCity)]


def differing(one: SyntheticCity, other: SyntheticCity) -> set[str]:
    names = set()
    for name in NAMES:
        try:
            assert_frame_equal(pd.DataFrame(getattr(one, name)), pd.DataFrame(getattr(other, name)))
        except AssertionError:
            names.add(name)
    return names


def test_the_same_settings_give_the_same_city(city: SyntheticCity, settings: SyntheticCitySettings) -> None:
    assert differing(city, generate_city(settings)) == set()


def test_another_seed_gives_another_city(city: SyntheticCity, settings: SyntheticCitySettings) -> None:
    assert differing(city, generate_city(replace(settings, seed=2))) == set(NAMES)


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        pytest.param(lambda s: replace(s, n_market_regulation=20), {"roster"}, id="officers"),
        pytest.param(
            lambda s: replace(s, n_leads=300),
            {"leads", "truth_leads", "history"},
            id="leads, and the visits that follow them",
        ),
        pytest.param(lambda s: replace(s, n_dens=20), {"truth", "leads", "truth_leads", "history"}, id="dens"),
    ],
)
def test_a_number_changes_its_own_tables_only(
    city: SyntheticCity,
    settings: SyntheticCitySettings,
    change: Callable[[SyntheticCitySettings], SyntheticCitySettings],
    changed: set[str],
) -> None:
    assert differing(city, generate_city(change(settings))) == changed


def test_one_group_of_the_roster_leaves_the_others_as_they_are(
    city: SyntheticCity, settings: SyntheticCitySettings
) -> None:
    roster = generate_city(replace(settings, n_market_regulation=20)).roster
    before, after = (r[r["agency"] == "police"].reset_index(drop=True) for r in (city.roster, roster))
    assert_frame_equal(before, after)


def test_a_city_too_crowded_for_its_area_says_so(settings: SyntheticCitySettings) -> None:
    crowded = replace(settings, buildings=replace(settings.buildings, quarter_spread_m=25.0))
    with pytest.raises(ValueError, match=r"no room for \d towers"):
        generate_city(crowded)


def test_streets_too_small_for_the_business_quarters_say_so(settings: SyntheticCitySettings) -> None:
    small = replace(settings, streets=replace(settings.streets, step_m=40.0))
    with pytest.raises(ValueError, match="no room for 2 business quarters in district 370102"):
        generate_city(small)
