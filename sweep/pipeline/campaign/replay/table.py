"""The table of a replay: a row for each policy, seed by seed, as CSV and as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.texts import load_texts
from sweep.campaign.measures import mean_and_error
from sweep.disk.csv_text import csv_text
from sweep.disk.files import write_files
from sweep.pipeline.campaign.loaded import Loaded
from sweep.publish.studies.replay_page import replay_page


@dataclass(frozen=True, slots=True)
class Row:
    """One policy's figures."""

    policy: str
    of_seeds: tuple[Mapping[str, float], ...]
    """Figures by measure, seed by seed."""

    @property
    def figures(self) -> dict[str, tuple[float, float]]:
        """Mean and standard error by measure."""
        return {m: mean_and_error([of[m] for of in self.of_seeds]) for m in self.of_seeds[0]}


def write_table(
    loaded: Loaded, rows: Sequence[Row], n_weeks: int, place: Path, *, is_own: bool = False
) -> tuple[Path, ...]:
    """
    Write replay.csv, seeds.csv and replay.html, and return them.

    Parameters
    ----------
    is_own
        Whether the days are drawn from the district's own rates.
    """
    names = list(rows[0].of_seeds[0])
    header = ["policy", "n_seeds", *(c for m in names for c in (m, f"{m}_se"))]
    lines = [[r.policy, len(r.of_seeds), *(x for m in names for x in r.figures[m])] for r in rows]
    seeds = [[r.policy, n, *of.values()] for r in rows for n, of in enumerate(r.of_seeds, start=1)]
    table, means = {r.policy: r.of_seeds for r in rows}, {r.policy: r.figures for r in rows}
    files = {
        "replay.csv": csv_text(header, lines),
        "seeds.csv": csv_text(["policy", "seed", *names], seeds),
        "replay.html": replay_page(
            loaded.campaign.name, n_weeks, table, means, load_texts(loaded.scenario.lang), is_own=is_own
        ),
    }
    return write_files(files, place, place.parent)
