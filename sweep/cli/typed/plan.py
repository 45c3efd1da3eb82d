"""The plan is made: of a scenario, a province or a problem file, or over a grid of a scenario's keys."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import InputError, Issue
from sweep.terminal.command_decorator import Call, command, group, help_text
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Iterations, Out, ScenarioPath, Seed, TimeLimit, solver_keys

with deferred_imports():
    from sweep.cli import plan, run, whatif
    from sweep.plan import solve
    from sweep.province.cli import province
    from sweep.province.model import load_province

app = group("plan")


@command(
    app,
    "run",
    sets=True,
    example="sweep run scenarios/quancheng --set teams.n_teams=10",
    changes=("out", "problem_out"),
)
def _run(
    call: Call,
    scenario: Annotated[Path, typer.Argument(help=help_text("run_scenario"), metavar="SCENARIO")],
    out: Annotated[Path | None, typer.Option(help=help_text("run_out"))] = None,
    problem_out: Annotated[Path | None, typer.Option(help=help_text("problem_out"), metavar="FILE")] = None,
    start: Annotated[Path | None, typer.Option(help=help_text("start"), metavar="PLAN.json")] = None,
    engine: Annotated[str | None, typer.Option(help=help_text("engine"), metavar="local|dask")] = None,
    scheduler: Annotated[str | None, typer.Option(help=help_text("scheduler"), metavar="tls://HOST:PORT")] = None,
    workers: Annotated[int | None, typer.Option(help=help_text("workers"), min=1, max=10_000)] = None,
    campaign: Annotated[bool, typer.Option("--campaign", help=help_text("province_campaign"))] = False,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    by: By = None,
    is_opened: Annotated[bool, typer.Option("--open", help=help_text("open"))] = False,
) -> Exit:
    of_scenario: dict[str, object] = {"--set": call.sets, "--accept-losses": call.accepted, "--open": is_opened}
    of_scenario |= {"--problem-out": problem_out}
    of_province = {"--engine": engine, "--scheduler": scheduler, "--workers": workers, "--campaign": campaign}
    if scenario.suffix == ".json":
        _refuse({**of_scenario, **of_province, "--by": by}, scenario)
        settings = solve.Settings(1 if seed is None else seed, 20.0 if time_limit is None else time_limit, iterations)
        return plan.plan_command(call.voice, scenario, out, settings, start)
    out = out or Path("out")
    if load_province.is_province(scenario):
        _refuse({**of_scenario, "--start": start, "--seed": seed is not None}, scenario)
        return province.province_command(
            call.voice,
            scenario,
            out,
            engine=engine or "local",
            scheduler=scheduler,
            n_workers=workers,
            is_campaign=campaign,
            limits={"time_limit_s": time_limit, "iterations": iterations},
            lang=call.lang,
            actor=call.actor(by, {"limits.time_limit_s": time_limit, "limits.iterations": iterations}),
        )
    _refuse({**of_province, "--start": start}, scenario)
    given = solver_keys(seed, time_limit, iterations)
    read = call.scenario(scenario, given)
    actor = call.actor(by, {**given, "lang": call.lang})
    return run.run_command(read, call.voice, out, actor, problem_out, is_opened=is_opened)


def _refuse(options: Mapping[str, object], path: Path) -> None:
    """S966 for each option that is given and does not go with what is planned."""
    if given := [option for option, value in options.items() if value]:
        raise InputError(Issue("S966", option, {"problem": str(path)}) for option in given)


@command(
    app,
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
