"""`sweep release`: files for readers outside the police, after a last look for what they must not know (C26)."""

from collections.abc import Sequence
from pathlib import Path

from geodata.atomic_writes import change
from geodata.errors import InputError, Issue
from geodata.message_catalogue import load_texts
from sweep.audit.actor import Actor
from sweep.audit.audit_log import log_of_edition
from sweep.audit.hash_chain import Json
from sweep.disk.atomic_files import refuse_unwritable
from sweep.inputs.load import load_inputs
from sweep.jobs.tampering.check_disclosure import compromised, leaks_as_violations
from sweep.jobs.tampering.check_edition_log import approval_on_record_of, open_edition
from sweep.publish.archive.edition_hash import handout_sha256
from sweep.publish.archive.edition_json import edition_folder, folder_beside, place_beside
from sweep.publish.handouts.disclosure_files import handout_files, handout_manifest, write_handout
from sweep.publish.handouts.redaction import OUTPUT_CLASSES, OutputClass
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, breach_json


def release_command(
    scenario: Scenario, voice: Voice, plan: Path, classes: Sequence[str], actor: Actor, out: Path | None = None
) -> Exit:
    """
    Write the handouts of some classes beside the edition, or in another folder; none if any would give something away.

    Parameters
    ----------
    scenario
        Its inputs as they are now: an investigation opened since the plan was made counts.
    classes
        Names of `OUTPUT_CLASSES`, but not the police, whose edition is the whole one.
    out
        The folder of all editions that they are written to, under the scenario's name; None: where the plan stands.
    """
    chosen = _chosen(classes)
    folder = edition_folder(plan)
    place = place_beside(folder, out)
    refuse_unwritable(place.parent)
    log = log_of_edition(folder)
    log.refuse_damaged()
    edition, approval = open_edition(folder), approval_on_record_of(folder)
    inputs = load_inputs(scenario)
    texts = load_texts(edition.scenario.lang)
    made = {c: handout_files(edition, c, texts, approval) for c in chosen}
    breaches = [*compromised(edition, inputs)]
    for c, files in made.items():
        breaches += leaks_as_violations(files, edition, inputs, c)
    if breaches:
        voice.breaches(breaches)
        voice.json({"violations": [breach_json(v) for v in breaches]})
        return Exit.RULE_BROKEN
    written = {}
    with change(place.parent):
        for c, files in made.items():
            manifest = handout_manifest(edition, c, files)
            facts: dict[str, Json] = {
                "plan_id": edition.plan_id,
                "class": c,
                "n_files": len(files),
                "is_approved": approval is not None,
                "handout_sha256": handout_sha256(manifest),
            }
            written[c] = write_handout(manifest, files, folder_beside(place, c))
            # The files are in place only after the line: no handout is given out that no line knows.
            actor.log(log, "release", facts)
    for paths in written.values():
        voice.line("command.written", files=tuple(map(str, paths)))
    voice.json({"plan_id": edition.plan_id, "files": {c: [str(p) for p in paths] for c, paths in written.items()}})
    return Exit.DONE


def _chosen(classes: Sequence[str]) -> list[OutputClass]:
    known = [c for c in OUTPUT_CLASSES if c != "police"]
    if unknown := [c for c in classes if c not in known]:
        raise InputError(Issue("S831", f"--class {c}", {"known": tuple(known)}) for c in unknown)
    return [c for c in known if c in classes]
