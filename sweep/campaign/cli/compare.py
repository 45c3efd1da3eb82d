"""`sweep compare` of two campaigns on one page."""

from __future__ import annotations

import re
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.scenario.find_scenario import FILE_NAME as SCENARIO_FILE
from sweep.scenario.find_scenario import read_top_level
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Output

with deferred_imports():
    from sweep.campaign import campaign_settings, records
    from sweep.campaign.pages import campaign_compare
    from sweep.campaign.window import check_campaign_against_log, plan_campaign
    from sweep.disk import atomic_files
    from sweep.scenario import scenario


def is_campaign(path: Path, folder: Path | None = None) -> bool:
    """
    Return whether a path means a campaign rather than the plan of one day: it has or is a campaign.json.

    Parameters
    ----------
    folder
        Folder of the scenario or campaign. With it, a missing campaign.json still gives True if the path ends in
        `campaign` or `campaign.json`, or if the folder holds a campaign.toml and no scenario.toml.
    """
    if check_campaign_against_log.read_record(campaign_place(path)) is not None:
        return True
    if folder is None:
        return False
    is_there = path.name in (plan_campaign.FOLDER, records.FILE_NAME)
    return is_there or (
        read_top_level(folder, SCENARIO_FILE) is None
        and read_top_level(folder, campaign_settings.FILE_NAME) is not None
    )


def compare_command(voice: Output, first: Path, second: Path, out: Path) -> Exit:
    """
    Print the figures of two campaigns, and write their comparison below `out`.

    Parameters
    ----------
    first, second
        Folders or campaign.json files of the campaigns; differences are second minus first.

    Raises
    ------
    InputError
        S918 without a campaign, S921 if its record cannot be read or names no scenario.
    """
    sides = []
    for path in (first, second):
        record = check_campaign_against_log.open_record(campaign_place(path))
        if record is None:
            raise InputError([Issue("S918", str(path))])
        if not re.fullmatch(scenario.NAME, record.scenario):
            # The name becomes that of the output folder.
            raise InputError([Issue("S921", str(path))])
        sides.append(record)
    texts = voice.texts
    heads = [f"{r.name} {r.planned_on}" for r in sides]
    # Two campaigns of equal name and day, as with different settings, are distinguished by their paths.
    places = (str(first), str(second)) if heads[0] == heads[1] else ("", "")
    header = (texts("campaign.compare.figure"), *(f"{h} {p}".strip() for h, p in zip(heads, places, strict=True)))
    voice.table(texts("campaign.compare.title"), header, campaign_compare.figure_rows(texts, *sides))
    files = atomic_files.write_files(
        campaign_compare.comparison_files(sides[0], sides[1], texts, places), out / sides[0].scenario
    )
    voice.line("command.comparison", files=tuple(map(str, files)))
    voice.json({**campaign_compare.campaign_figures(*sides), "files": [str(f) for f in files]})
    return Exit.DONE


def campaign_place(path: Path) -> Path:
    """Return the folder of campaign.json, given that file, its folder, or the folder of a scenario's editions."""
    if path.name == records.FILE_NAME:
        return path.parent
    return path if (path / records.FILE_NAME).is_file() else path / plan_campaign.FOLDER
