"""Before a plan: a scenario is made, its tables are read, its buildings ranked, and the ranking judged by the past."""

from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import InputError, Issue
from sweep.scenario.scenario_path import SCENARIOS
from sweep.terminal.command_decorator import Call, command, group, help_text
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Out, ScenarioPath

with deferred_imports():
    from sweep.cli import backtest, init, rank, validate
    from sweep.province.cli import province

app = group("prepare")


@command(app, "init", example="sweep init mydistrict", changes=("folder",))
# Nine in each of 99 cities: the codes of made-up counties have six digits.
def _init(
    call: Call,
    name: Annotated[str, typer.Argument(help=help_text("name"), metavar="NAME")],
    folder: Annotated[Path, typer.Option(help=help_text("folder"))] = SCENARIOS,
    osm: Annotated[Path | None, typer.Option(help=help_text("osm"))] = None,
    streets: Annotated[Path | None, typer.Option(help=help_text("streets"))] = None,
    districts: Annotated[Path | None, typer.Option(help=help_text("districts"))] = None,
    district: Annotated[str | None, typer.Option(help=help_text("district"), metavar="CODE")] = None,
    bbox: Annotated[str | None, typer.Option(help=help_text("bbox"), metavar="W,S,E,N")] = None,
    empty: Annotated[bool, typer.Option("--empty", help=help_text("empty"))] = False,
    made_up: Annotated[bool, typer.Option("--made-up", help=help_text("made_up"))] = False,
    campaign: Annotated[bool, typer.Option("--campaign", help=help_text("campaign_init"))] = False,
    is_province: Annotated[bool, typer.Option("--province", help=help_text("is_province"))] = False,
    counties: Annotated[int | None, typer.Option(help=help_text("n_counties"), min=1, max=891)] = None,
) -> Exit:
    if is_province or counties is not None:
        of_one = {"--osm": osm, "--streets": streets, "--districts": districts, "--district": district, "--bbox": bbox}
        typed = [option for option, given in {**of_one, "--empty": empty, "--made-up": made_up}.items() if given]
        if not is_province or typed:
            problem = ", ".join(typed) or f"sweep init {name}"
            raise InputError([Issue("S966", "--province" if is_province else "--counties", {"problem": problem})])
        return province.init_province_command(call.voice, name, folder, counties, with_campaigns=campaign)
    chosen = init.MapChoice(osm, streets, districts, district, bbox, empty, made_up, campaign)
    return init.init_command(call.voice, name, folder, chosen)


@command(app, "validate", sets=True, example="sweep validate scenarios/quancheng")
def _validate(call: Call, scenario: ScenarioPath) -> Exit:
    return validate.validate_command(call.scenario(scenario), call.voice)


@command(app, "rank", sets=True, example="sweep rank scenarios/quancheng", changes=("out",))
def _rank(call: Call, scenario: ScenarioPath, out: Out = Path("out")) -> Exit:
    return rank.rank_command(call.scenario(scenario), call.voice, out)


@command(app, "backtest", sets=True, example="sweep backtest scenarios/quancheng", changes=("out",))
def _backtest(call: Call, scenario: ScenarioPath, out: Out = Path("out")) -> Exit:
    return backtest.backtest_command(call.scenario(scenario), call.voice, out)
