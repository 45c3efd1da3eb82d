"""The main job: a scenario in, a published edition out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from shapely.geometry import LineString

from geodata.errors import Issue
from geodata.texts import Texts, load_texts
from sweep.check.rules import hard_and_soft
from sweep.events import DayLog
from sweep.pipeline.ground import Ground, rank_district
from sweep.pipeline.inputs import District, load_district
from sweep.pipeline.judge import judge
from sweep.pipeline.planning import make_plan, make_problem
from sweep.pipeline.reasons import target_reasons
from sweep.pipeline.records import make_firms
from sweep.pipeline.task import Task, make_task
from sweep.plan.problem import Problem
from sweep.plan.problem_file import FILE_NAME as PROBLEM_NAME
from sweep.plan.problem_file import problem_sha256, write_problem
from sweep.plan.solve import Progress
from sweep.plan.swaps import cheapest_swaps
from sweep.publish.day_log import day_log_json
from sweep.publish.edition import Edition, InputFile
from sweep.publish.files import refuse_unwritable, write_files
from sweep.publish.tables import clusters_csv, ranking_csv
from sweep.publish.write import write_edition
from sweep.records import Plan, Route
from sweep.scenario import Scenario
from sweep.select.notes import reserve_notes
from sweep.select.prevalence import reserve_prevalence

# Above so many places the problem stays out of the edition: its tables would outweigh all the rest.
MOST_PLACES = 1_500
STEPS = ("read", "rank", "select", "plan", "check", "publish")
Watch = Callable[[str, Progress | None], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run made."""

    edition: Edition
    folder: Path
    files: tuple[Path, ...]


def run(scenario: Scenario, out: Path, watch: Watch | None = None, problem_out: Path | None = None) -> Outcome:
    """
    Plan a scenario and publish it to `out`/<scenario>/<plan id>/.

    Parameters
    ----------
    scenario
        What to plan.
    out
        Folder of all editions; made if it is not there.
    watch
        Told of each step of `STEPS`, and of the solver's progress.
    problem_out
        Where the planning problem goes too, before it is solved.

    Raises
    ------
    InputError
        If the inputs cannot be used; nothing is written.
    OSError
        If nothing can be written to `out`, told before the work is done.
    """
    tell: Watch = watch or (lambda _step, _progress: None)
    refuse_unwritable(out / scenario.name)

    extra: dict[str, bytes] = {}

    def keep(problem: Problem) -> None:
        if problem_out is not None:
            write_files({problem_out.name: write_problem(problem)}, problem_out.parent)
        if len(problem.places) <= MOST_PLACES:
            extra[PROBLEM_NAME] = write_problem(problem).encode()

    edition = make_edition(scenario, tell, keep)
    tell("publish", None)
    folder = out / scenario.name / edition.plan_id
    files = write_edition(edition, folder, load_texts(scenario.lang), extra)
    return Outcome(edition, folder, files)


def rank_only(scenario: Scenario, out: Path, watch: Watch) -> tuple[Ground, tuple[Path, ...]]:
    """
    Rank a scenario's buildings and clusters; buildings.csv and clusters.csv are written to `out`/<scenario>/rank/.

    Raises
    ------
    InputError
        If the inputs cannot be used; nothing is written.
    """
    watch("read", None)
    district = load_district(scenario)
    watch("rank", None)
    ground = rank_district(scenario, district)
    buildings = ranking_csv(_ranking(ground), ground.ranking.terms)
    tables = {"buildings.csv": buildings, "clusters.csv": clusters_csv(ground.clusters)}
    return ground, write_files(tables, out / scenario.name / "rank")


def make_edition(scenario: Scenario, tell: Watch, keep: Callable[[Problem], None]) -> Edition:
    """Everything up to publishing; `keep` gets the planning problem before it is solved."""
    tell("read", None)
    district = load_district(scenario)
    tell("rank", None)
    ground = rank_district(scenario, district)
    tell("select", None)
    task = make_task(scenario, district, ground)
    tell("plan", None)
    problem = make_problem(scenario, ground, task)
    keep(problem)
    plan = make_plan(scenario, problem, lambda progress: tell("plan", progress))
    tell("check", None)
    edition = bind_edition(scenario, district, ground, task, plan)
    return replace(edition, problem_sha256=problem_sha256(problem), swaps=cheapest_swaps(problem, plan))


