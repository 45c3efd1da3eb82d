"""`sweep campaign compare`, and `sweep compare` of two campaigns: their figures side by side."""

from __future__ import annotations

from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice
from sweep.pipeline.campaign.job import FOLDER, read_record
from sweep.publish.studies.campaign_figures import campaign_figures, figure_rows
from sweep.records.campaign import FILE_NAME


def is_campaign(path: Path) -> bool:
    """Whether a path is that of a planned campaign, and of no plan of one day."""
    return read_record(_place(path)) is not None


def compare_command(voice: Voice, first: Path, second: Path) -> Exit:
    """Two campaigns side by side, from their folders or their campaign.json."""
    records = []
    for path in (first, second):
        record = read_record(_place(path))
        if record is None:
            raise InputError([Issue("S918", str(path))])
        records.append(record)
    texts = voice.texts
    header = (texts("campaign.compare.figure"), *(f"{r.name} {r.planned_on}" for r in records))
    voice.table(texts("campaign.compare.title"), header, figure_rows(texts, *records))
    if voice.as_json:
        voice.json(dict(campaign_figures(*records)))
    return Exit.DONE


def _place(path: Path) -> Path:
    if path.name == FILE_NAME:
        return path.parent
    return path if (path / FILE_NAME).is_file() else path / FOLDER
