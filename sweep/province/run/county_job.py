"""County job: reads the county's files, and stores a result."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import shapely

from geodata.division_codes import division_name
from geodata.errors import InputError, Issue
from geodata.message_catalogue import load_texts
from geodata.regular_file import read_regular_text
from sweep.campaign.window.plan_campaign import publish_window
from sweep.campaign.window.travel_and_day_problem import make_travel_matrix
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.assemble_edition import bind_edition
from sweep.jobs.stages.check_day import check
from sweep.jobs.stages.plan_day import limits_of, plan
from sweep.jobs.stages.publish_day import publish
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.teams.make_teams import teams_of_plan
from sweep.province.model.worker_messages import Job, JobResult, Reply
from sweep.province.records import CountyCurve, CountyPlan
from sweep.province.run.county_window import draw_window_curve, load_window, planned_window
from sweep.province.run.county_window_summary import window_plan
from sweep.province.run.county_with_mobile_teams import MOBILE_ID, CountyAssignment, reinforced_problem
from sweep.province.run.program_and_folder_hashes import code_sha256, folder_sha256
from sweep.province.run.published_windows import published_window_of
from sweep.province.run.result_cache import EDITION, ResultStore
from sweep.province.run.value_curve import draw_curve, read_county
from sweep.publish.archive.edition_hash import Facts, edition_facts
from sweep.publish.archive.plan_json_of_problem_file import bare_plan_json
from sweep.publish.archive.read_plan import read_plan_json
from sweep.publish.edition import Edition
from sweep.publish.facts.find_count_distribution import find_odds
from sweep.records.plan import Plan
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.setting_errors import disk_problem

# Maximum number of points of a county's outline, and digits of its coordinates.
_MOST_POINTS, _DEGREE_DIGITS = 60, 4


def do_job(job: Job) -> Reply:
    """Do a job, store its result unless it exists, and return how it ended; errors of inputs and disk become issues."""
    if job.code != code_sha256():
        return Reply(job.key, "other_code", detail=code_sha256())
    folder = Path(job.folder)
    if (current_sha256 := folder_sha256(folder)) != job.inputs_sha256:
        return Reply(job.key, "other_inputs", detail=current_sha256)
    store = ResultStore(Path(job.store))
    if store.read_result(job.key) is not None:
        return Reply(job.key, "done")
    PLANNER.begin()
    try:
        with store.lock_result(job.key) as is_open:
            if is_open:
                store.keep(*_compute_result(job, folder, store))
    except InputError as error:
        return Reply(job.key, "at_fault", error.issues)
    except OSError as error:
        problem = disk_problem(error, load_texts(job.overrides.get("lang", "en")))
        return Reply(job.key, "at_fault", (Issue("S108", str(error.filename or job.store), {"problem": problem}),))
    return Reply(job.key, "done")


def plan_file(n_mobile: int) -> str:
    """Return the file name of the plan with `n_mobile` mobile teams, stored next to the county's value curve."""
    return f"plan_{n_mobile}.json"


def _compute_result(job: Job, folder: Path, store: ResultStore) -> tuple[JobResult, dict[str, str]]:
    """Return the result of a job, and the files to store with it: texts by name. `folder`: folder of the county."""
    if job.kind == "curve":
        return _curve(job, folder)
    before = store.read_result(job.curve_key)
    if before is None or before.curve is None:
        raise InputError([Issue("S969", job.curve_key)])
    file = store.place(job.curve_key) / plan_file(job.n_mobile)
    first = read_plan_json(read_regular_text(file), file.name)
    make, place = _window if job.is_campaign else _edition, store.place(job.key) / EDITION
    plan_, logged = make(job, folder, before.curve, first, place)
    return JobResult(job.key, job.county_id, before.name, plan=plan_, logged=tuple(logged)), {}


def _curve(job: Job, folder: Path) -> tuple[JobResult, dict[str, str]]:
    if job.is_campaign:
        loaded = load_window(folder, job.overrides, job.sites, job.approved)
        scenario, inputs, (curve, made) = loaded.scenario, loaded.inputs, draw_window_curve(loaded, job)
    else:
        county = read_county(load_scenario(folder, job.overrides))
        scenario, inputs, (curve, made) = county.scenario, county.inputs, draw_curve(county, job)
    plans = {
        plan_file(point.n_mobile): bare_plan_json(plan_, scenario.day)
        for point, plan_ in zip(curve.points, made, strict=True)
    }
    texts, codes = load_texts(scenario.lang), sorted(set(inputs.buildings["division_code"].dropna()))[:3]
    name = texts.listed(inputs.division_names.get(code) or division_name(code, texts) for code in codes)
    return JobResult(job.key, job.county_id, name or job.county_id, curve=curve), plans


