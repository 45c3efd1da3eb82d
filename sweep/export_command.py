"""What `sweep export` does: a published plan, or a plan file judged anew, in the formats of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.texts import LANGUAGES, Texts, load_texts
from sweep.audit.approval import Approval, holds, read_approval
from sweep.console import Voice
from sweep.pipeline.review import review_plan
from sweep.publish.archive import read_edition
from sweep.publish.export import FORMATS, export_plan
from sweep.publish.files import write_files
from sweep.publish.plan_file import FILE_NAME as PLAN_NAME
from sweep.scenario_file import load_scenario

DONE, RULE_BROKEN = 0, 3


def export_command(
    voice: Voice, plan: Path, formats: Sequence[str], out: Path, scenario: Path | None = None, lang: str | None = None
) -> int:
    """
    Write a plan to `out`/<scenario>/exports/ in each format.

    Parameters
    ----------
    voice
        Speaks the language of the export once it is known.
    plan
        Folder of a published plan; with `scenario`, also a plan.json that was edited by hand.
    formats
        Names of `FORMATS`.
    out
        Folder of all editions.
    scenario
        Folder of the scenario to judge the plan by; None: the plan is taken as it was published.
    lang
        None: the plan's own.

    Raises
    ------
    InputError
        S714 for an unknown format, S715 for an unknown language, and what `read_edition` and `review_plan` raise.
    """
    known = ", ".join(FORMATS)
    if unknown := [name for name in formats if name not in FORMATS]:
        raise InputError(Issue("S714", f"--format {name}", {"known": known}) for name in unknown)
    edition = read_edition(plan) if scenario is None else review_plan(load_scenario(scenario, {}, voice.texts), plan)
    if edition.violations:
        voice.violations(edition)
        return RULE_BROKEN
    voice.texts = texts = chosen_texts(lang, edition.scenario.lang)
    approval = approval_of(plan)
    exports = [export_plan(edition, name, texts, approval) for name in dict.fromkeys(formats)]
    files = write_files({e.name: e.content for e in exports}, out / edition.scenario.name / "exports")
    voice.line("command.written", files=", ".join(map(str, files)))
    if voice.as_json:
        voice.json({"plan_id": edition.plan_id, "files": [str(f) for f in files]})
    return DONE


def approval_of(plan: Path) -> Approval | None:
    """The approval in the plan's folder, if it is of the plan as it stands there."""
    folder = plan if plan.is_dir() else plan.parent
    approval = read_approval(folder)
    file = folder / PLAN_NAME if plan.is_dir() else plan
    return approval if approval and holds(approval, file.read_bytes()) else None


def chosen_texts(lang: str | None, own: str) -> Texts:
    """
    The catalogue in the language asked for, or in a plan's own.

    Raises
    ------
    InputError
        S715 if there is no such language.
    """
    if lang is not None and lang not in LANGUAGES:
        raise InputError([Issue("S715", f"--lang {lang}", {"known": ", ".join(LANGUAGES)})])
    return load_texts(lang or own)
