"""Study of settings: a plan for every combination of their values (a point of the grid), stored for reuse."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular_text
from sweep.disk.atomic_files import write_files
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.stages.check_day import check
from sweep.jobs.stages.plan_day import limits_of, make_problem, refuse_contradictions
from sweep.jobs.stages.plan_inputs_record import prepare
from sweep.jobs.stages.rank_day import n_teams, rank
from sweep.jobs.stages.select_day import select
from sweep.jobs.stages.team_count import with_team_count
from sweep.plan.solve import SolveProgress
from sweep.plan.warm_start import solve_from_neighbours
from sweep.publish.archive.plan_json_of_problem_file import bare_plan_json
from sweep.publish.archive.read_plan import read_plan_json
from sweep.publish.studies.whatif_page import GridPoint
from sweep.records.plan import Plan, due_counts
from sweep.scenario.scenario import Scenario

# Limit of points in a grid; more would take days.
MOST_POINTS = 1_000
VERSION = 4
# Sections without influence on reading, except for the keys below, which affect papers and pins.
_AFTER_READING = ("teams", "plan", "solver", "select", "rank", "roads", "seed", "lang", "backtest")
_OF_PAPERS = {
    "teams": {"recusals_elsewhere"},
    "plan": {"window_start_s", "window_end_s"},
    "select": {"target_share_max", "annual_cap"},
}

type Values = tuple[str, ...]
"""Grid point: one value for each key of the grid, as typed."""
type ProgressCallback = Callable[[int, int, SolveProgress | None], None]


@dataclass(frozen=True, slots=True)
class ParameterGrid:
    """Settings to vary in a what-if study (keys), with the values of each, as typed."""

    keys: tuple[str, ...]
    values: tuple[Values, ...]

    def points(self) -> Iterator[Values]:
        """Yield all grid points; the value of the first key changes slowest."""
        return product(*self.values)

    def neighbours(self, point: Values) -> list[Values]:
        """Return the grid points that differ from a point in one key, by one step in the list of its values."""
        near = []
        for k, values in enumerate(self.values):
            at = values.index(point[k])
            near += [(*point[:k], values[n], *point[k + 1 :]) for n in (at - 1, at + 1) if 0 <= n < len(values)]
        return near


def parse_grid(texts: Sequence[str]) -> ParameterGrid:
    """
    Return the grid from texts `section.key=a,b,c`, one for each key.

    Raises
    ------
    InputError
        S560 for another form, S561 for a repeated key or value, S562 for too many points.
    """
    parts = [text.partition("=") for text in texts]
    keys = tuple(key.strip() for key, _, _ in parts)
    values = tuple(tuple(v.strip() for v in listed.split(",")) for _, _, listed in parts)
    issues = [
        Issue("S560", f"--grid {text}")
        for text, key, listed in zip(texts, keys, values, strict=True)
        if not key or not all(listed)
    ]
    issues += [
        Issue("S561", f"--grid {key}")
        for key, listed in zip(keys, values, strict=True)
        if keys.count(key) > 1 or len(set(listed)) < len(listed)
    ]
    n_points = 1
    for listed in values:
        n_points *= len(listed)
    if not issues and n_points > MOST_POINTS:
        issues.append(Issue("S562", "--grid", {"n": n_points, "most": MOST_POINTS}))
    if issues or not texts:
        raise InputError(issues or [Issue("S560", "--grid")])
    return ParameterGrid(keys, values)


def run_grid(
    scenario_at: Callable[[Mapping[str, str]], Scenario],
    grid: ParameterGrid,
    out: Path | None,
    on_progress: ProgressCallback,
    is_interrupted: Callable[[], bool] = lambda: False,
) -> tuple[tuple[GridPoint, ...], tuple[Issue, ...]]:
    """
    Plan every grid point; a stored plan with equal settings and input files is reused.

    Parameters
    ----------
    scenario_at
        Gives the scenario with the values of a point, by key.
    out
        Folder of the grid; each finished point is written to points/ in it; None: nothing is written.
    on_progress
        Called with the number of finished points, the number of all points, and the progress of the current solve.
    is_interrupted
        Called after each solve; if true the current point is discarded, and the finished ones are returned.

    Raises
    ------
    InputError
        With the errors of every point's settings, before the first plan; or if no point is feasible.

    Returns
    -------
    tuple
        Points, and the reasons for infeasible ones, such as a roster that is too small.
    """
    points = list(grid.points())
    scenarios = dict(zip(points, _scenarios(scenario_at, grid, points), strict=True))
    # All of them before the first point: a fault in a file leaves no points behind.
    readings = {_reading_key(scenario): scenario for scenario in scenarios.values()}
    read = {key: load_inputs(scenario) for key, scenario in readings.items()}
    done: dict[Values, tuple[GridPoint, Plan]] = {}
    refused: list[Issue] = []
    for n, point in enumerate(points):
        on_progress(n, len(points), None)
        scenario = scenarios[point]
        inputs = read[_reading_key(scenario)]
        file = None if out is None else out / "points" / f"{point_key(scenario, inputs)}.json"
        values = dict(zip(grid.keys, point, strict=True))
        stored = None if file is None else _stored_point(file, values)
        if stored is None:
            near = [done[p][1] for p in grid.neighbours(point) if p in done]
            try:
                made, plan = _planned(scenario, inputs, values, near, partial(on_progress, n, len(points)))
            except InputError as error:
                refused += error.issues
                continue
            if is_interrupted():
                break
            if file is not None:
                _store_point(file, made, plan, scenario)
            # `sweep purge` may be quick.
            stored = (None if file is None else _stored_point(file, values)) or (made, plan)
        done[point] = stored
    on_progress(len(done), len(points), None)
    if refused and not done:
        raise InputError(refused)
    return tuple(point for point, _ in done.values()), tuple(refused)


def _scenarios(
    scenario_at: Callable[[Mapping[str, str]], Scenario], grid: ParameterGrid, points: Sequence[Values]
) -> list[Scenario]:
    scenarios, issues = [], dict[tuple[str, str, str], Issue]()
    for point in points:
        try:
            scenarios.append(scenario_at(dict(zip(grid.keys, point, strict=True))))
        except InputError as error:
            issues |= {(i.code, i.where, str(dict(i.values))): i for i in error.issues}
    if issues:
        raise InputError(issues.values())
    return scenarios


def _reading_key(scenario: Scenario) -> str:
    """Return a key of all settings that affect reading: scenarios with equal keys share their inputs."""
    of_pins = {"teams": {"n_teams", "mode"}}
    parts = [
        scenario.model_dump(mode="json", exclude=set(_AFTER_READING)),
        scenario.model_dump(mode="json", include=_OF_PAPERS),
        scenario.model_dump(mode="json", include=of_pins) if scenario.data.pins else {},
    ]
    return json.dumps(parts, sort_keys=True)


def point_key(scenario: Scenario, inputs: Inputs) -> str:
    """Return the key under which the plan of one grid point is stored: 16 hex digits, a hash of settings and files."""
    content = [VERSION, scenario.model_dump(mode="json", exclude={"lang"}), [i.sha256 for i in inputs.files]]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _planned(
    scenario: Scenario,
    inputs: Inputs,
    values: dict[str, str],
    near: Sequence[Plan],
    on_progress: Callable[[SolveProgress], None],
) -> tuple[GridPoint, Plan]:
    scenario, ranked, share = with_team_count(scenario, inputs, rank(scenario, inputs), on_progress)
    prepared = prepare(scenario, inputs, ranked, select(scenario, inputs, ranked))
    try:
        problem = make_problem(prepared)
        refuse_contradictions(problem)
        plan = solve_from_neighbours(problem, limits_of(prepared.scenario, share), near, on_progress)
    except InputError as error:
        point = " ".join(f"{key}={value}" for key, value in values.items())
        raise InputError(Issue(i.code, f"{point}: {i.where}", i.values) for i in error.issues) from error
    checked = check(prepared, plan)
    total, n_visits = checked.coverage[0], len(problem.visits)
    made = GridPoint(
        values=values,
        n_teams=n_teams(scenario, ranked.persons),
        value=plan.value,
        bound=plan.total_bound,
        n_visits=n_visits,
        n_served=n_visits - len(plan.unserved),
        n_leads=total.n_leads,
        n_leads_reached=total.n_leads_reached,
        n_buildings=total.n_buildings,
        n_buildings_reached=total.n_buildings_reached,
        rules_broken=tuple(sorted({v.rule_id for v in checked.violations})),
        is_warm=bool(near),
        objective=plan.total,
        n_due=len(checked.due_leads),
        n_due_reached=due_counts(len(checked.due_leads), (*checked.violations, *checked.soft_violations))[0],
    )
    return made, plan


def _store_point(file: Path, point: GridPoint, plan: Plan, scenario: Scenario) -> None:
    content = {"point": asdict(point), "plan": json.loads(bare_plan_json(plan, scenario.day))}
    write_files(
        {file.name: json.dumps(content, ensure_ascii=False, sort_keys=True) + "\n"}, file.parent, file.parents[2]
    )


def _stored_point(file: Path, values: dict[str, str]) -> tuple[GridPoint, Plan] | None:
    try:
        content = json.loads(read_regular_text(file))
        point = content["point"]
        # Another grid with other keys may have stored it.
        made = GridPoint(**{**point, "rules_broken": tuple(point["rules_broken"]), "values": values})
        return made, read_plan_json(json.dumps(content["plan"]), file.name)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, InputError):
        return None
