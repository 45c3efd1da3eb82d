"""`sweep release`: files for readers outside the police, after a last look for what they must not know (C26)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.texts import load_texts
from sweep.audit.approval import Approval, holds, read_approval
from sweep.audit.chain import Json
from sweep.console import Voice
from sweep.dossier.actor import Actor, log_of_edition
from sweep.dossier.approve import edition_folder
from sweep.pipeline.inputs import District, load_district
from sweep.pipeline.secrets import district_secrets, under_investigation
from sweep.publish.archive import MANIFEST, read_edition
from sweep.publish.compartment import OUTPUT_CLASSES, OutputClass
from sweep.publish.edition import Edition
from sweep.publish.facts import served_visits
from sweep.publish.handout import handout_files, write_handout
from sweep.publish.leaks import Secret, find_leaks
from sweep.publish.plan_file import FILE_NAME as PLAN
from sweep.publish.rewrite import read_manifest
from sweep.records import Violation
from sweep.scenario import Scenario

DONE, RULE_BROKEN = 0, 3


def release_command(scenario: Scenario, voice: Voice, plan: Path, classes: Sequence[str], actor: Actor) -> int:
    """
    Write the handouts of some classes beside the edition; none of them if any would give something away.

    Parameters
    ----------
    scenario
        Its inputs as they are now: an investigation opened since the plan was made counts.
    voice
        How to speak.
    plan
        The edition's folder, or plan.json in it.
    classes
        Of `OUTPUT_CLASSES` without the police, whose edition is the whole one.
    actor
        Who gives it out, and when.
    """
    chosen = _chosen(classes)
    folder = edition_folder(plan)
    edition, approval = read_edition(folder), _approval(folder)
    district = load_district(scenario)
    texts = load_texts(edition.scenario.lang)
    made = {c: handout_files(edition, c, texts, approval) for c in chosen}
    breaches = [*compromised(edition, district)]
    for c, files in made.items():
        breaches += leaks_as_violations(files, edition, district, c)
    if breaches:
        voice.breaches(breaches)
        if voice.as_json:
            voice.json({"violations": [{"rule_id": v.rule_id, "where": v.where, **v.values} for v in breaches]})
        return RULE_BROKEN
    written = {}
    for c, files in made.items():
        written[c] = write_handout(edition, c, files, handout_folder(folder, c))
        facts: dict[str, Json] = {
            "plan_id": edition.plan_id,
            "class": c,
            "n_files": len(files),
            "is_approved": approval is not None,
        }
        actor.log(log_of_edition(folder), "release", facts)
    for paths in written.values():
        voice.line("command.written", files=", ".join(map(str, paths)))
    if voice.as_json:
        voice.json({"plan_id": edition.plan_id, "files": {c: [str(p) for p in paths] for c, paths in written.items()}})
    return DONE


def handout_folder(edition: Path, output_class: str) -> Path:
    """Beside the edition and not inside it: whoever is given one folder is not given the other."""
    return edition.parent / f"{edition.resolve().name}.{output_class}"


def compromised(edition: Edition, district: District) -> Iterator[Violation]:
    """Visits of the plan at places that are under investigation by now."""
    places = under_investigation(district, edition.scenario.day)
    for visit in served_visits(edition):
        if visit.track == "investigation" or visit.building_id in places:
            yield Violation("C26", visit.visit_id, {"detail": visit.building_id})


def leaks_as_violations(
    files: Mapping[str, bytes], edition: Edition, district: District, output_class: OutputClass
) -> list[Violation]:
    """What files for a class of reader would give away, file by file."""
    visits = served_visits(edition)
    visited = {v.building_id for v in visits}
    own = [Secret("lead_id", lead) for v in visits if v.track == "case" for lead in v.basis]
    secrets = [*district_secrets(district, edition.scenario.day, visited), *own]
    known: list[str] = []
    if output_class == "market_regulation":
        known = list(_names(edition, visited))
    elif output_class == "property":
        known = [edition.buildings[b].name for b in visited]
        secrets += [Secret("firm_name", f.name) for f in edition.firms.values()]
        secrets += [Secret("uscc", u) for u in edition.firms]
    else:
        secrets += [s for b in visited for s in _place(edition, b)]
    leaks = find_leaks(files, secrets, known)
    return [Violation("C26", leak.file, {"detail": f"{leak.secret.kind} {leak.secret.text[:40]}"}) for leak in leaks]


def is_handout(folder: Path) -> bool:
    """Whether a folder was made by `release`, and is no edition."""
    return (folder / MANIFEST).is_file() and "output_class" in read_manifest(folder)


def handout_breaches(folder: Path, scenario: Scenario) -> list[Violation]:
    """
    Breaches of C26 in a folder that was given out, as it is on disk.

    Raises
    ------
    InputError
        If the edition that it was made from is not beside it.
    """
    edition = read_edition(folder.parent / str(read_manifest(folder)["plan_id"]))
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    output_class = read_manifest(folder)["output_class"]
    return leaks_as_violations(files, edition, load_district(scenario), output_class)


def _names(edition: Edition, visited: Iterable[str]) -> Iterator[str]:
    for b in visited:
        yield from (edition.buildings[b].name, edition.buildings[b].address)
    yield from (f.name for f in edition.firms.values())
    yield from (base.name for base in edition.bases.values())


def _place(edition: Edition, building_id: str) -> Iterator[Secret]:
    building = edition.buildings[building_id]
    yield Secret("building_id", building_id)
    yield Secret("building_name", building.name)
    yield Secret("address", building.address)


def _chosen(classes: Sequence[str]) -> list[OutputClass]:
    known = [c for c in OUTPUT_CLASSES if c != "police"]
    if unknown := [c for c in classes if c not in known]:
        raise InputError(Issue("S831", f"--class {c}", {"known": ", ".join(known)}) for c in unknown)
    return [c for c in known if c in classes]


def _approval(folder: Path) -> Approval | None:
    approval = read_approval(folder)
    return approval if approval and holds(approval, (folder / PLAN).read_bytes()) else None
