"""`sweep export`: a published plan, or a plan file judged again, in the formats of other programs."""

from collections.abc import Sequence
from pathlib import Path

from geodata.datum.datum_names import WGS84
from geodata.errors import InputError, Issue
from geodata.message_catalogue import load_texts
from sweep.disk.atomic_files import write_files
from sweep.jobs.judge_plan import review_plan
from sweep.jobs.tampering.check_edition_log import approval_on_record_of, open_edition, refuse_unrecorded
from sweep.publish.archive.edition_json import edition_folder
from sweep.publish.exports.export_formats import DATUMS, FORMATS, SHIFTABLE, export_plan
from sweep.scenario.load_scenario import load_scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, breach_json


def export_command(
    voice: Voice,
    plan: Path,
    formats: Sequence[str],
    out: Path,
    scenario: Path | None = None,
    lang: str | None = None,
    datum: str = WGS84.name,
) -> Exit:
    """
    Write a plan to `out`/<scenario>/exports/ in each format.

    Parameters
    ----------
    plan
        Folder of a published plan; with `scenario`, also a plan.json that was edited by hand.
    formats
        Names of `FORMATS`.
    scenario
        Folder of the scenario to judge the plan by; None: the plan is taken as it was published.

    Raises
    ------
    InputError
        S714 for an unknown format, S717 for an unknown datum, S718 for one that a format may not be in, and what
        `open_edition` and `review_plan` raise.
    """
    known = tuple(FORMATS)
    if unknown := [name for name in formats if name not in FORMATS]:
        raise InputError(Issue("S714", f"--format {name}", {"known": known}) for name in unknown)
    if datum not in DATUMS:
        raise InputError([Issue("S717", f"--datum {datum}", {"known": tuple(DATUMS)})])
    if datum != WGS84.name and (fixed := [name for name in formats if name not in SHIFTABLE]):
        raise InputError(Issue("S718", f"--format {name}", {"known": SHIFTABLE}) for name in fixed)
    refuse_unrecorded(edition_folder(plan))
    edition = open_edition(plan) if scenario is None else review_plan(load_scenario(scenario, {}, voice.texts), plan)
    if edition.violations:
        voice.breaches(edition.violations)
        voice.json({"violations": [breach_json(v) for v in edition.violations]})
        return Exit.RULE_BROKEN
    voice.texts = texts = load_texts(lang or edition.scenario.lang)
    approval = approval_on_record_of(plan)
    exports = [export_plan(edition, name, texts, approval, DATUMS[datum]) for name in dict.fromkeys(formats)]
    files = write_files(
        {e.name: e.content for e in exports}, out / edition.scenario.name / "exports", out / edition.scenario.name
    )
    voice.line("command.written", files=tuple(map(str, files)))
    voice.json({"plan_id": edition.plan_id, "files": [str(f) for f in files]})
    return Exit.DONE
