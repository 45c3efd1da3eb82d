from __future__ import annotations

from datetime import date

import pytest

from sweep.made_up.settings.city import SyntheticCitySettings


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="'seed': -1"):
        SyntheticCitySettings(seed=-1, day=date(2026, 9, 16))


def test_a_city_without_buildings_is_refused() -> None:
    with pytest.raises(ValueError, match="n_buildings >= 1"):
        SyntheticCitySettings(seed=1, day=date(2026, 9, 16), n_buildings=0)
