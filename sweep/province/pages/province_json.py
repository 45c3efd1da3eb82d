"""Serialiser of province.json, and the paths of a province's files and its counties' editions."""

import hashlib
import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular
from sweep.disk.plain_json import to_json_values
from sweep.province.pages.province_numbers import city_figures, province_figures
from sweep.province.records import CountyOutcome, ProvinceEdition

VERSION = 1
_ADAPTER = TypeAdapter(ProvinceEdition)


def province_json(edition: ProvinceEdition) -> str:
    """Return an edition with its totals as JSON; equal editions give equal bytes."""
    content = {
        "version": VERSION,
        "totals": to_json_values(province_figures(edition)),
        "cities": to_json_values(city_figures(edition)),
        "province": to_json_values(edition),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read_province_edition(folder: Path) -> ProvinceEdition:
    """Read a published edition of a province; S969 if the folder has none or it is malformed."""
    try:
        content = json.loads(read_regular(folder / JSON))
        # The lookup fails for another version.
        return _ADAPTER.validate_python({VERSION: content["province"]}[content["version"]])
    except (OSError, ValueError, KeyError, TypeError, ValidationError, RecursionError) as error:
        raise InputError([Issue("S969", str(folder))]) from error


def edition_id(edition: ProvinceEdition) -> str:
    """Return the id of an edition: twelve hexadecimal digits of the hash of its content."""
    return hashlib.sha256(province_json(edition).encode()).hexdigest()[:12]


PAGE, JSON, WORKBOOK = "province.html", "province.json", "province.xlsx"
COUNTIES = "counties"
CAMPAIGN = "campaign"
"""Folder of a campaign's window inside the county's folder."""


def county_folder(county: CountyOutcome) -> str:
    """Return the path of a county's edition or window, relative to the province's edition."""
    plan_id = county.plan.plan_id if county.plan else ""
    return f"{COUNTIES}/{county.county.county_id}/{plan_id}".rstrip("/")


def county_editions(county: CountyOutcome) -> dict[str, str]:
    """
    Return the hash of each edition of a county by its folder inside the province's edition, for the manifest.

    A window has an edition for each published day. The result is empty for a county without a plan.
    """
    plan, folder = county.plan, county_folder(county)
    if plan is None:
        return {}
    if plan.window is None:
        return {folder: plan.edition_sha256}
    return {f"{folder}/{day.plan_id}": day.edition_sha256 for day in plan.window.out}


def county_page(county: CountyOutcome) -> str:
    """Return the path, in the province's edition, of a county's first page: of its window, report or violations."""
    plan, folder = county.plan, county_folder(county)
    if plan is not None and plan.window is not None:
        return f"{folder}/{CAMPAIGN}/campaign.html"
    return f"{folder}/{report_or_breaches(plan.n_violations if plan else 0)}"


def report_or_breaches(n_violations: int) -> str:
    """Return the name of an edition's first page to read: its report, or violations if there are any."""
    return "violations.csv" if n_violations else "report.html"
