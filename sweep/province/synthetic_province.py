"""Synthetic province of adjacent counties of different sizes."""

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from geodata.message_catalogue import Texts
from sweep.campaign.new_campaign_files import write_campaign
from sweep.inputs.new_scenario.made_up_tables import CITY_GROUND, TABLES
from sweep.inputs.new_scenario.scenario_folder import named_folder
from sweep.made_up.generate_city import generate_city
from sweep.made_up.gis_layers import write_layers
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.settings.places import District
from sweep.made_up.write_city import write_tables
from sweep.province.province_settings import FILE_NAME as PROVINCE
from sweep.scenario.find_scenario import FILE_NAME

DAY = date(2026, 9, 16)
_MEDIAN = 40.0
"""Median number of office buildings of a county."""


def write_made_up_province(
    name: str,
    folder: Path,
    texts: Texts,
    n_counties: int,
    on_progress: Callable[[int], None] = lambda _: None,
    *,
    with_campaigns: bool = False,
) -> Path:
    """
    Create `folder`/`name` with a province.toml and a folder per county, atomically.

    Parameters
    ----------
    n_counties
        In [1, 891]: codes have two digits for the city and two for the county.
    on_progress
        Called with the number of counties that are written.
    with_campaigns
        Whether each county gets a campaign.

    Raises
    ------
    InputError
        S106 for an invalid name, S107 if the folder exists.
    """
    with named_folder(name, folder) as made:
        # Shandong has 137 counties in 16 cities.
        n_cities = math.ceil(n_counties / math.ceil(137 / 16))
        cities = [f"37{k:02d}" for k in range(1, n_cities + 1)]
        sizes = [n_counties // n_cities + (k < n_counties % n_cities) for k in range(n_cities)]
        counties = [f"{c}{j:02d}" for c, n in zip(cities, sizes, strict=True) for j in range(1, n + 1)]
        rng, wide = np.random.default_rng(n_counties), math.ceil(math.sqrt(n_counties))
        for done, county in enumerate(counties):
            n_buildings = int(np.clip(round(_MEDIAN * math.exp(rng.normal(0.0, 0.6))), 12, 290))
            # A synthetic city measures 16 by 12 km including its margins; counties are adjacent.
            at = (116.0 + 0.1789 * (done % wide), 35.5 + 0.1081 * (done // wide))
            _write_county(made / "counties" / county, county, n_buildings, at, texts.lang)
            if with_campaigns:
                write_campaign(made / "counties" / county, county, DAY, f"{county}-made-up", texts)
            on_progress(done + 1)
        text = texts("province.readme", name=name, lang=texts.lang, teams=max(1, n_counties // 3))
        listed = [f'\n[[cities]]\nid = "{c}"\nname = "示例{c[2:]}市"\ncounties = ["{c}*"]\n' for c in cities]
        (made / PROVINCE).write_text(text + "".join(listed), encoding="utf-8")
    return folder / name


def _write_county(folder: Path, code: str, n_buildings: int, at: tuple[float, float], lang: str) -> None:
    folder.mkdir(parents=True)
    name = f"示例{code[2:4]}市{code[4:]}区"
    n_teams = max(2, round(n_buildings / 20))
    settings = SyntheticCitySettings(
        seed=int(code),
        day=DAY,
        n_buildings=n_buildings,
        n_dens=max(2, n_buildings // 7),
        n_leads=2 * n_buildings,
        # Inspectors suffice for two more teams with additional police.
        n_police=5 * n_teams + 3,
        n_market_regulation=3 * n_teams + 6,
        n_auxiliary=2 * n_teams,
        city_name=name,
        lon=at[0],
        lat=at[1],
        districts=(District(code, name, 0.0, 0.0, 1.0, 1),),
    )
    made = generate_city(settings)
    write_layers(settings, made, folder)
    tables = {f"{table}.csv": getattr(made, table) for table in ("building_files", *TABLES)}
    write_tables(tables, folder, "utf-8-sig")
    ground = "".join(f'{key} = "{file}"\n' for key, file in CITY_GROUND.items())
    text = (
        f'name = "{code}"\nday = {DAY}\nlang = "{lang}"\nseed = 1\n\n[data]\n{ground}'
        f'building_files = "building_files.csv"\nhistory = "history.csv"\n\n[select]\ndraw_seed = "{code}-made-up"\n\n'
        f"[teams]\nn_teams = {n_teams}\n"
    )
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
