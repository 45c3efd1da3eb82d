"""Check that a handout discloses no secret to its readers, and that no visit is at an investigated place (C26)."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from geodata.message_catalogue import load_texts
from geodata.regular_file import read_regular
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.inputs.police_only_data import texts_to_withhold, under_investigation
from sweep.publish.archive.check_editions_against_log import handout_changes, open_edition
from sweep.publish.archive.edition_json_file import MANIFEST
from sweep.publish.archive.verify_edition import read_manifest
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import routed_visits
from sweep.publish.handouts.find_secrets import find_leaks, find_numbers
from sweep.publish.handouts.public_counts import public_districts
from sweep.publish.handouts.redaction import OutputClass
from sweep.records.plan import Violation
from sweep.records.withheld_texts import WithheldText
from sweep.scenario.scenario import Scenario


def compromised(edition: Edition, inputs: Inputs) -> Iterator[Violation]:
    """Yield a violation (C26) for each visit of an edition to a place that is now under investigation in `inputs`."""
    places = under_investigation(inputs, edition.scenario.day)
    for visit in routed_visits(edition):
        if visit.track == "investigation" or visit.building_id in places:
            yield Violation("C26", visit.visit_id, {"detail": visit.building_id})


def leaks_as_violations(
    files: Mapping[str, bytes], edition: Edition, inputs: Inputs, output_class: OutputClass
) -> list[Violation]:
    """
    Return a violation (C26) for each secret that a handout would disclose to this class of readers.

    `files`: content of each file by name; `inputs`: the scenario's inputs, from which the secrets are taken.
    """
    visits = routed_visits(edition)
    visited = {v.building_id for v in visits}
    # The basis of an urgent visit without leads is its own id, and list numbers are published with the list.
    open_ids = {v.visit_id for v in visits} | {s.number for s in edition.scenario.law.special}
    own = [WithheldText("lead_id", b) for v in visits if v.track == "case" for b in v.basis if b not in open_ids]
    secrets = [*texts_to_withhold(inputs, edition.scenario.day, visited), *own]
    known: list[str] = []
    if output_class == "market_regulation":
        known = list(_names(edition, visited))
    elif output_class == "property":
        known = [edition.buildings[b].name for b in visited]
        secrets += [WithheldText("firm_name", f.name) for f in edition.firms.values()]
        secrets += [WithheldText("uscc", u) for u in edition.firms]
    else:
        known = list(public_districts(edition, load_texts(edition.scenario.lang)).values())
        for building in (edition.buildings[b] for b in visited):
            secrets += [WithheldText("building_id", building.building_id), WithheldText("building_name", building.name)]
            secrets.append(WithheldText("address", building.address))
    leaks = [*find_leaks(files, secrets, known), *find_numbers(files, _numbers_known(edition, inputs))]
    return [Violation("C26", leak.file, {"detail": f"{leak.secret.kind} {leak.secret.text[:40]}"}) for leak in leaks]


def is_handout(folder: Path) -> bool:
    """Whether a folder is a handout made by `sweep release`, and not an edition."""
    return (folder / MANIFEST).is_file() and "output_class" in read_manifest(folder)


def handout_breaches(folder: Path, scenario: Scenario) -> list[Violation]:
    """
    Return the violations in a handout's folder: secrets disclosed (C26), and changes since it was written (C29).

    Raises
    ------
    InputError
        If the edition of the handout is missing next to it.
    """
    edition = open_edition(folder.parent / str(read_manifest(folder)["plan_id"]))
    files = {p.relative_to(folder).as_posix(): read_regular(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    output_class = read_manifest(folder)["output_class"]
    return [*leaks_as_violations(files, edition, load_inputs(scenario), output_class), *handout_changes(folder)]


def _numbers_known(edition: Edition, inputs: Inputs) -> frozenset[str]:
    """Return the long numbers that are no leak: ids, and cells of columns in `keep_personal`."""
    ids = {edition.plan_id, *edition.buildings, *edition.firms, *edition.persons, *edition.visits, *edition.bases}
    allowed = [
        frame[column].dropna().astype(str)
        for table, columns in edition.scenario.data.keep_personal.items()
        if isinstance(frame := getattr(inputs, table, None), pd.DataFrame)
        for column in columns
        if column in frame
    ]
    return frozenset(ids.union(*allowed))


def _names(edition: Edition, visited: Iterable[str]) -> Iterator[str]:
    for b in visited:
        yield from (edition.buildings[b].name, edition.buildings[b].address)
    yield from (f.name for f in edition.firms.values())
    yield from (base.name for base in edition.bases.values())
