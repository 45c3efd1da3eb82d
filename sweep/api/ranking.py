"""Rankings for scripts: buildings and clusters in rank order, and the backtest of a ranking."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
from markupsafe import escape

from sweep.api.progress import OnProgress, reporter
from sweep.api.scenario import Scenario, row_labels, texts_of
from sweep.inputs.building_search import building_id_of
from sweep.jobs.assemble_edition import ranking_table
from sweep.jobs.backtest.backtest import backtest_scenario
from sweep.jobs.stages import rank_day
from sweep.publish.facts.names_and_reasons import term_text
from sweep.publish.studies.backtest_page import BacktestResult
from sweep.publish.table_columns import table_frame
from sweep.publish.tables.buildings_and_coverage_tables import cluster_row, ranking_rows


@dataclass(frozen=True, eq=False)
class Ranking:
    """
    Buildings and clusters of a scenario in rank order.

    Parameters
    ----------
    scenario
        The scenario that was ranked.
    buildings
        Buildings, best first, with the columns of `ranking.csv` in docs/output-columns.md.
    clusters
        Clusters, best first, with the columns of `clusters.csv`.
    ranked
        Records behind the tables; they may change between versions.
    """

    scenario: Scenario
    buildings: pd.DataFrame
    clusters: pd.DataFrame
    ranked: rank_day.Ranked

    def to_geodataframe(self) -> gpd.GeoDataFrame:
        """Return the table `buildings` with the outline of each building, in EPSG:4326."""
        outlines = self.scenario.study_inputs.buildings.set_index("building_id").geometry
        shapes = outlines.reindex(self.buildings["building_id"]).reset_index(drop=True)
        return gpd.GeoDataFrame(self.buildings.copy(), geometry=shapes, crs=outlines.crs)

    def explain(self, building: str) -> pd.DataFrame:
        """
        Return the terms whose sum is a building's value, largest absolute value first: columns `term`, `value`, `text`.

        Parameters
        ----------
        building
            Id or name of the building, or a part of its name that no other building has.

        Raises
        ------
        InputError
            If there is no such building; the error names the most similar one.
        """
        building_id = building_id_of(building, {b: each.name for b, each in self.ranked.buildings.items()})
        terms = sorted(self.ranked.ranking.terms[building_id], key=lambda term: -abs(term.value))
        texts = texts_of(self.scenario)
        return pd.DataFrame(
            [(t.key, t.value, term_text(texts, t.key)) for t in terms], columns=["term", "value", "text"]
        )

    def _repr_html_(self) -> str:
        shown = ["rank", "building_id", "cluster_id", "n_leads", "p_find", "team_hours", "value", "value_per_hour"]
        head = self.buildings[shown].head(10).to_html(index=False, float_format="{:.3f}".format)
        name, n = escape(self.scenario.settings.name), len(self.buildings)
        return f"<p><b>{name}</b>, {self.scenario.settings.day}: {n} buildings, {len(self.clusters)} clusters</p>{head}"


def rank(scenario: Scenario) -> Ranking:
    """
    Rank the buildings of a scenario and form clusters.

    Raises
    ------
    InputError
        If the inputs cannot be used.
    """
    inputs = scenario.study_inputs
    with row_labels(scenario):
        ranked = rank_day.rank(scenario.settings, inputs)
    return Ranking(
        scenario,
        table_frame("ranking.csv", ranking_rows(ranking_table(ranked), ranked.ranking.terms)),
        table_frame("clusters.csv", map(cluster_row, ranked.clusters)),
        ranked,
    )


def backtest(scenario: Scenario, *, on_progress: OnProgress | None = None) -> BacktestResult:
    """
    Backtest the ranking: compare it with simpler rankings on past days of the scenario, each ranked from earlier data.

    Parameters
    ----------
    on_progress
        Called with the share of the work done, in [0, 1], and a text.

    Returns
    -------
    BacktestResult
        Record with the DataFrames `summary` (mean and interval of each measure by method), `windows`, `finds`,
        `calibration`, `curves` and `fairness`.

    Raises
    ------
    InputError
        If the inputs cannot be used, or the past is too short.
    """
    with row_labels(scenario):
        return backtest_scenario(scenario.settings, reporter(on_progress, texts_of(scenario)))
