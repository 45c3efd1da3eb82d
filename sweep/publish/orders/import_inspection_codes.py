"""Import of inspection codes into an edition: checked against its filings, shown on its orders, and logged."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from geodata.atomic_writes import change
from geodata.clean.inspection_platform_tables import clean_codes
from geodata.clean.table_cleaner import Cleaned
from geodata.clock_times import ZONE
from geodata.errors import InputError, Issue
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.raw_table import RawTable
from geodata.read.read_table import read_table
from geodata.schema import CODES
from sweep.audit import query_edition_entries
from sweep.audit.actor import Actor
from sweep.audit.audit_log import log_of_edition
from sweep.audit.hash_chain import Json
from sweep.publish.archive.check_editions_against_log import approval_on_record_of, open_edition
from sweep.publish.archive.edition_hash import edition_sha256
from sweep.publish.archive.edition_json_file import FILE_NAME, MANIFEST, edition_folder, edition_json
from sweep.publish.archive.plans_before_changes import earlier_plan_ids
from sweep.publish.archive.verify_edition import manifest_texts, read_manifest, rewrite_files
from sweep.publish.edition import Edition
from sweep.publish.facts.platform_filings import filings_of
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.orders.order_page import order_page
from sweep.publish.page.escape import file_stem
from sweep.publish.page.render_pages import approved_page
from sweep.records.inspection_codes import FILING_AUTHORITIES, Filing, InspectionCode
from sweep.scenario.law_and_form_settings import Codes

_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class ImportedCodes:
    """Outcome of an import of inspection codes: `edition` with the codes, and `files` that were rewritten for it."""

    edition: Edition
    n_new: int
    """Filings that had no code or another one before."""
    n_without: int
    """Filings of the plan that still have no code."""
    files: tuple[Path, ...]


def import_codes(plan: Path, file: Path, actor: Actor) -> ImportedCodes:
    """
    Store in an edition the codes that the inspection platform issued, show them on the orders, and log the import.

    Parameters
    ----------
    plan
        Folder of the edition, or its plan.json.
    file
        The filing table (`sweep codes`) of this plan or of an earlier plan of the day, with a column of issued codes.
        Rows may lack a code.

    Raises
    ------
    InputError
        With all errors of the file, and those of `open_edition`; nothing is written then.
    """
    folder = edition_folder(plan)
    with change(folder.parent):
        edition, approval = open_edition(folder), approval_on_record_of(folder)
        raw = _read_codes(file, edition.scenario.codes)
        cleaned = clean_codes(raw)
        earlier = [folder.parent / i for i in earlier_plan_ids(folder, edition.log)]
        plans = {e.plan_id: e for e in (edition, *(open_edition(f) for f in earlier if (f / MANIFEST).is_file()))}
        rows = list(_rows(cleaned, file.name, edition, plans))
        issues = [*cleaned.issues, *(issue for row in rows for issue in _row_errors(row, edition))]
        given = {
            r.filing.filing_id: InspectionCode(r.code, r.filing, r.valid_until) for r in rows if r.filing and r.code
        }
        codes = {**edition.codes, **given}
        if not any(row.code for row in rows):
            issues.append(Issue("S436", file.name))
        issues += _contradictions(file.name, edition.scenario.codes.lead, codes)
        if issues:
            raise InputError(issues)
        fresh, texts = replace(edition, codes=codes), manifest_texts(read_manifest(folder))
        changed = {FILE_NAME: edition_json(fresh)}
        for old, new in zip(team_facts(edition), team_facts(fresh), strict=True):
            page = order_page(fresh, new, texts)
            # An order without a new code keeps the mark of an earlier approval.
            if page != order_page(edition, old, texts):
                name = f"teams/{file_stem(new.team.team_id)}.html"
                changed[name] = page if approval is None else approved_page(page, approval, texts)
        log = log_of_edition(folder)
        facts: dict[str, Json] = {"plan_id": edition.plan_id, "file_sha256": raw.sha256, "n": len(given)}
        files = rewrite_files(
            folder,
            changed,
            lambda made: actor.log(log, query_edition_entries.CODES, {**facts, "edition_sha256": edition_sha256(made)}),
        )
    n_new = sum(edition.codes.get(key) != code for key, code in codes.items())
    return ImportedCodes(fresh, n_new, sum(key not in codes for key in filings_of(fresh)), files)


def _read_codes(file: Path, settings: Codes) -> RawTable:
    headers = {column: header for column, header in settings.columns.items() if column in CODES.columns}
    names = {load_texts(lang)(f"agency.{a}"): a for lang in LANGUAGES for a in FILING_AUTHORITIES}
    return read_table(file, "codes", headers, ("task_code",), {"authority": names})


@dataclass(frozen=True, slots=True)
class _Row:
    where: str
    plan: Edition | None
    """Edition that the row names; None if it is no plan of the day."""
    plan_id: str
    visit_id: str
    authority: str
    uscc: str
    filing: Filing | None
    code: str | None
    valid_until: datetime | None


def _rows(cleaned: Cleaned, file: str, edition: Edition, plans: Mapping[str, Edition]) -> Iterator[_Row]:
    table = cleaned.table.astype(object).where(cleaned.table.notna(), None)
    for row, number in zip(table.to_dict("records"), cleaned.rows, strict=True):
        until, plan_id = row["valid_until"], str(row["plan_id"] or edition.plan_id)
        plan = plans.get(plan_id)
        yield _Row(
            f"{file} row {number}",
            plan,
            plan_id,
            str(row["visit_id"]),
            str(row["authority"]),
            str(row["uscc"]),
            filings_of(plan).get(str(row["filing_id"])) if plan else None,
            row["task_code"],
            until.to_pydatetime() if until is not None else None,
        )


def _row_errors(row: _Row, edition: Edition) -> Iterator[Issue]:
    if row.plan is None:
        yield Issue("S430", row.where, {"got": row.plan_id, "own": edition.plan_id})
        return
    if row.filing is None:
        of_visit = [f for f in filings_of(row.plan).values() if f.visit_id == row.visit_id]
        firms = tuple(sorted({f.uscc for f in of_visit}))
        if not of_visit:
            yield Issue("S431", row.where, {"visit": row.visit_id})
        elif row.uscc not in firms:
            yield Issue("S432", row.where, {"uscc": row.uscc, "visit": row.visit_id, "known": firms})
        else:
            known = tuple(f.authority for f in of_visit if f.uscc == row.uscc)
            yield Issue("S433", row.where, {"agency": row.authority, "agencies": known})
        return
    if row.code and (len(row.code) > _MOST_CHARACTERS or not row.code.isprintable() or re.search(r"\s", row.code)):
        yield Issue("S434", row.where, {"n": len(row.code), "most": _MOST_CHARACTERS})
    start = datetime.combine(edition.scenario.day, time(), ZONE) + timedelta(seconds=row.filing.start_s)
    if row.valid_until is not None and row.valid_until < start:
        until = row.valid_until.astimezone(ZONE)
        yield Issue("S435", row.where, {"until": f"{until:%Y-%m-%d %H:%M}", "start": f"{start:%Y-%m-%d %H:%M}"})


def _contradictions(file: str, lead: str, codes: Mapping[str, InspectionCode]) -> Iterator[Issue]:
    """
    Yield an error for each code of several firms or visits, and for each joint inspection for which `lead` has no code.

    `lead`: authority that leads joint inspections. `codes`: by filing id.
    """
    places: dict[str, set[tuple[str, str]]] = {}
    for known in codes.values():
        places.setdefault(known.code, set()).add((known.filed.visit_id, known.filed.uscc))
    for code, of in sorted(places.items()):
        if len(of) > 1:
            yield Issue("S437", file, {"code": code, "firms": tuple(f"{u} ({v})" for v, u in sorted(of))})
    for known in codes.values():
        filed = known.filed
        if filed.is_joint and f"{filed.visit_id}/{lead}/{filed.uscc}" not in codes:
            yield Issue("S438", file, {"visit": filed.visit_id, "uscc": filed.uscc, "agency": lead})
