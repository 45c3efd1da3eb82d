"""What clusters chosen together are worth, and the CPU seconds that they take, in towns of many kinds.

    uv run python -m tests.benchmarks.rank.cluster_speed

To compare two versions run it in both in the same hour. The towns: 5,000 buildings round 30 centres on squares of
several sides, 3,000 offices as in `cluster_capture`, and the footprints of the Bund if `shared/data` is beside the
project; values Gamma of shape 0.3, 0.2 h and 0.02 h a firm. Prints a Markdown table.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from geodata.arrays import Float64s
from sweep.rank.clusters.clusters import greedy_stars, packed_stars
from tests.benchmarks.rank import cluster_capture
from tests.benchmarks.rank.bund import bund_places, has_bund
from tests.benchmarks.rank.rank_speed import make_town

Case = tuple[str, Float64s, Float64s, Float64s, float, int]


def main() -> None:
    """Time each town and print the table."""
    cases = list(towns())
    clusters_of = [(packed_stars, "together"), (greedy_stars, "stars")]
    packed_stars(*cases[0][1:4], 300.0, *cases[0][4:])
    print("| town | clusters | together | CPU seconds | each after the other |\n|---|---|---|---|---|")
    for name, value, hours, points_m, hours_cap, n_clusters in cases:
        held, seconds = {}, {}
        for form, way in clusters_of:
            began = time.process_time()
            found = form(value, hours, points_m, 300.0, hours_cap, n_clusters)
            seconds[way] = time.process_time() - began
            held[way] = sum(float(value[rows].sum()) for rows in found)
        cells = f"{held['together']:.4f} | {seconds['together']:.2f} | {held['stars']:.4f}"
        print(f"| {name} | {n_clusters} of {hours_cap:.0f} h | {cells} |", flush=True)


def towns() -> Iterator[Case]:
    """Name, value, hours, places, and what limits the clusters."""
    for side_m in (40_000.0, 20_000.0, 10_000.0, 5_000.0, 3_000.0):
        town, rng = make_town(5_000, side_m), np.random.default_rng(5)
        value, hours = rng.gamma(0.3, 0.1, 5_000), 0.2 + town.firms * 0.02
        yield f"5,000 buildings on {side_m / 1000:.0f} km", value, hours, town.points_m, 12.0, 20
    for seed in (200, 201, 202, 203):
        table = cluster_capture.make_town(seed, cluster_capture.FITTED)[0]
        value, hours = table["value"].to_numpy(np.float64), table["team_hours"].to_numpy(np.float64)
        for hours_cap, n_clusters in ((12.0, 20), (40.0, 10)):
            places = table[["x_m", "y_m"]].to_numpy(np.float64)
            yield f"3,000 offices, seed {seed}", value, hours, places, hours_cap, n_clusters
    if has_bund():
        points_m, firms = bund_places()
        for seed in (1, 2):
            value = np.random.default_rng(seed).gamma(0.3, 0.1, len(firms))
            yield f"Bund, all footprints, seed {seed}", value, 0.2 + firms * 0.02, points_m, 12.0, 20
            rows = np.random.default_rng(seed).choice(len(firms), 700, replace=False)
            yield f"Bund, 700 of them, seed {seed}", value[rows], 0.5 + firms[rows] * 0.05, points_m[rows], 12.0, 10


if __name__ == "__main__":
    main()
