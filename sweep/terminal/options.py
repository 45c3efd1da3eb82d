"""Definitions of arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from sweep.terminal.command_decorator import help_text

ScenarioPath = Annotated[Path, typer.Argument(help=help_text("scenario"), metavar="SCENARIO")]
PlanPath = Annotated[Path, typer.Argument(help=help_text("plan"), metavar="PLAN")]
JudgedPath = Annotated[Path, typer.Argument(help=help_text("plan_judged"), metavar="PLAN")]
Out = Annotated[Path, typer.Option(help=help_text("out"))]
OutElsewhere = Annotated[Path | None, typer.Option(help=help_text("out_elsewhere"))]
OutOfPlan = Annotated[Path, typer.Option(help=help_text("out_of_plan"))]
Seed = Annotated[int | None, typer.Option(help=help_text("seed"), min=0, max=2**31 - 1)]
TimeLimit = Annotated[float | None, typer.Option(help=help_text("time_limit"), min=0.0, max=604_800.0)]
Iterations = Annotated[int | None, typer.Option(help=help_text("iterations"), min=1, max=10**9)]
OwnSeed = Annotated[int, typer.Option(help=help_text("seed"), min=0, max=2**31 - 1)]
OwnTimeLimit = Annotated[float, typer.Option(help=help_text("time_limit"), min=0.0, max=604_800.0)]
By = Annotated[str | None, typer.Option("--by", help=help_text("by"), metavar="ID")]


def solver_keys(seed: int | None, time_limit: float | None, iterations: int | None) -> dict[str, object]:
    """Return these options by their keys in scenario.toml, None if not given; `time_limit` is in seconds."""
    return {"seed": seed, "solver.time_limit_s": time_limit, "solver.iterations": iterations}
