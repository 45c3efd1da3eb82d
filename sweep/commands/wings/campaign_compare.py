"""`sweep compare` of two campaigns on one page."""

import re
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.campaign.settings import FILE_NAME as CAMPAIGN_FILE
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice
from sweep.disk.files import write_files
from sweep.pipeline.campaign.job import FOLDER
from sweep.pipeline.campaign.on_record import open_record, read_record
from sweep.publish.studies.campaign_compare import campaign_figures, comparison_files, figure_rows
from sweep.records.campaign import FILE_NAME
from sweep.scenario.place import FILE_NAME as SCENARIO_FILE
from sweep.scenario.place import top_keys
from sweep.scenario.scenario import NAME


def is_campaign(path: Path, scenario: Path | None = None) -> bool:
    """
    Whether a path names a planned campaign rather than the plan of one day.

    Parameters
    ----------
    scenario
        Folder to compare with: a path with a campaign's file name counts even before planning, and the folder of a
        campaign without a scenario has no other plans.
    """
    if read_record(campaign_place(path)) is not None:
        return True
    if scenario is None:
        return False
    is_there = path.name in (FOLDER, FILE_NAME)
    return is_there or (top_keys(scenario, SCENARIO_FILE) is None and top_keys(scenario, CAMPAIGN_FILE) is not None)


def compare_command(voice: Voice, first: Path, second: Path, out: Path) -> Exit:
    """
    Print the figures of two campaigns, and write their comparison to `out`/<first scenario>/.

    Parameters
    ----------
    first, second
        Their folders or campaign.json files; the second is compared with the first.

    Raises
    ------
    InputError
        S918 without a campaign, S921 if its record cannot be read or names no scenario.
    """
    records = []
    for path in (first, second):
        record = open_record(campaign_place(path))
        if record is None:
            raise InputError([Issue("S918", str(path))])
        if not re.fullmatch(NAME, record.scenario):
            # The name becomes that of the output folder.
            raise InputError([Issue("S921", str(path))])
        records.append(record)
    texts = voice.texts
    heads = [f"{r.name} {r.planned_on}" for r in records]
    # Two campaigns of equal name and day, as with different settings, are distinguished by their paths.
    places = (str(first), str(second)) if heads[0] == heads[1] else ("", "")
    header = (texts("campaign.compare.figure"), *(f"{h} {p}".strip() for h, p in zip(heads, places, strict=True)))
    voice.table(texts("campaign.compare.title"), header, figure_rows(texts, *records))
    files = write_files(comparison_files(records[0], records[1], texts, places), out / records[0].scenario)
    voice.line("command.comparison", files=tuple(map(str, files)))
    voice.json({**campaign_figures(*records), "files": [str(f) for f in files]})
    return Exit.DONE


def campaign_place(path: Path) -> Path:
    """Return the folder of campaign.json, given the file or the folder of a scenario's editions."""
    if path.name == FILE_NAME:
        return path.parent
    return path if (path / FILE_NAME).is_file() else path / FOLDER
