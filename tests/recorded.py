"""Editions for tests with their entry in the audit log, which every command requires."""

from __future__ import annotations

import shutil
from pathlib import Path

from geodata.message_catalogue import load_texts
from sweep.audit.audit_log import log_of_edition
from sweep.campaign.window.check_campaign_against_log import ACT, campaign_facts, read_record
from sweep.publish.archive.edition_hash import edition_facts
from sweep.publish.edition import Edition
from sweep.publish.write_edition import write_edition


def copy_with_log(folder: Path, to: Path) -> Path:
    """Copy an edition together with its audit log."""
    copy = Path(shutil.copytree(folder, to))
    log_of_edition(copy).restore(log_of_edition(folder).content())
    return copy


def write_with_log(edition: Edition, folder: Path, lang: str = "zh_CN") -> Path:
    """Write an edition and enter it in the log, as `sweep run` does."""

    def enter(made: Edition, fresh: Path) -> None:
        log = log_of_edition(folder)
        log.append("2026-09-15T08:00:00+08:00", "P000", "run", edition_facts(made, fresh))

    write_edition(edition, folder, load_texts(lang), enter=enter)
    return folder


def record_window(place: Path) -> None:
    """Enter the present files of a campaign's folder in the log."""
    record = read_record(place)
    assert record is not None
    files = {p.name: p.read_text(encoding="utf-8") for p in place.iterdir()}
    log_of_edition(place).append("2026-09-15T08:00:00+08:00", "P000", ACT, campaign_facts(record, files))
