"""What buildings are called, where their front door is counted, and who manages them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.city.chance import stream
from geodata.city.places.names import BUILDING_FORMS, BUILDING_SYLLABLES, invent
from geodata.city.places.sites import Plot
from geodata.city.places.streets import StreetNet
from geodata.city.settings.city import CitySettings

COLUMNS = ["building_name", "street_name", "house_number", "complex_id", "property_company_id"]


def make_identities(settings: CitySettings, net: StreetNet, site_sizes: list[int], plots: list[Plot]) -> pd.DataFrame:
    """
    `building_name`, `street_name`, `house_number`, `complex_id` and `property_company_id` of each building.

    Parameters
    ----------
    site_sizes
        Towers per site; those of one complex share name, address, owner and manager.
    plots
        One per building, site after site.
    """
    rng = stream(settings.seed, "building names")
    words = invent(rng, len(site_sizes), BUILDING_SYLLABLES)
    n_companies = max(1, round(len(plots) * settings.buildings.property_companies_per_building))
    # Some managers are larger than others: weights 1, 1/sqrt 2, 1/sqrt 3 ...
    weights = np.arange(1, n_companies + 1) ** -0.5
    companies = rng.choice(n_companies, size=len(site_sizes), p=weights / weights.sum())
    firsts = np.cumsum([0, *site_sizes[:-1]])
    taken: set[tuple[str, int]] = set()
    rows: list[tuple[str, str, str, str | None, str]] = []
    for number, (n_towers, word, company) in enumerate(zip(site_sizes, words, companies, strict=True), start=1):
        name = word + BUILDING_FORMS[int(rng.integers(len(BUILDING_FORMS)))]
        street_name, house_number = _front_door(net, plots[firsts[number - 1]], taken)
        complex_id = f"C{number:03d}" if n_towers > 1 else None
        rows += [
            (name + ending, street_name, str(house_number), complex_id, f"PC{company + 1:03d}")
            for ending in _tower_names(n_towers, rng)
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _tower_names(n_towers: int, rng: np.random.Generator) -> list[str]:
    if n_towers == 1:
        return [""]
    if rng.random() < 0.5:
        return [f"{letter}座" for letter in "ABCDEFGH"[:n_towers]]
    return [f"{k}号楼" for k in range(1, n_towers + 1)]


def _front_door(net: StreetNet, plot: Plot, taken: set[tuple[str, int]]) -> tuple[str, int]:
    """Street and number: odd on one side, even on the other, about one number every 12 m; no number twice."""
    piece = net.pieces[plot.piece]
    number = 2 * int((piece.place * 250.0 + plot.along_m) / 25.0) + (1 if plot.side > 0 else 2)
    while (piece.name, number) in taken:
        number += 2
    taken.add((piece.name, number))
    return piece.name, number
