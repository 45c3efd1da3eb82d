"""`sweep compare`: comparison of published plans on one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from geodata.message_catalogue import load_texts
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Out
from sweep.terminal.output import Output

with deferred_imports():
    from sweep.campaign.cli import compare as campaign_compare
    from sweep.disk import atomic_files
    from sweep.province.pages import edition_comparison, province_json
    from sweep.province.run import altered_edition_files
    from sweep.publish.archive import check_editions_against_log as check_edition_log
    from sweep.publish.studies import compare_page

if TYPE_CHECKING:
    from sweep.publish.edition import Edition

app = group("judge")


def _compare_provinces(voice: Output, folders: Sequence[Path], out: Path, lang: str | None) -> Exit:
    if len(folders) != 2:
        raise InputError([Issue("S966", "sweep compare", {"problem": province_json.JSON})])
    first, second = (altered_edition_files.open_province_edition(folder) for folder in folders)
    if first.is_campaign != second.is_campaign:
        # Expected finds of one day cannot be compared with those of weeks.
        raise InputError([Issue("S966", "sweep compare", {"problem": "--campaign"})])
    voice.texts = load_texts(lang or first.lang)
    files = atomic_files.write_files(edition_comparison.comparison_files(first, second, voice.texts), out / first.name)
    voice.line("command.comparison", files=tuple(map(str, files)))
    voice.json({"provinces": [first.name, second.name], "files": [str(f) for f in files]})
    return Exit.DONE


@command(
    app,
    "compare",
    example="sweep compare out/quancheng/PLAN_ID out/quancheng/OTHER_PLAN_ID",
    changes=("out",),
)
def _compare(
    call: CommandCall,
    plans: Annotated[list[Path], typer.Argument(help=help_text("plans"), metavar="PLAN...")],
    out: Out = Path("out"),
) -> Exit:
    """Write a page that compares each published plan with the first; InputError S716 for fewer than two plans."""
    voice, lang = call.voice, call.lang
    if len(plans) == 2 and all(map(campaign_compare.is_campaign, plans)):
        return campaign_compare.compare_command(voice, plans[0], plans[1], out)
    if len(plans) < 2:
        raise InputError([Issue("S716", " ".join(map(str, plans)) or "-")])
    if all((plan / province_json.JSON).is_file() for plan in plans):
        return _compare_provinces(voice, plans, out, lang)
    editions: list[Edition] = []
    issues: list[Issue] = []
    for plan in plans:
        try:
            editions.append(check_edition_log.open_edition(plan))
        except InputError as error:
            issues += error.issues
    if issues:
        raise InputError(issues)
    voice.texts = texts = load_texts(lang or editions[0].scenario.lang)
    approvals = check_edition_log.approvals_by_plan_id(editions, plans)
    pages = compare_page.comparison_files(editions, texts, approvals)
    files = atomic_files.write_files(pages, out / editions[0].scenario.name)
    voice.line("command.comparison", files=tuple(map(str, files)))
    voice.json({"plan_ids": [edition.plan_id for edition in editions], "files": [str(f) for f in files]})
    return Exit.DONE
