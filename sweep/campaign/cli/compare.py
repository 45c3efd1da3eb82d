"""`sweep compare` of two campaigns: side by side on one page."""

import re
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.campaign.campaign_settings import FILE_NAME as CAMPAIGN_FILE
from sweep.campaign.pages.campaign_compare import campaign_figures, comparison_files, figure_rows
from sweep.campaign.records import FILE_NAME
from sweep.campaign.window.audit_record import open_record, read_record
from sweep.campaign.window.plan_campaign import FOLDER
from sweep.disk.atomic_files import write_files
from sweep.scenario.scenario import NAME
from sweep.scenario.scenario_path import FILE_NAME as SCENARIO_FILE
from sweep.scenario.scenario_path import top_keys
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice


def is_campaign(path: Path, scenario: Path | None = None) -> bool:
    """
    Whether a path is that of a planned campaign, and of no plan of one day.

    Parameters
    ----------
    scenario
        The folder that it is held against: a path with the name of a campaign's is one, even if nothing is planned yet,
        and a campaign's own folder, without a scenario in it, has no other plans.
    """
    if read_record(campaign_place(path)) is not None:
        return True
    if scenario is None:
        return False
    is_there = path.name in (FOLDER, FILE_NAME)
    return is_there or (top_keys(scenario, SCENARIO_FILE) is None and top_keys(scenario, CAMPAIGN_FILE) is not None)


def compare_command(voice: Voice, first: Path, second: Path, out: Path) -> Exit:
    """
    Print the figures of two campaigns, and write comparison.html and comparison.csv to `out`/<scenario of the first>/.

    Parameters
    ----------
    first, second
        Their folders or their campaign.json; the first is what the second is held against.

    Raises
    ------
    InputError
        S918 where there is no campaign, S921 where its record cannot be read or names no scenario.
    """
    records = []
    for path in (first, second):
        record = open_record(campaign_place(path))
        if record is None:
            raise InputError([Issue("S918", str(path))])
        if not re.fullmatch(NAME, record.scenario):
            # It is the name of the folder that is written to.
            raise InputError([Issue("S921", str(path))])
        records.append(record)
    texts = voice.texts
    heads = [f"{r.name} {r.planned_on}" for r in records]
    # Two of one name and day, as of two settings, are told apart by where they lie.
    places = (str(first), str(second)) if heads[0] == heads[1] else ("", "")
    header = (texts("campaign.compare.figure"), *(f"{h} {p}".strip() for h, p in zip(heads, places, strict=True)))
    voice.table(texts("campaign.compare.title"), header, figure_rows(texts, *records))
    files = write_files(comparison_files(records[0], records[1], texts, places), out / records[0].scenario)
    voice.line("command.comparison", files=tuple(map(str, files)))
    voice.json({**campaign_figures(*records), "files": [str(f) for f in files]})
    return Exit.DONE


def campaign_place(path: Path) -> Path:
    """The folder of campaign.json, from that or from the folder of a scenario's editions."""
    if path.name == FILE_NAME:
        return path.parent
    return path if (path / FILE_NAME).is_file() else path / FOLDER
