"""`sweep init`: creation of a scenario folder, with a report on the map that it uses."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts
from sweep.scenario.find_scenario import FILE_NAME, SCENARIOS
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit

with deferred_imports():
    from geodata.read.osm import geojson_export
    from sweep.campaign import new_campaign_files
    from sweep.inputs import scenario_from_map
    from sweep.inputs.new_scenario import scenario_folder
    from sweep.province.cli import run_and_init
    from sweep.scenario import load_scenario

if TYPE_CHECKING:
    from sweep.scenario.scenario import Scenario

app = group("prepare")


def map_files(
    osm: Path | None,
    streets: Path | None,
    districts: Path | None,
    district: str | None,
    bbox: str | None,
    *,
    is_empty: bool,
    is_made_up: bool,
) -> scenario_from_map.MapFiles | None:
    """
    Return the map's files and limits from the options of `sweep init` with the same names; None without a map.

    Raises
    ------
    InputError
        S109 for an invalid box, S110 for options that exclude each other.
    """
    options: dict[str, object] = {"--streets": streets, "--districts": districts}
    options |= {"--district": district, "--bbox": bbox}
    given = [option for option, value in options.items() if value is not None]
    if is_made_up:
        given += [option for option, value in {"--osm": osm, "--empty": is_empty}.items() if value]
        if given:
            raise InputError(Issue("S110", option, {"problem": "--made-up"}) for option in given)
    if osm is None:
        if given:
            raise InputError(Issue("S110", option, {"problem": "--osm"}) for option in given)
        return None
    if streets and osm.suffix.lower() not in geojson_export.EXPORT_SUFFIXES:
        raise InputError([Issue("S110", "--streets", {"problem": osm.name})])
    if districts and district and bbox:
        raise InputError([Issue("S110", "--bbox", {"problem": "--district"})])
    box = scenario_from_map.parse_box(bbox) if bbox else None
    return scenario_from_map.MapFiles(osm, streets, districts, district, box)


def content_rows(content: scenario_from_map.MapContent, texts: Texts) -> list[tuple[str, str]]:
    """Return (label, figure) for each line of the report on what a map file contains."""
    buildings, survey = content.buildings, content.survey
    lines = [(texts("command.found.buildings"), str(len(buildings)))]
    lines += [
        (texts("command.found.reason", reason=texts(f"command.reason.{kind.replace(' ', '_')}")), str(n))
        for kind, n in content.reasons.items()
    ]
    lines.append((texts("command.found.unnamed"), str(int(buildings["building_name"].isna().sum()))))
    lines.append((texts("command.found.no_floors"), str(int(buildings["n_floors"].isna().sum()))))
    if survey is not None:
        lines.append((texts("command.found.streets"), texts.number(survey.length_km, 1)))
        lines.append((texts("command.found.main_share"), texts.percent(survey.main_share, 1)))
        lines.append((texts("command.found.far"), str(int(survey.is_far.sum()))))
        lines.append((texts("command.found.cut_off"), str(int(survey.is_cut_off.sum()))))
    return lines


def content_json(content: scenario_from_map.MapContent) -> dict[str, object]:
    """Return the result of `sweep init --json`: number of buildings found on a map, and figures of its streets."""
    survey = content.survey
    report: dict[str, object] = {"n_buildings": len(content.buildings), "n_by_reason": content.reasons}
    if survey is not None:
        report["street_km"] = round(survey.length_km, 3)
        report["main_share"] = round(survey.main_share, 4)
        report["n_far_from_roads"] = int(survey.is_far.sum())
        report["n_cut_off"] = int(survey.is_cut_off.sum())
    return report


@command(app, "init", example="sweep init mydistrict", changes=("folder",))
# Nine in each of 99 cities, since codes of synthetic counties have six digits.
def _init(
    call: CommandCall,
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
    """Create the scenario's folder, and report the buildings and streets found on the map."""
    if is_province or counties is not None:
        of_one = {"--osm": osm, "--streets": streets, "--districts": districts, "--district": district, "--bbox": bbox}
        typed = [option for option, given in {**of_one, "--empty": empty, "--made-up": made_up}.items() if given]
        if not is_province or typed:
            problem = ", ".join(typed) or f"sweep init {name}"
            raise InputError([Issue("S966", "--province" if is_province else "--counties", {"problem": problem})])
        return run_and_init.init_province_command(call.voice, name, folder, counties, with_campaigns=campaign)
    voice, draw_seed = call.voice, f"{name}-{secrets.token_hex(16)}"
    files = map_files(osm, streets, districts, district, bbox, is_empty=empty, is_made_up=made_up)
    is_plain, place = campaign and files is None and not (empty or made_up), folder / name
    if (
        is_plain
        and (place / FILE_NAME).is_file()
        and not any((place / file).exists() for file in new_campaign_files.FILES)
    ):
        new_campaign_files.write_campaign(place, name, load_scenario.load_scenario(place).day, draw_seed, voice.texts)
        voice.line("command.initialised", folder=place)
        return Exit.DONE

    def add_campaign(made: Path, scenario: Scenario) -> None:
        new_campaign_files.write_campaign(made, name, scenario.day, draw_seed, voice.texts)

    made = scenario_folder.write_template(
        name,
        folder,
        voice.texts,
        files,
        draw_seed=draw_seed,
        is_empty=empty,
        is_city=made_up,
        complete=add_campaign if campaign else None,
    )
    if made.found:
        voice.table(voice.texts("command.found"), ("", ""), content_rows(made.found, voice.texts))
        if "offices" in made.found.keys:
            voice.line("command.found.choose", file=made.folder / str(made.found.keys["offices"]))
    invented = ", ".join(made.made_up.values())
    voice.line("command.initialised_made_up" if invented else "command.initialised", folder=made.folder, files=invented)
    if voice.as_json:
        found = content_json(made.found) if made.found else {}
        voice.json({"folder": str(made.folder), "made_up": list(made.made_up), **found})
    return Exit.DONE
