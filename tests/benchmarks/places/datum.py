"""How many points a second go into each datum and back, on one core: run it with `-m`."""

from __future__ import annotations

import time

import numpy as np

from geodata.datum.convert import from_wgs84, to_wgs84
from geodata.datum.datum_names import BD09, BD09MC, BY_ZONE, GCJ02, parse_datum

N_POINTS = 1_000_000
GRID = parse_datum("epsg:4548")
DATUMS = (GCJ02, BD09, BD09MC, BY_ZONE, GRID)
# Mainland China with its neighbours: a fifth of the points lies abroad, and so takes the way round the border.
BOX = ((75.0, 134.0), (18.0, 53.0))
JINAN = ((116.2, 117.7), (36.0, 37.5))


def main() -> None:
    print(f"{'datum':14} {'points':8} {'forward /s':>12} {'inverse /s':>12} {'round trip, degrees':>20}")
    for datum in DATUMS:
        if datum != GRID:
            measure(datum, "China", BOX)
        measure(datum, "Jinan", JINAN)


def measure(datum, where, box) -> None:
    chance = np.random.default_rng(1)
    lon, lat = chance.uniform(*box[0], N_POINTS), chance.uniform(*box[1], N_POINTS)
    to_wgs84(*from_wgs84(lon[:9], lat[:9], datum), datum)
    forward_s, moved = best(from_wgs84, lon, lat, datum)
    inverse_s, back = best(to_wgs84, *moved, datum)
    # A point within 500 m of the border may come back as its twin on the other side: counted apart.
    error = np.maximum(np.abs(back[0] - lon), np.abs(back[1] - lat))
    rates = f"{N_POINTS / forward_s:12,.0f} {N_POINTS / inverse_s:12,.0f}"
    print(f"{datum.name:14} {where:8} {rates} {error[error < 1e-3].max():20.1e} (twins {(error >= 1e-3).sum()})")


def best(convert, x, y, datum):
    """The shortest of five runs, and what it gave."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        given = convert(x, y, datum)
        times.append(time.perf_counter() - start)
    return min(times), given


if __name__ == "__main__":
    main()
