"""`sweep compare`: published plans side by side on one page."""

from collections.abc import Sequence
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.message_catalogue import load_texts
from sweep.disk.atomic_files import write_files
from sweep.jobs.compare import write_comparison
from sweep.jobs.tampering.check_edition_log import approvals_by_plan_id, open_edition
from sweep.province.pages.edition_comparison import comparison_files
from sweep.province.pages.province_json import JSON as PROVINCE
from sweep.province.run.tampering import open_province_edition
from sweep.publish.edition import Edition
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice


def compare_command(voice: Voice, plans: Sequence[Path], out: Path, lang: str | None = None) -> Exit:
    """Write the comparison of two or more published plans with the first of them; S716 for fewer."""
    if len(plans) < 2:
        raise InputError([Issue("S716", " ".join(map(str, plans)) or "-")])
    if all((plan / PROVINCE).is_file() for plan in plans):
        return _compare_provinces(voice, plans, out, lang)
    editions: list[Edition] = []
    issues: list[Issue] = []
    for plan in plans:
        try:
            editions.append(open_edition(plan))
        except InputError as error:
            issues += error.issues
    if issues:
        raise InputError(issues)
    voice.texts = texts = load_texts(lang or editions[0].scenario.lang)
    files = write_comparison(editions, out, texts, approvals_by_plan_id(editions, plans))
    voice.line("command.comparison", files=tuple(map(str, files)))
    voice.json({"plan_ids": [edition.plan_id for edition in editions], "files": [str(f) for f in files]})
    return Exit.DONE


def _compare_provinces(voice: Voice, folders: Sequence[Path], out: Path, lang: str | None) -> Exit:
    """Two editions of a province: the second held against the first."""
    if len(folders) != 2:
        raise InputError([Issue("S966", "sweep compare", {"problem": PROVINCE})])
    first, second = (open_province_edition(folder) for folder in folders)
    if first.is_campaign != second.is_campaign:
        # Expected finds of a day and of weeks.
        raise InputError([Issue("S966", "sweep compare", {"problem": "--campaign"})])
    voice.texts = load_texts(lang or first.lang)
    files = write_files(comparison_files(first, second, voice.texts), out / first.name)
    voice.line("command.comparison", files=tuple(map(str, files)))
    voice.json({"provinces": [first.name, second.name], "files": [str(f) for f in files]})
    return Exit.DONE
