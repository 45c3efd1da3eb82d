"""The JSON files of an edition, a campaign and a province, each with what judges an edited one."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from geodata.errors import InputError
from geodata.message_catalogue import load_texts
from sweep.audit.audit_log import log_of_edition
from sweep.campaign.records import CampaignRecord
from sweep.campaign.window.check_campaign_against_log import campaign_breaches, read_record
from sweep.jobs.verification.check_proof import check_bound_of_plan
from sweep.plan.problem.problem_file import read_problem
from sweep.plan.problem.problem_schema import problem_schema
from sweep.province.pages.province_json import read_province_edition
from sweep.province.pages.write_province_edition import province_facts, write_province
from sweep.province.records import ProvinceEdition
from sweep.province.run.altered_edition_files import province_breaches
from sweep.publish.archive.check_editions_against_log import edition_breaches, open_edition
from sweep.publish.archive.edition_json_file import parse_edition
from sweep.publish.archive.plan_schema import plan_schema
from sweep.records.bound_proof import proof_schema, read_proof
from tests.edited.json_edits import edits_of, respelled
from tests.province.pages.small_province import small_province
from tests.tampering.place import listed_again

# A proof is gone through and not believed: with another value of a key it may still show the bound.
STILL_A_PROOF = "plan.proof.json alone"

type Json = Any
type Sweep = Callable[..., Any]


@dataclass(frozen=True)
class JudgedFile:
    """A file, and whether the program takes an edited one."""

    path: Path
    schema: Json | None
    is_taken: Callable[[], bool]
    """Whether the file that lies there now is taken as sound."""
    name: str = ""
    """What it is called in a tally; empty: its file name."""
    reads: Callable[[str], object] | None = None
    """Reads a text of its kind; for files that are bound byte for byte, whose copies in other words are refused."""


@dataclass
class Tally:
    """What was found of one file."""

    found: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Wrong values that were refused, by key."""
    passed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Those that were taken, by key."""
    refused: list[str] = field(default_factory=list)
    """Copies in other words that were refused."""

    @property
    def unseen(self) -> list[str]:
        """Keys of which no wrong value was refused."""
        return sorted(set(self.passed) - set(self.found))


def tally_of(file: JudgedFile, each: int = 1) -> Tally:
    """
    Edit a file in every way, or in one of so many.

    Parameters
    ----------
    each
        Of so many keys one is edited.
    """
    sound, tally = file.path.read_bytes(), Tally()
    document = json.loads(sound)
    assert file.is_taken(), file.path
    keys = list(dict.fromkeys(edit.key for edit in edits_of(document, file.schema)))
    chosen = set(keys[::each])
    try:
        for edit in edits_of(document, file.schema):
            if edit.key in chosen and not (each > 1 and tally.found.get(edit.key)):
                file.path.write_text(json.dumps(edit.document, ensure_ascii=False), encoding="utf-8")
                if file.is_taken():
                    tally.passed[edit.key].append(edit.value)
                else:
                    tally.found[edit.key] += 1
        for n, text in enumerate(respelled(document)):
            file.path.write_text(text, encoding="utf-8")
            if file.reads is None and not file.is_taken():
                tally.refused.append(f"{file.path.name} {n}")
            elif file.reads is not None:
                assert not file.is_taken(), f"{file.path.name} is bound byte for byte"
                file.reads(text)
    finally:
        file.path.write_bytes(sound)
    return tally


def _taken(judge: Callable[[], object]) -> Callable[[], bool]:
    """Whether a judge finds nothing: neither breaches nor a faulty input."""

    def is_taken() -> bool:
        try:
            return not judge()
        except InputError:
            return False

    return is_taken


def files_of_edition(scenario: Path, edition: Path, place: Path, sweep: Sweep) -> Iterator[JudgedFile]:
    """
    The files of an edition with its log.

    Parameters
    ----------
    place
        An empty folder, for a problem that is judged alone.
    """

    def is_checked() -> bool:
        code = sweep("check", scenario, edition).exit_code
        assert code in (0, 2, 3), code
        return bool(code == 0)

    yield JudgedFile(edition / "plan.json", plan_schema(), is_checked)
    yield JudgedFile(edition / "manifest.json", None, _taken(lambda: list(edition_breaches(edition))))

    def door() -> list[str]:
        manifest = (edition / "manifest.json").read_bytes()
        try:
            # As an attacker would, who wants the copy to pass for the edition that was published.
            listed_again(edition, "edition.json")
            open_edition(edition)
        finally:
            (edition / "manifest.json").write_bytes(manifest)
        return []

    yield JudgedFile(edition / "edition.json", None, _taken(door), reads=parse_edition)
    bound = _taken(lambda: list(edition_breaches(edition)))
    yield JudgedFile(edition / "problem.json", problem_schema(), bound, reads=read_problem)
    yield JudgedFile(edition / "plan.proof.json", proof_schema(), bound, reads=lambda text: read_proof(text.encode()))
    for name in ("problem.json", "plan.json", "plan.proof.json"):
        shutil.copyfile(edition / name, place / name)
    alone = _taken(lambda: _unshown(place))
    yield JudgedFile(place / "problem.json", problem_schema(), alone, "problem.json alone")
    yield JudgedFile(place / "plan.proof.json", proof_schema(), alone, STILL_A_PROOF)


def _unshown(place: Path) -> bool:
    shown = check_bound_of_plan(place / "problem.json", place / "plan.json")
    return shown.status != "confirmed" or bool(shown.violations)


def file_of_campaign(place: Path) -> JudgedFile:
    """The record of a planned campaign with its log."""

    def judge() -> list[Any]:
        read_record(place)
        return list(campaign_breaches(place))

    return JudgedFile(place / "campaign.json", CampaignRecord.model_json_schema(), _taken(judge))


def file_of_province(out: Path) -> JudgedFile:
    """An edition of a province, made by hand, and entered in its log."""
    edition = small_province(4)
    places = {c.county.county_id: out / "places" / c.county.county_id for c in edition.planned}
    for place in places.values():
        place.mkdir(parents=True)
        (place / "report.html").write_text("", encoding="utf-8")

    def enter(folder: Path) -> None:
        log = log_of_edition(out / edition.name / folder.name)
        log.append("2026-09-15T08:00:00+08:00", "P000", "run", province_facts(edition, folder))

    folder = write_province(edition, places, out, load_texts("en"), enter)
    own = [v for v in province_breaches(folder) if v.where.startswith("counties/")]

    def judge() -> list[Any]:
        return [v for v in province_breaches(folder) if v not in own]

    schema = TypeAdapter(ProvinceEdition).json_schema()
    whole = {
        "properties": {"province": {"$ref": "#/$defs/Whole"}},
        "$defs": {**schema.pop("$defs", {}), "Whole": schema},
    }

    def reads(text: str) -> object:
        (out / "province.json").write_text(text, encoding="utf-8")
        return read_province_edition(out)

    return JudgedFile(folder / "province.json", whole, _taken(judge), reads=reads)
