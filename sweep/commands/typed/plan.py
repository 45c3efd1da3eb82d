"""The plan is made: from a scenario, over a grid of its keys, or from a problem file alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sweep.commands.terminal.call import Call, command, group, help_text
from sweep.commands.terminal.deferred import deferred_imports
from sweep.commands.terminal.exits import Exit
from sweep.commands.typed.options import (
    By,
    Iterations,
    Out,
    OwnIterations,
    OwnSeed,
    OwnTimeLimit,
    ScenarioPath,
    Seed,
    TimeLimit,
    solver_keys,
)

with deferred_imports():
    from sweep.commands import plan, run, whatif
    from sweep.commands.wings import province
    from sweep.plan import solve

app = group("plan")
province_app = group("plan", help_key="province")


@command(
    app,
    "run",
    "run",
    sets=True,
    example="sweep run scenarios/quancheng --set teams.n_teams=10",
    changes=("out", "problem_out"),
)
def _run(
    call: Call,
    scenario: ScenarioPath,
    out: Out = Path("out"),
    problem_out: Annotated[Path | None, typer.Option(help=help_text("problem_out"), metavar="FILE")] = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    by: By = None,
    is_opened: Annotated[bool, typer.Option("--open", help=help_text("open"))] = False,
) -> Exit:
    given = solver_keys(seed, time_limit, iterations)
    read = call.scenario(scenario, given)
    actor = call.actor(by, {**given, "lang": call.lang})
    return run.run_command(read, call.voice, out, actor, problem_out, is_opened=is_opened)


@command(
    app,
    "whatif",
    "whatif",
    sets=True,
    example="sweep whatif scenarios/quancheng --grid teams.n_teams=8,10,12",
    changes=("out",),
)
def _whatif(
    call: Call,
    scenario: ScenarioPath,
    grid: Annotated[list[str], typer.Option("--grid", help=help_text("grid"), metavar="SECTION.KEY=A,B,C")],
    out: Out = Path("out"),
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
) -> Exit:
    given = {**solver_keys(seed, time_limit, iterations), "lang": call.lang}
    return whatif.whatif_command(call.voice, scenario, grid, call.overrides(given), out)


@command(
    app, "plan", "plan_alone", example="sweep plan out/quancheng/PLAN_ID/problem.json --time-limit 5", changes=("out",)
)
def _plan(
    call: Call,
    problem: Annotated[Path, typer.Argument(help=help_text("problem"), metavar="PROBLEM.json")],
    out: Annotated[Path | None, typer.Option(help=help_text("plan_out"), metavar="FILE")] = None,
    seed: OwnSeed = 1,
    time_limit: OwnTimeLimit = 20.0,
    iterations: OwnIterations = None,
    start: Annotated[Path | None, typer.Option(help=help_text("start"), metavar="PLAN.json")] = None,
) -> Exit:
    return plan.plan_command(call.voice, problem, out, solve.Settings(seed, time_limit, iterations), start)


@command(province_app, "run", "province_run", example="sweep province run scenarios/myprovince", changes=("out",))
def _province_run(
    call: Call,
    path: Annotated[Path, typer.Argument(help=help_text("province_path"), metavar="PROVINCE")],
    out: Out = Path("out"),
    engine: Annotated[str, typer.Option(help=help_text("engine"), metavar="local|dask")] = "local",
    scheduler: Annotated[str | None, typer.Option(help=help_text("scheduler"), metavar="tls://HOST:PORT")] = None,
    workers: Annotated[int | None, typer.Option(help=help_text("workers"), min=1, max=10_000)] = None,
    campaign: Annotated[bool, typer.Option("--campaign", help=help_text("province_campaign"))] = False,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    by: By = None,
) -> Exit:
    return province.province_command(
        call.voice,
        path,
        out,
        engine=engine,
        scheduler=scheduler,
        n_workers=workers,
        is_campaign=campaign,
        limits={"time_limit_s": time_limit, "iterations": iterations},
        lang=call.lang,
        actor=call.actor(by, {"limits.time_limit_s": time_limit, "limits.iterations": iterations}),
    )


app.add_typer(province_app, name="province", rich_help_panel=app.rich_help_panel)
