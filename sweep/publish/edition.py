"""The record `Edition`: a checked plan with all facts that the publish stage needs, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from weakref import WeakKeyDictionary

import geopandas as gpd
import pandas as pd
from shapely.geometry import LineString

from geodata.errors import Issue
from geodata.schema import no_shapes
from sweep.day.event_records import DayLog
from sweep.records.buildings import Building, Firm, Lead
from sweep.records.draw import Draw
from sweep.records.input_files import InputFile
from sweep.records.inspection_codes import InspectionCode
from sweep.records.people import Base, Person
from sweep.records.pins import Pin
from sweep.records.plan import Cost, Coverage, Insertion, Plan, Simulation, Violation
from sweep.records.prevalence_and_check_concentration import Concentration, Prevalence
from sweep.records.ranking import Cluster, RankingFacts, Term
from sweep.records.visits import Recheck, TargetReason, Visit
from sweep.scenario.scenario import Scenario


# Tables have no scalar equality, so editions compare by identity, which also keys cached facts.
@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Edition:
    """A plan to be published (edition): checked, with all facts of its maps, orders, reports and tables."""

    plan_id: str
    scenario: Scenario
    plan: Plan
    visits: Mapping[str, Visit]
    """Every visit that the plan may serve, by visit id."""
    buildings: Mapping[str, Building]
    """Buildings of the scenario by id; `bases` and `persons` likewise by their ids."""
    firms: Mapping[str, Firm]
    """Every firm that a visit inspects, by uscc."""
    bases: Mapping[str, Base]
    persons: Mapping[str, Person]
    ranking: pd.DataFrame
    """Ranking table, one row for each building, best first: `sweep.publish.table_columns.RANKING_COLUMNS`."""
    terms: Mapping[str, tuple[Term, ...]]
    """Additive terms of each building's value, by building id."""
    clusters: tuple[Cluster, ...]
    """Clusters in rank order."""
    draw: Draw
    coverage: tuple[Coverage, ...]
    """Coverage of all buildings, then of each district, cluster and track."""
    violations: tuple[Violation, ...]
    """Violations of hard rules; with one, only plan.json and violations.csv are published."""
    footprints: gpd.GeoDataFrame
    """Outlines of buildings: `building_id`, `geometry`; EPSG:4326."""
    streets: gpd.GeoDataFrame
    """Street lines (`geodata.schema.STREETS`), EPSG:4326; empty without a street file."""
    route_lines: Mapping[str, tuple[LineString, ...]]
    """Map geometry of each leg of a team's route, by team id, in EPSG:4326; the leg back to the base is last."""
    travel_method: str
    """Method of the travel times: `road`, `road_and_foot` or `straight_line`."""
    inputs: tuple[InputFile, ...]
    repairs: Mapping[str, int]
    """Number of repaired cells or rows by kind of repair (catalogue key `repair.<kind>`)."""
    matches: Mapping[str, int]
    """Number of leads and firms by match method (catalogue key `match.<kind>`)."""
    quarantine: pd.DataFrame
    """Input rows that were not used: `file`, `row`, `code`, `what`, `fix`, `content`."""
    unmatched: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Firms and leads without a building: `geodata.match.unmatched_rows.COLUMNS`, `table`, `file`, `row`."""
    matched: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Firms and leads matched by text or a person, or unmatched despite a text, without firms under investigation:
    `unmatched_rows.TEXT_COLUMNS`, `table`, `file`, `row`."""
    prevalence: tuple[Prevalence, ...] = ()
    """Shares of buildings with a find, estimated from the randomly drawn visits of the past year."""
    concentration: Concentration | None = None
    """Spread of checks over buildings, including the checks of the plan."""
    division_names: Mapping[str, str] = field(default_factory=dict)
    """Names of divisions by code from the scenario; see `sweep.publish.facts.names_and_reasons.district_name`."""
    facts: RankingFacts | None = None
    """Facts about the ranking: data, scoring method and uncertainty."""
    borders: gpd.GeoDataFrame = field(default_factory=lambda: no_shapes("division_name"))
    """Outlines of the districts: `division_name`, `geometry`; EPSG:4326."""
    water: gpd.GeoDataFrame = field(default_factory=no_shapes)
    """Areas and lines of lakes and rivers for drawing; EPSG:4326."""
    swaps: Mapping[str, Insertion] = field(default_factory=dict)
    """Cheapest insertion of each of the most valuable unserved visits, by visit id; empty if not computed."""
    simulation: Simulation | None = None
    """Simulation of the plan on days with random delays; None if not computed."""
    costs: Mapping[str, Cost] = field(default_factory=dict)
    """Cost terms of the plan by key of `weights` in problem.json; empty without `[weights]`."""
    problem_sha256: str | None = None
    """SHA-256 of the planning problem, see `sweep.plan.problem.problem_file.problem_sha256`."""
    log: DayLog | None = None
    """Event log of the day; None if the plan was not changed on its day."""
    reasons: Mapping[str, tuple[TargetReason, ...]] = field(default_factory=dict)
    """Reasons for each visit's building and for each firm that it inspects, by visit id (C29)."""
    rechecks: tuple[Recheck, ...] = ()
    """Irregularities opened by past results, closed ones included (C27)."""
    notes: tuple[Issue, ...] = ()
    """Warnings on the inputs, such as a suspicious datum or a missing label."""
    pins: tuple[Pin, ...] = ()
    """Pins: decisions of planners on single buildings."""
    soft_violations: tuple[Violation, ...] = ()
    """Violations of soft rules, which are only reported and do not block publishing."""
    unreachable: frozenset[str] = frozenset()
    """Ids of buildings too far from every street for cars, which get no visit."""
    empty_inspections: frozenset[tuple[str, str]] = frozenset()
    """(person id, uscc) where the officer's last three inspections found nothing, for the check of changes (C34)."""
    due_leads: tuple[Lead, ...] = ()
    """Unanswered leads that are due on the day (C22), used to check a re-plan."""
    codes: Mapping[str, InspectionCode] = field(default_factory=dict)
    """Codes of the inspection platform by filing id, also those of visits that a later plan of the day dropped."""

    @property
    def values(self) -> dict[str, float]:
        """Expected finds of a visit to each building according to the ranking, by building id."""
        return dict(zip(self.ranking["building_id"], map(float, self.ranking["value"]), strict=True))


def refuse_investigations(edition: Edition) -> None:
    """Raise ValueError if a visit of an edition is on the investigation track, which must not be published (C26)."""
    bad = sorted(v.visit_id for v in edition.visits.values() if v.track == "investigation")
    if bad:
        raise ValueError(f"visits {bad} are on the investigation track and must not be published (C26)")


def once_per_edition[Facts](work_out: Callable[[Edition], Facts]) -> Callable[[Edition], Facts]:
    """
    Cache the result of a function per edition, for the lifetime of the edition.

    Parameters
    ----------
    work_out
        Function of an edition. Its result must be immutable and must not refer to the edition, which could otherwise
        never be freed.
    """
    known: WeakKeyDictionary[Edition, Facts] = WeakKeyDictionary()

    @wraps(work_out)
    def kept(edition: Edition) -> Facts:
        if edition not in known:
            known[edition] = work_out(edition)
        return known[edition]

    return kept
