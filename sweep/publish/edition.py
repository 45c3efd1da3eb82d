"""Everything that the publish stage is given, in one record."""

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
from sweep.records.oversight import Concentration, Prevalence
from sweep.records.people import Base, Person
from sweep.records.pins import Pin
from sweep.records.plan import Cost, Coverage, Plan, Played, Swap, Violation
from sweep.records.ranking import Cluster, RankingFacts, Term
from sweep.records.visits import Recheck, TargetReason, Visit
from sweep.scenario.scenario import Scenario


# Tables have no plain equality, so an edition equals only itself, and facts worked out from it can be kept under it.
@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Edition:
    """A checked plan with all that its maps, orders, reports and tables show."""

    plan_id: str
    scenario: Scenario
    plan: Plan
    visits: Mapping[str, Visit]
    """Every visit on offer, by id."""
    buildings: Mapping[str, Building]
    firms: Mapping[str, Firm]
    """Every target firm of a visit, by uscc."""
    bases: Mapping[str, Base]
    persons: Mapping[str, Person]
    ranking: pd.DataFrame
    """`sweep.publish.table_columns.RANKING_COLUMNS`, one row a building, best first."""
    terms: Mapping[str, tuple[Term, ...]]
    """The additive terms of each building's value, by building id."""
    clusters: tuple[Cluster, ...]
    """Clusters in rank order."""
    draw: Draw
    coverage: tuple[Coverage, ...]
    violations: tuple[Violation, ...]
    footprints: gpd.GeoDataFrame
    """`building_id`, `geometry`; EPSG:4326."""
    streets: gpd.GeoDataFrame
    """`geodata.schema.STREETS`, EPSG:4326; empty if there is no street file."""
    route_lines: Mapping[str, tuple[LineString, ...]]
    """Lines of each team's route by team id: one in EPSG:4326 for each leg, the return leg last."""
    travel_method: str
    """`road`, `road_and_foot` or `straight_line`."""
    inputs: tuple[InputFile, ...]
    repairs: Mapping[str, int]
    """Repaired cells or rows by kind (catalogue key `repair.<kind>`)."""
    matches: Mapping[str, int]
    """Leads and firms by how they were matched (catalogue key `match.<kind>`)."""
    quarantine: pd.DataFrame
    """Columns `file`, `row`, `code`, `what`, `fix`, `content`."""
    unmatched: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Firms and leads without a building: `geodata.match.unmatched_rows.COLUMNS`, with `table`, `file` and `row`."""
    matched: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Firms and leads matched by text, no firm under investigation: `geodata.match.unmatched_rows.TEXT_COLUMNS`,
    with `table`, `file` and `row`."""
    prevalence: tuple[Prevalence, ...] = ()
    """Shares of finds, estimated from the drawn visits of the past year."""
    concentration: Concentration | None = None
    """How checks are spread, the plan's among them."""
    division_names: Mapping[str, str] = field(default_factory=dict)
    """Names of divisions by code, where the scenario has its own; see `names_and_reasons.district_name`."""
    facts: RankingFacts | None = None
    """What the ranking rests on."""
    borders: gpd.GeoDataFrame = field(default_factory=lambda: no_shapes("division_name"))
    """Outlines of the districts: `division_name`, `geometry`; EPSG:4326."""
    water: gpd.GeoDataFrame = field(default_factory=no_shapes)
    """Lakes and rivers, areas and lines, to draw; EPSG:4326."""
    swaps: Mapping[str, Swap] = field(default_factory=dict)
    """What the most valuable unserved visits would cost, by visit id; empty where it was not worked out."""
    played: Played | None = None
    """How much of the plan holds on other days; None where it was not worked out."""
    costs: Mapping[str, Cost] = field(default_factory=dict)
    """What the plan costs beside its value, by key of `weights` in problem.json; empty where no `[weights]` are set."""
    problem_sha256: str | None = None
    """SHA-256 of the planning problem, see `sweep.plan.problem.problem_file.problem_sha256`."""
    log: DayLog | None = None
    """What happened on the day, if the plan was changed on it."""
    reasons: Mapping[str, tuple[TargetReason, ...]] = field(default_factory=dict)
    """Why the building of a visit, and each of its firms, is on the list, by visit id (C29)."""
    rechecks: tuple[Recheck, ...] = ()
    """Every item that past results opened, closed or not (C27)."""
    notes: tuple[Issue, ...] = ()
    """Worth knowing before the plan is believed: a datum that looks wrong, a label that could not be given."""
    pins: tuple[Pin, ...] = ()
    """What planners have settled about buildings."""
    shortfalls: tuple[Violation, ...] = ()
    """Where a soft rule was not kept; they stop nothing."""
    due_leads: tuple[Lead, ...] = ()
    """Leads that fall due with the day and that no visit before it has answered (C22), by which a change is judged."""

    @property
    def values(self) -> dict[str, float]:
        """Finds that the ranking expects of a visit, by building id."""
        return dict(zip(self.ranking["building_id"], map(float, self.ranking["value"]), strict=True))


def refuse_investigations(edition: Edition) -> None:
    """
    Let nothing out of an edition that holds what only the investigators may know (C26).

    Raises
    ------
    ValueError
        If a visit is on the investigation track.
    """
    bad = sorted(v.visit_id for v in edition.visits.values() if v.track == "investigation")
    if bad:
        raise ValueError(f"visits {bad} are on the investigation track and must not be published (C26)")


def once_per_edition[Facts](work_out: Callable[[Edition], Facts]) -> Callable[[Edition], Facts]:
    """
    A function of an edition that keeps its result for as long as somebody holds the edition, which never changes.

    Parameters
    ----------
    work_out
        What it returns must be unchangeable and must not hold the edition, or that would never be freed.
    """
    known: WeakKeyDictionary[Edition, Facts] = WeakKeyDictionary()

    @wraps(work_out)
    def kept(edition: Edition) -> Facts:
        if edition not in known:
            known[edition] = work_out(edition)
        return known[edition]

    return kept
