"""The default city, made once for all tests: nothing changes it."""

from __future__ import annotations

from datetime import date

import pytest

from sweep.made_up.generate_city import SyntheticCity, generate_city
from sweep.made_up.settings.city import SyntheticCitySettings


@pytest.fixture(scope="session")
def settings() -> SyntheticCitySettings:
    return SyntheticCitySettings(seed=1, day=date(2026, 9, 16))


@pytest.fixture(scope="session")
def city(settings: SyntheticCitySettings) -> SyntheticCity:
    return generate_city(settings)
