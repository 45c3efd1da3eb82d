"""province.json, the names of a province's files, and where a county's edition lies."""

import hashlib
import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular
from sweep.disk.plain_json import plain
from sweep.province.pages.province_figures import city_figures, province_figures
from sweep.province.records import CountyOutcome, ProvinceEdition

VERSION = 1
_ADAPTER = TypeAdapter(ProvinceEdition)


def province_json(edition: ProvinceEdition) -> str:
    """The edition with its totals; the same edition gives the same bytes."""
    content = {
        "version": VERSION,
        "totals": plain(province_figures(edition)),
        "cities": plain(city_figures(edition)),
        "province": plain(edition),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read_province_edition(folder: Path) -> ProvinceEdition:
    """What was published in a folder; S969 if no edition of a province is there that can be read."""
    try:
        content = json.loads(read_regular(folder / JSON))
        # One of another version is not found under its number.
        return _ADAPTER.validate_python({VERSION: content["province"]}[content["version"]])
    except (OSError, ValueError, KeyError, TypeError, ValidationError, RecursionError) as error:
        raise InputError([Issue("S969", str(folder))]) from error


def edition_id(edition: ProvinceEdition) -> str:
    """Twelve hexadecimal signs that follow from all that is published."""
    return hashlib.sha256(province_json(edition).encode()).hexdigest()[:12]


PAGE, JSON, WORKBOOK = "province.html", "province.json", "province.xlsx"
COUNTIES = "counties"
CAMPAIGN = "campaign"
"""The window that a county's editions are of, in the county's folder."""


def county_folder(county: CountyOutcome) -> str:
    """Where the edition of a county is, from the province's, or the editions of its window, each in a folder of its."""
    plan_id = county.plan.plan_id if county.plan else ""
    return f"{COUNTIES}/{county.county.county_id}/{plan_id}".rstrip("/")


def county_editions(county: CountyOutcome) -> dict[str, str]:
    """The hash of each edition by its folder, from the province's; the commands for one day take it as any other."""
    plan, folder = county.plan, county_folder(county)
    if plan is None:
        return {}
    if plan.window is None:
        return {folder: plan.edition_sha256}
    return {f"{folder}/{day.plan_id}": day.edition_sha256 for day in plan.window.out}


def county_page(county: CountyOutcome) -> str:
    """The page of a county that has a plan, from the province's: its window, its report, or what rules it breaks."""
    plan, folder = county.plan, county_folder(county)
    if plan is not None and plan.window is not None:
        return f"{folder}/{CAMPAIGN}/campaign.html"
    return f"{folder}/{report_or_breaches(plan.n_violations if plan else 0)}"


def report_or_breaches(n_violations: int) -> str:
    """The first file of an edition to be read."""
    return "violations.csv" if n_violations else "report.html"
