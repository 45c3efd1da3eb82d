"""Main job: from a scenario to a published edition. `run` calls the stages of one day in order."""

from dataclasses import dataclass
from pathlib import Path

from sweep.audit.retention_period import STUDY
from sweep.disk.atomic_files import refuse_unwritable, write_files
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.assemble_edition import bind_edition, ranking_table
from sweep.jobs.stages.check_day import check
from sweep.jobs.stages.plan_day import make_problem, plan
from sweep.jobs.stages.plan_inputs_record import prepare
from sweep.jobs.stages.publish_day import publish
from sweep.jobs.stages.rank_day import Ranked, rank
from sweep.jobs.stages.run_progress import ProgressCallback
from sweep.jobs.stages.select_day import select
from sweep.jobs.stages.team_count import with_team_count
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import write_problem
from sweep.publish.archive.manifest import study_json
from sweep.publish.edition import Edition
from sweep.publish.table_columns import table_csv
from sweep.publish.tables.buildings_and_coverage_tables import cluster_row, ranking_rows
from sweep.publish.write_edition import Enter
from sweep.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """Result of a run: the edition, its folder and its files."""

    edition: Edition
    folder: Path
    files: tuple[Path, ...]


def run(
    scenario: Scenario,
    out: Path,
    on_progress: ProgressCallback | None = None,
    problem_out: Path | None = None,
    enter: Enter | None = None,
) -> RunOutcome:
    """
    Plan a scenario, and publish the edition to `out`/<scenario>/<plan id>/.

    Parameters
    ----------
    on_progress
        Called at the start of each step of `STEPS`, and with the solver's progress.
    problem_out
        Additional file for the planning problem, written before the search.
    enter
        Logs the edition before it is moved to its place; None: no log.

    Raises
    ------
    InputError
        If the inputs are invalid; nothing is written.
    OSError
        If `out` is not writable; raised before the search.
    """
    report: ProgressCallback = on_progress or (lambda _step, _progress: None)
    refuse_unwritable(out / scenario.name)

    # Only the first run has anything to compile; the compiler then uses the second core.
    PLANNER.begin()
    report("read", None)
    made = plan_inputs(scenario, load_inputs(scenario), report, problem_out)

    report("publish", None)
    folder = out / scenario.name / made.edition.plan_id
    files = publish(made.edition, made.problem, folder, enter)
    return RunOutcome(made.edition, folder, files)


@dataclass(frozen=True, slots=True)
class Planned:
    """Edition of a run before it is written, with the problem that it solves."""

    edition: Edition
    problem: Problem


def plan_inputs(
    scenario: Scenario, inputs: Inputs, report: ProgressCallback, problem_out: Path | None = None
) -> Planned:
    """
    Return the edition that `run` would write: rank, select, plan and check a scenario's clean inputs.

    `report`: callback at the start of each step and for the solver's progress; `problem_out`: as for `run`.
    """
    report("rank", None)
    ranked = rank(scenario, inputs)
    scenario, ranked, left = with_team_count(scenario, inputs, ranked, lambda progress: report("number", progress))

    report("select", None)
    offered = select(scenario, inputs, ranked)

    report("plan", None)
    prepared = prepare(scenario, inputs, ranked, offered)
    problem = make_problem(prepared)
    if problem_out is not None:
        write_files({problem_out.name: write_problem(problem)}, problem_out.parent)
    made = plan(prepared, problem, lambda progress: report("plan", progress), left)

    report("check", None)
    return Planned(bind_edition(prepared, check(prepared, made), problem), problem)


def rank_only(scenario: Scenario, out: Path, on_progress: ProgressCallback) -> tuple[Ranked, tuple[Path, ...]]:
    """
    Rank buildings and clusters, write both tables to `out`/<scenario>/rank/, and return ranking and files.

    Raises
    ------
    InputError
        If the inputs are invalid; nothing is written.
    """
    on_progress("read", None)
    inputs = load_inputs(scenario, is_study=True)
    on_progress("rank", None)
    ranked = rank(scenario, inputs)
    tables = {
        "buildings.csv": table_csv("ranking.csv", ranking_rows(ranking_table(ranked), ranked.ranking.terms)),
        "clusters.csv": table_csv("clusters.csv", map(cluster_row, ranked.clusters)),
        STUDY: study_json("rank", scenario.name, scenario.day),
    }
    return ranked, write_files(tables, out / scenario.name / "rank", out / scenario.name)
