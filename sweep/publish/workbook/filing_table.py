"""Filing table for the inspection platform: one row for each visit, authority and firm, as csv and xlsx."""

from collections.abc import Iterator

from geodata.message_catalogue import Texts
from sweep.disk.formula_safe_csv import csv_text
from sweep.publish.edition import Edition
from sweep.publish.facts.iso_and_release_times import iso_time
from sweep.publish.facts.names_and_reasons import building_name, firm_of, label
from sweep.publish.facts.platform_filings import all_filings, filing_state
from sweep.publish.workbook.sheet_rows import column_heading
from sweep.publish.workbook.write_xlsx import Column, WorkbookSheet, workbook
from sweep.records.inspection_codes import Filing
from sweep.records.visits import Visit
from sweep.scenario.law_and_form_settings import FILING_COLUMNS


def filing_files(edition: Edition, texts: Texts) -> dict[str, bytes | str]:
    """Return the filing table as `filing.csv` and `filing.xlsx`, with the headers that `[codes.columns]` sets."""
    own = edition.scenario.codes.columns
    columns = tuple(Column(own.get(n, column_heading(texts, n)), "wrap", 26.0) for n in FILING_COLUMNS)
    sheet = WorkbookSheet(texts("codes.sheet"), columns, tuple(filing_rows(edition, texts)))
    return {
        "filing.csv": filing_csv(edition, texts),
        "filing.xlsx": workbook([sheet], edition.scenario.day, f"{edition.scenario.name} {edition.plan_id}"),
    }


def filing_csv(edition: Edition, texts: Texts) -> str:
    """Return a CSV text of the inspections to file with the platform, each marked new, changed, kept or cancelled."""
    own = edition.scenario.codes.columns
    return csv_text([own.get(name, name) for name in FILING_COLUMNS], filing_rows(edition, texts))


def filing_rows(edition: Edition, texts: Texts) -> Iterator[list[object]]:
    """Yield the rows of the filing table, one cell for each of `FILING_COLUMNS`; cancelled filings come last."""
    lead = edition.scenario.codes.lead
    for filing in all_filings(edition):
        visit, known = edition.visits.get(filing.visit_id), edition.codes.get(filing.filing_id)
        building = edition.buildings.get(visit.building_id) if visit else None
        row = {
            "plan_id": edition.plan_id,
            "visit_id": filing.visit_id,
            "authority": label(texts, f"agency.{filing.authority}", filing.authority),
            "uscc": filing.uscc,
            "firm_name": firm_of(edition, filing.uscc).name,
            "address": " ".join(filter(None, (building.address, building_name(building, "")))) if building else "",
            "inspection_item": texts.listed(_listed_items(edition, visit, filing, texts)),
            "legal_basis": legal_basis(edition, visit) if visit else "",
            "track": label(texts, f"track.{visit.track}", visit.track) if visit else "",
            "officers": " ".join(filing.officers),
            "start_at": iso_time(edition, filing.start_s),
            "end_at": iso_time(edition, filing.end_s),
            "lead_department": texts(f"agency.{lead if filing.is_joint else filing.authority}"),
            "filing_state": texts(f"codes.state.{filing_state(edition, filing)}"),
            "task_code": known.code if known else "",
            "repeat_reason": edition.scenario.codes.repeat_reasons.get(filing.uscc, ""),
            "valid_until": known.valid_until.isoformat() if known and known.valid_until else "",
        }
        yield [row[name] for name in FILING_COLUMNS]


def _listed_items(edition: Edition, visit: Visit | None, filing: Filing, texts: Texts) -> list[str]:
    form = edition.scenario.form
    listed = getattr(form, filing.authority)
    asked = visit.items if visit else ()
    return [form.published.get(item) or texts(f"item.{item}") for item in asked if item in listed]


def legal_basis(edition: Edition, visit: Visit) -> str:
    """
    Return the legal basis of a visit as stated to the inspection platform, without leads and the seed of the draw.

    It has the numbers of the inspection certificate and of the approved list; for a drawn visit, the hash of the list
    of buildings from which it was drawn.
    """
    numbers = [s.number for s in edition.scenario.law.special if s.number in visit.basis]
    drawn = [edition.draw.pool_sha256] if visit.track == "routine" else []
    return " ".join(filter(None, (visit.warrant, *numbers, *drawn)))