def bind_edition(
    scenario: Scenario,
    district: District,
    ground: Ground,
    task: Task,
    plan: Plan,
    log: DayLog | None = None,
    before: Plan | None = None,
) -> Edition:
    """
    A plan, judged, with all that its pages show.

    Parameters
    ----------
    log
        What happened on the day, if the plan was changed on it.
    before
        The plan that was changed, if it is there.
    """
    breaches, coverage, concentration = judge(scenario, district, ground, task, plan, log, before)
    violations, shortfalls = hard_and_soft(breaches)
    prevalence = reserve_prevalence(district.history, scenario.day)
    visits = {v.visit_id: v for v in task.offer.visits}
    return Edition(
        plan_id=plan_id(scenario, district.inputs, plan, log),
        scenario=scenario,
        plan=plan,
        visits=visits,
        buildings=ground.buildings,
        firms=make_firms(district, {u for v in visits.values() for u in v.targets}),
        bases=ground.bases,
        persons=ground.persons,
        ranking=_ranking(ground),
        terms=ground.ranking.terms,
        clusters=ground.clusters,
        draw=task.offer.draw,
        coverage=coverage,
        violations=violations,
        shortfalls=shortfalls,
        footprints=district.buildings[["building_id", "geometry"]],
        streets=district.streets,
        water=district.water,
        borders=district.borders,
        # A plan that breaks a rule may name places that are not there; it gets no map.
        route_lines={} if violations else {r.team_id: _lines(ground, task, plan, r) for r in plan.routes},
        travel_method=task.table.method,
        inputs=district.inputs,
        repairs=district.repairs,
        matches=district.matches,
        quarantine=_told(district.quarantine, load_texts(scenario.lang)),
        unmatched=district.unmatched,
        prevalence=prevalence,
        concentration=concentration,
        division_names=district.division_names,
        facts=ground.facts,
        log=log,
        reasons=target_reasons(visits.values(), district, scenario.select.draw_seed),
        rechecks=district.rechecks,
        notes=(*ground.notes, *task.notes, *reserve_notes(scenario, task.offer, prevalence)),
    )


def plan_id(scenario: Scenario, inputs: Sequence[InputFile], plan: Plan, log: DayLog | None = None) -> str:
    """Twelve hexadecimal signs that follow from the settings, the inputs, the routes and the day, and nothing else."""
    content: dict[str, object] = {
        "settings": scenario.model_dump(mode="json", exclude={"lang"}),
        "inputs": [i.sha256 for i in inputs],
        "teams": [[t.team_id, t.base_id, *t.member_ids] for t in plan.teams],
        "routes": [[r.team_id, [[s.visit_id, s.slot, s.start_s, s.end_s] for s in r.stops]] for r in plan.routes],
    }
    if log is not None:
        # A change that changes nothing is an edition of its own: it must not take the place of the one before.
        content["day"] = day_log_json(log)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def _ranking(ground: Ground) -> pd.DataFrame:
    cluster = {b: c.cluster_id for c in ground.clusters for b in c.building_ids}
    table = ground.ranking.table.drop(columns=["x_m", "y_m"])
    ids = [cluster.get(b) for b in table["building_id"]]
    table.insert(2, "cluster_id", pd.Series(ids, dtype=object, index=table.index))
    return table


def _lines(ground: Ground, task: Task, plan: Plan, route: Route) -> tuple[LineString, ...]:
    base = next(t.base_id for t in plan.teams if t.team_id == route.team_id)
    ids = [base, *(s.building_id for s in route.stops), base]
    where = [ground.buildings.get(i) or ground.bases[i] for i in ids]
    if not route.stops:
        return ()
    return task.travel.line(np.array([w.lon for w in where]), np.array([w.lat for w in where]))


def _told(quarantine: pd.DataFrame, texts: Texts) -> pd.DataFrame:
    """The quarantine with its reasons as sentences."""
    columns = (quarantine["code"], quarantine["where"], quarantine["values"])
    issues = [Issue(code, where, json.loads(values)) for code, where, values in zip(*columns, strict=True)]
    return pd.DataFrame(
        {
            "file": quarantine["file"],
            "row": quarantine["row"],
            "code": quarantine["code"],
            "what": [i.what(texts) for i in issues],
            "fix": [i.fix(texts) for i in issues],
            "content": quarantine["content"],
        }
    )
