"""`sweep init`: a new scenario folder, and what was found on the map that it stands on."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts
from geodata.read.osm.geojson_export import EXPORT_SUFFIXES
from sweep.campaign.template import write_campaign
from sweep.jobs.new_scenario.scenario_folder import write_template
from sweep.jobs.new_scenario.scenario_from_map import Found, MapFiles, parse_box
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice


@dataclass(frozen=True, slots=True)
class MapChoice:
    """The options as they were typed."""

    osm: Path | None = None
    streets: Path | None = None
    districts: Path | None = None
    district: str | None = None
    bbox: str | None = None
    is_empty: bool = False
    is_made_up: bool = False
    is_campaign: bool = False


def init_command(voice: Voice, name: str, folder: Path, chosen: MapChoice) -> Exit:
    """Make the folder; report what was found and why."""
    files, draw_seed = map_files(chosen), f"{name}-{secrets.token_hex(16)}"

    def add_campaign(made: Path, scenario: Scenario) -> None:
        write_campaign(made, name, scenario.day, draw_seed, voice.texts)

    made = write_template(
        name,
        folder,
        voice.texts,
        files,
        draw_seed=draw_seed,
        is_empty=chosen.is_empty,
        is_city=chosen.is_made_up,
        complete=add_campaign if chosen.is_campaign else None,
    )
    if made.found:
        voice.table(voice.texts("command.found"), ("", ""), found_rows(made.found, voice.texts))
        if "offices" in made.found.keys:
            voice.line("command.found.choose", file=made.folder / str(made.found.keys["offices"]))
    made_up = ", ".join(made.made_up.values())
    voice.line("command.initialised_made_up" if made_up else "command.initialised", folder=made.folder, files=made_up)
    if voice.as_json:
        found = found_json(made.found) if made.found else {}
        voice.json({"folder": str(made.folder), "made_up": list(made.made_up), **found})
    return Exit.DONE


def map_files(chosen: MapChoice) -> MapFiles | None:
    """The options put together; None without a map; S109 a box that is none, S110 options that do not go together."""
    options: dict[str, object] = {"--streets": chosen.streets, "--districts": chosen.districts}
    options |= {"--district": chosen.district, "--bbox": chosen.bbox}
    given = [option for option, value in options.items() if value is not None]
    if chosen.is_made_up:
        given += [option for option, value in {"--osm": chosen.osm, "--empty": chosen.is_empty}.items() if value]
        if given:
            raise InputError(Issue("S110", option, {"problem": "--made-up"}) for option in given)
    if chosen.osm is None:
        if given:
            raise InputError(Issue("S110", option, {"problem": "--osm"}) for option in given)
        return None
    if chosen.streets and chosen.osm.suffix.lower() not in EXPORT_SUFFIXES:
        raise InputError([Issue("S110", "--streets", {"problem": chosen.osm.name})])
    if chosen.districts and chosen.district and chosen.bbox:
        raise InputError([Issue("S110", "--bbox", {"problem": "--district"})])
    box = parse_box(chosen.bbox) if chosen.bbox else None
    return MapFiles(chosen.osm, chosen.streets, chosen.districts, chosen.district, box)


def found_rows(found: Found, texts: Texts) -> list[tuple[str, str]]:
    """Label and figure of each line of the report."""
    buildings, survey = found.buildings, found.survey
    lines = [(texts("command.found.buildings"), str(len(buildings)))]
    lines += [
        (texts("command.found.reason", reason=texts(f"command.reason.{kind.replace(' ', '_')}")), str(n))
        for kind, n in found.reasons.items()
    ]
    lines.append((texts("command.found.unnamed"), str(int(buildings["building_name"].isna().sum()))))
    lines.append((texts("command.found.no_floors"), str(int(buildings["n_floors"].isna().sum()))))
    if survey is not None:
        lines.append((texts("command.found.streets"), texts.number(survey.length_km, 1)))
        lines.append((texts("command.found.main_share"), texts.percent(survey.main_share, 1)))
        lines.append((texts("command.found.far"), str(int(survey.is_far.sum()))))
        lines.append((texts("command.found.cut_off"), str(int(survey.is_cut_off.sum()))))
    return lines


def found_json(found: Found) -> dict[str, object]:
    """The report for machines."""
    survey = found.survey
    report: dict[str, object] = {"n_buildings": len(found.buildings), "n_by_reason": found.reasons}
    if survey is not None:
        report["street_km"] = round(survey.length_km, 3)
        report["main_share"] = round(survey.main_share, 4)
        report["n_far_from_roads"] = int(survey.is_far.sum())
        report["n_cut_off"] = int(survey.is_cut_off.sum())
    return report
