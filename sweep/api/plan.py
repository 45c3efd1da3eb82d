"""Plans for scripts: functions that make, check, compare, publish and draw a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from markupsafe import escape

from sweep.api.progress import OnProgress, reporter
from sweep.api.scenario import Scenario, row_labels, texts_of
from sweep.disk.atomic_files import write_files
from sweep.jobs.assemble_edition import bind_edition
from sweep.jobs.review_and_explain import Explanation, explain_building, review_plan
from sweep.jobs.run_scenario import Planned, plan_inputs
from sweep.jobs.stages import check_day, publish_day
from sweep.jobs.stages.plan_inputs_record import rank_and_select
from sweep.jobs.whatif import parse_grid, run_grid
from sweep.plan.solve import SolveProgress
from sweep.publish.edition import Edition
from sweep.publish.exports.export_formats import stops_csv
from sweep.publish.facts.export_rows import stop_rows
from sweep.publish.facts.plan_summary import plan_summary
from sweep.publish.studies.plan_differences import compare_rows
from sweep.publish.studies.whatif_page import whatif_rows
from sweep.publish.table_columns import table_frame
from sweep.publish.tables.buildings_and_coverage_tables import unserved_rows, violation_rows
from sweep.publish.tables.edition_tables import edition_csv

if TYPE_CHECKING:
    import folium

    from sweep.scenario.scenario import Scenario as Settings


@dataclass(frozen=True, eq=False)
class Plan:
    """
    A plan of a scenario, with the violations found by the checker.

    Parameters
    ----------
    scenario
        The scenario that was planned.
    planned
        Edition and planning problem from which the tables are made; these records may change between versions.
    """

    scenario: Scenario
    planned: Planned

    @property
    def edition(self) -> Edition:
        """Record from which maps, orders, reports and tables of the plan are written."""
        return self.planned.edition

    @property
    def value(self) -> float:
        """Expected finds (dens and offences discovered) of the visits served."""
        return self.edition.plan.value

    @property
    def objective(self) -> float:
        """Expected finds plus the weight of the served visits that fall due, minus costs; the search maximises it."""
        return self.edition.plan.total

    @property
    def bound(self) -> float:
        """Upper bound on the objective of every plan with these teams that serves as many must-visits as this one."""
        return self.edition.plan.total_bound

    @property
    def gap(self) -> float:
        """Optimality gap, 1 - objective / bound, in [0, 1]; 0: proven optimal."""
        return self.edition.plan.gap

    @property
    def stops(self) -> pd.DataFrame:
        """Stops of all teams, one row for each, with the columns of `stops.csv` in docs/output-columns.md."""
        return table_frame("stops.csv", stop_rows(self.edition))

    @property
    def unserved(self) -> pd.DataFrame:
        """Visits that no team makes, one row for each visit and reason, with the columns of `unserved.csv`."""
        return table_frame("unserved.csv", unserved_rows(self.edition, texts_of(self.scenario)))

    @property
    def violations(self) -> pd.DataFrame:
        """Violations of hard rules, one row each, with the columns of `violations.csv`; empty without a violation."""
        return table_frame("violations.csv", violation_rows(self.edition, texts_of(self.scenario)))

    def to_geodataframe(self) -> gpd.GeoDataFrame:
        """Return the table `stops` with a point for each stop, in EPSG:4326."""
        stops = self.stops
        return gpd.GeoDataFrame(stops, geometry=gpd.points_from_xy(stops["lon"], stops["lat"], crs="EPSG:4326"))

    def to_csv(self, folder: Path | str) -> tuple[Path, ...]:
        """
        Write `stops.csv` and `unserved.csv`, as `sweep export` writes them, into a folder; return both paths.

        Raises
        ------
        OSError
            If the folder cannot be written.
        """
        tables = {
            "stops.csv": stops_csv(self.edition),
            "unserved.csv": edition_csv("unserved.csv", self.edition, texts_of(self.scenario)),
        }
        return write_files(tables, Path(folder))

    def explain(self, building: str) -> Explanation:
        """
        Return why a building is in the plan or not: a record with `rank`, `terms`, `stops`, `reasons` and others.

        Parameters
        ----------
        building
            Id or name of the building, or a part of its name that no other building has.

        Raises
        ------
        InputError
            If there is no such building; the error names the most similar one.
        """
        return explain_building(self.edition, building)

    def _repr_html_(self) -> str:
        plan, settings, stops = self.edition.plan, self.scenario.settings, self.stops
        shown = ["team_id", "number", "building_name", "track", "arrive_at", "start_at", "end_at"]
        n_active = sum(bool(route.stops) for route in plan.routes)
        line = f"{n_active} teams, {len(stops)} stops, {len(plan.unserved)} visits unserved"
        figures = f"expected finds {self.value:.3f}; objective {self.objective:.3f} of at most {self.bound:.3f}"
        table = stops[shown].replace(r"^\d{4}-\d\d-\d\dT(\d\d:\d\d).*", r"\1", regex=True).to_html(index=False)
        return f"<p><b>{escape(settings.name)}</b>, {settings.day}: {line}; {figures} (gap {self.gap:.1%})</p>{table}"


def plan(
    scenario: Scenario,
    *,
    seed: int | None = None,
    time_limit: float | None = None,
    iterations: int | None = None,
    on_progress: OnProgress | None = None,
) -> Plan:
    """
    Plan the day of a scenario: select visits, compose teams, search routes, prove a bound, and check every rule.

    Parameters
    ----------
    seed
        Seed of all random numbers except the draw of buildings; None: the scenario's.
    time_limit
        Time limit of the search in seconds; None: the scenario's.
    iterations
        Number of iterations of the search, with which every run gives the same plan; None: the scenario's.
    on_progress
        Called with the share of the work done, in [0, 1], and a text.

    Raises
    ------
    InputError
        If the inputs cannot be used or contradict each other, or no teams can be composed.
    """
    limits = {"seed": seed, "solver.time_limit_s": time_limit, "solver.iterations": iterations}
    changed = scenario.with_settings({key: value for key, value in limits.items() if value is not None})
    inputs = scenario.inputs
    with row_labels(changed):
        return Plan(changed, plan_inputs(changed.settings, inputs, reporter(on_progress, texts_of(changed))))


def check(scenario: Scenario, plan: Plan | Path | str) -> pd.DataFrame:
    """
    Check a plan against the scenario's inputs, independently of the planner.

    Parameters
    ----------
    scenario
        Inputs by which the plan is judged.
    plan
        A plan; or the path of a plan.json, which may be edited by hand, or of its folder.

    Returns
    -------
    DataFrame
        Violations of hard rules, with the columns of `violations.csv`; empty without a violation.

    Raises
    ------
    InputError
        If the inputs or the file cannot be used.
    """
    inputs = scenario.inputs
    with row_labels(scenario):
        if isinstance(plan, Plan):
            prepared = rank_and_select(plan.scenario.settings, inputs)
            edition = bind_edition(prepared, check_day.check(prepared, plan.edition.plan))
        else:
            edition = review_plan(scenario.settings, Path(plan))
    return table_frame("violations.csv", violation_rows(edition, texts_of(scenario)))


def what_if(
    scenario: Scenario,
    grid: Mapping[str, Sequence[object]],
    *,
    on_progress: OnProgress | None = None,
) -> pd.DataFrame:
    """
    Plan a scenario with every combination of some values of its settings.

    Parameters
    ----------
    grid
        Values to try, by dotted key: `{"teams.n_teams": [4, 6, 8]}`.
    on_progress
        Called with the share of combinations that are planned, in [0, 1], and a text.

    Returns
    -------
    DataFrame
        One row for each combination: its values, then the columns of `whatif.csv`. A combination with more teams
        than the roster allows has no row.

    Raises
    ------
    InputError
        If a setting is not allowed, or no combination can be planned.
    """
    texts = [f"{key}={','.join(_toml(value) for value in values)}" for key, values in grid.items()]

    def at(values: Mapping[str, str]) -> Settings:
        return scenario.with_settings(values).settings

    def report(n_done: int, n: int, inside: SolveProgress | None) -> None:
        if on_progress is not None:
            share = (n_done + (inside.share if inside else 0.0)) / max(1, n)
            on_progress(min(1.0, share), texts_of(scenario)("whatif.progress", n=min(n_done + 1, n), all=n))

    with row_labels(scenario):
        points, _ = run_grid(at, parse_grid(texts), None, report)
    return pd.DataFrame(whatif_rows(points))


def compare(*plans: Plan) -> pd.DataFrame:
    """
    Return the figures of plans, one row for each in ascending number of teams, with the columns of `comparison.csv`.

    Raises
    ------
    ValueError
        If there is no plan.
    """
    if not plans:
        raise ValueError("compare needs at least one plan, got none")
    return pd.DataFrame(compare_rows([plan_summary(plan.edition) for plan in plans]))


def publish(plan: Plan, folder: Path | str) -> Path:
    """
    Write map, orders, report and tables of a plan to `folder`/<scenario>/<plan id>/, all of them or nothing.

    A plan that breaks a hard rule gets `plan.json` and `violations.csv` only. No audit log records the files, so the
    commands that approve or hand out plans refuse them.

    Returns
    -------
    Path
        Folder that was written.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    edition = plan.edition
    place = Path(folder) / edition.scenario.name / edition.plan_id
    publish_day.publish(edition, plan.planned.problem, place)
    return place


def plan_map(plan: Plan) -> folium.Map:
    """Return the map of a plan, which opens without a network and takes further folium layers."""
    from sweep.publish.map.map_page import plan_map as draw

    return draw(plan.edition)


def _toml(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=lambda number: number.item())
