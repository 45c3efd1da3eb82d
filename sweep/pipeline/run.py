"""The main job: a scenario in, a published edition out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from geodata.texts import load_texts
from sweep.disk.files import refuse_unwritable, write_files
from sweep.pipeline.edition import bind_edition, ranking_table
from sweep.pipeline.inputs.inputs import load_inputs
from sweep.pipeline.stages.offered import make_offered
from sweep.pipeline.stages.planning import make_plan, make_problem
from sweep.pipeline.stages.ranked import Ranked, rank_inputs
from sweep.pipeline.steps import Watch
from sweep.plan.explain.swaps import cheapest_swaps
from sweep.plan.problem.file import FILE_NAME as PROBLEM_NAME
from sweep.plan.problem.file import problem_sha256, write_problem
from sweep.plan.problem.problem import Problem
from sweep.publish.edition import Edition
from sweep.publish.tables.buildings import ranking_csv
from sweep.publish.tables.clusters import clusters_csv
from sweep.publish.write import write_edition
from sweep.scenario.scenario import Scenario

# Above so many places the problem stays out of the edition: its tables would outweigh all the rest.
MOST_PLACES = 1_500


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


def rank_only(scenario: Scenario, out: Path, watch: Watch) -> tuple[Ranked, tuple[Path, ...]]:
    """
    Rank a scenario's buildings and clusters; buildings.csv and clusters.csv are written to `out`/<scenario>/rank/.

    Raises
    ------
    InputError
        If the inputs cannot be used; nothing is written.
    """
    watch("read", None)
    inputs = load_inputs(scenario)
    watch("rank", None)
    ranked = rank_inputs(scenario, inputs)
    buildings = ranking_csv(ranking_table(ranked), ranked.ranking.terms)
    tables = {"buildings.csv": buildings, "clusters.csv": clusters_csv(ranked.clusters)}
    return ranked, write_files(tables, out / scenario.name / "rank")


def make_edition(scenario: Scenario, tell: Watch, keep: Callable[[Problem], None]) -> Edition:
    """Everything up to publishing; `keep` gets the planning problem before it is solved."""
    tell("read", None)
    inputs = load_inputs(scenario)
    tell("rank", None)
    ranked = rank_inputs(scenario, inputs)
    tell("select", None)
    offered = make_offered(scenario, inputs, ranked)
    tell("plan", None)
    problem = make_problem(scenario, ranked, offered)
    keep(problem)
    plan = make_plan(scenario, problem, lambda progress: tell("plan", progress))
    tell("check", None)
    edition = bind_edition(scenario, inputs, ranked, offered, plan)
    return replace(edition, problem_sha256=problem_sha256(problem), swaps=cheapest_swaps(problem, plan))