def _edition(job: Job, folder: Path, curve: CountyCurve, first: Plan, place: Path) -> tuple[CountyPlan, list[Facts]]:
    point = curve.points[job.n_mobile]
    county = read_county(load_scenario(folder, job.overrides))
    task = CountyAssignment(job.mobile, job.n_mobile, job.windows_s, job.never)
    prepared, problem = reinforced_problem(county, task, point.n_teams, point.members_max)
    # The teams of the curve, so that its bound also holds for the plan.
    with_teams = replace(problem, teams=teams_of_plan(problem, first))
    made = plan(prepared, with_teams, None, job.share, first.routes)
    edition = bind_edition(prepared, check(prepared, made), with_teams)
    logged: list[Facts] = []
    publish(edition, with_teams, place, lambda entry, fresh: logged.append(edition_facts(entry, fresh)))
    return county_plan(edition, job, curve, str(logged[0]["edition_sha256"]), _outline(county.inputs)), logged


def _window(job: Job, folder: Path, curve: CountyCurve, first: Plan, place: Path) -> tuple[CountyPlan, list[Facts]]:
    loaded = load_window(folder, job.overrides, job.sites, job.approved)
    limits, earlier = limits_of(loaded.scenario, job.share), published_window_of(job, loaded)
    planned = planned_window(
        loaded, make_travel_matrix(loaded), CountyAssignment(job.mobile, job.n_mobile), limits, earlier, first.routes
    )
    logged: list[Facts] = []
    made = publish_window(planned, earlier.record, place, lambda day, fresh: logged.append(edition_facts(day, fresh)))
    # Teams depend on people, seed and published days only, so they equal those of the curve.
    at_most = curve.points[job.n_mobile].bound
    return window_plan(planned, made, logged, at_most, _outline(loaded.inputs)), logged


def county_plan(
    edition: Edition, job: Job, curve: CountyCurve, sha256: str, outline: tuple[tuple[tuple[float, float], ...], ...]
) -> CountyPlan:
    """
    Return the summary of a county's edition; `sha256`: hash of the edition; `outline`: rings of (lon, lat).

    The summary's bound is the lower of two: that of `curve` at `job.n_mobile` mobile teams, and that of the plan. The
    plan's bound is not used if the job sets windows of linked sites or bars sites: it holds only for plans that comply.
    """
    made, total = edition.plan, edition.coverage[0]
    starts = {s.building_id: s.start_s for r in made.routes for s in r.stops if s.building_id in job.sites}
    people = {i for t in made.teams for i in t.member_ids}
    bound = curve.points[job.n_mobile].bound
    if not (job.windows_s or job.never):
        # A bound for a day with linked sites does not hold without them.
        bound = min(bound, made.bound)
    return CountyPlan(
        plan_id=edition.plan_id,
        scenario=edition.scenario.name,
        value=made.value,
        bound=max(bound, made.value),
        odds=find_odds(edition).shares,
        n_teams=len(made.teams),
        n_reserve=sum(t.is_reserve for t in made.teams),
        n_visits=len(edition.visits),
        n_served=len(edition.visits) - len(made.unserved),
        n_leads=total.n_leads,
        n_leads_reached=total.n_leads_reached,
        n_buildings=total.n_buildings,
        n_buildings_reached=total.n_buildings_reached,
        finds_possible=total.expected_finds,
        finds_reached=total.expected_finds_reached,
        starts=starts,
        unmade=tuple(b for b in sorted(job.windows_s) if b not in starts),
        mobile_ids=tuple(sorted(i for i in people if i.startswith(MOBILE_ID))),
        n_violations=len(edition.violations),
        edition_sha256=sha256,
        outline=outline,
    )


def _outline(inputs: Inputs) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return the simplified outline of a county as rings of (lon, lat): its borders, else a hull of its buildings."""
    shapes = inputs.borders if len(inputs.borders) else inputs.buildings
    whole = shapely.union_all(gpd.GeoDataFrame(shapes).geometry.values)
    if not len(inputs.borders):
        whole = whole.convex_hull.buffer(0.002)
    for tolerance in (0.0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1):
        simple = whole.simplify(tolerance)
        parts = [p for p in getattr(simple, "geoms", [simple]) if p.geom_type == "Polygon"]
        rings = [shapely.get_coordinates(p.exterior) for p in parts]
        if sum(map(len, rings)) <= _MOST_POINTS:
            break
    largest = sorted(rings, key=len, reverse=True)[:5]
    return tuple(
        tuple((round(x, _DEGREE_DIGITS), round(y, _DEGREE_DIGITS)) for x, y in ring[: 10 * _MOST_POINTS].tolist())
        for ring in largest
    )
