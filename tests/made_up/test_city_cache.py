from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest

from sweep.made_up import city_cache
from sweep.made_up.city_cache import city_folder, city_key
from sweep.made_up.generate_city import SyntheticCity
from sweep.made_up.settings.city import SyntheticCitySettings

SMALL = SyntheticCitySettings(seed=5, day=date(2026, 9, 16), n_buildings=6, n_dens=2, n_leads=10)


def test_the_key_changes_with_every_setting_and_with_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = replace(SMALL, leads=replace(SMALL.leads, magnet_share=0.5))
    keys = {city_key(SMALL), city_key(replace(SMALL, seed=6)), city_key(deep)}
    monkeypatch.setattr(city_cache, "GENERATOR_VERSION", -1)
    assert len({*keys, city_key(SMALL)}) == 4


def test_a_second_call_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = city_folder(SMALL, tmp_path)

    def refuse(settings: SyntheticCitySettings) -> SyntheticCity:
        raise AssertionError(f"made again: {settings.seed}")

    monkeypatch.setattr(city_cache, "generate_city", refuse)
    assert city_folder(SMALL, tmp_path) == folder


def test_a_failure_half_way_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(city: SyntheticCity, folder: Path) -> None:
        (folder / "firms.csv").write_text("half")
        raise OSError("disk full")

    monkeypatch.setattr(city_cache, "write_city", half)
    with pytest.raises(OSError, match="disk full"):
        city_folder(SMALL, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_two_processes_at_once_end_with_one_whole_city(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        folders = list(pool.map(city_folder, [SMALL, SMALL], [tmp_path, tmp_path]))
    assert folders[0] == folders[1]
    assert [path.name for path in tmp_path.iterdir()] == [folders[0].name]
    assert len(list(folders[0].iterdir())) == 9


def test_the_default_place_is_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city_cache, "user_cache_dir", lambda name: str(tmp_path / name))
    assert city_folder(SMALL).parent == tmp_path / "sweep" / "city"
