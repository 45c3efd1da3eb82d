"""An edition of a province judged again from the counties' own files: each county by its rules, then all together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.check.province.counties import check_province
from sweep.pipeline.edition_breaches import edition_breaches
from sweep.pipeline.province.curve import read_county
from sweep.pipeline.province.reinforced import MOBILE_ID, Task, reinforced
from sweep.pipeline.stages.check import check
from sweep.province.province import Province
from sweep.publish.archive.edition_json import MANIFEST
from sweep.publish.archive.manifest import parse_manifest
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.archive.plan_reading import read_plan_json
from sweep.publish.province.content import read_province_edition
from sweep.publish.province.names import county_folder
from sweep.records.plan import Plan, Violation
from sweep.records.province import CountyOutcome, ProvinceEdition
from sweep.scenario.file import load_scenario


def judge_province(province: Province, folder: Path, watch: Callable[[int, int, str], None]) -> list[Violation]:
    """
    Every breach of a county's rules, of those between counties, and of the manifest.

    Parameters
    ----------
    folder
        An edition of the province.
    watch
        Called with the counties judged, all of them, and the one at hand.

    Raises
    ------
    InputError
        S969 if no edition is there, S305 a plan is missing, or if the files of a county cannot be used.
    """
    edition = read_province_edition(folder)
    violations = list(_changed(folder))
    plans: dict[str, Plan] = {}
    for n, county in enumerate(edition.planned):
        watch(n, len(edition.planned), county.county.county_id)
        own = folder / county_folder(county)
        plan = _plan(own / PLAN)
        plans[county.county.county_id] = plan
        found = [*_judged(province, edition, county, plan), *edition_breaches(own)]
        violations += [replace(v, where=f"{county.county.county_id}: {v.where}") for v in found]
    set_ = province.settings.mobile
    return [*violations, *check_province(province.links, set_.teams, province.mobile, MOBILE_ID, plans)]


def _judged(province: Province, edition: ProvinceEdition, outcome: CountyOutcome, plan: Plan) -> tuple[Violation, ...]:
    county_id = outcome.county.county_id
    n_mobile = edition.allocation.n_mobile[county_id]
    at = {link.link_id: s.building_id for link in edition.links for s in link.sites if s.county_id == county_id}
    windows = {at[s.link_id]: s.window_s for s in edition.starts if s.link_id in at and s.window_s}
    on_offer = outcome.curve.windows_s if outcome.curve else {}
    never = tuple(b for b in sorted(set(at.values()) - set(windows)) if b in on_offer)
    scenario = load_scenario(province.place(outcome.county), province.settings.overrides)
    task = Task(province.mobile, n_mobile, windows, never)
    n_teams = len(plan.teams) // (1 + (scenario.teams.mode == "squads"))
    prepared, _ = reinforced(read_county(scenario), task, n_teams, plan.members_max)
    return check(prepared, plan).violations


def _plan(file: Path) -> Plan:
    try:
        return read_plan_json(file.read_text(encoding="utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Issue("S305", str(file))]) from error


def _changed(folder: Path) -> Iterator[Violation]:
    """Files that are not what the manifest of the province says (C29)."""
    manifest = parse_manifest((folder / MANIFEST).read_bytes()) if (folder / MANIFEST).is_file() else None
    if manifest is None:
        yield Violation("C29", MANIFEST, {"detail": "-"})
        return
    for name, listed in manifest["outputs"].items():
        file = folder / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != listed["sha256"]:
            yield Violation("C29", name, {"detail": "sha256"})
