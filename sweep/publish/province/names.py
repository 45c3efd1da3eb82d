"""Names of a province's files, and where a county's edition stands beside them."""

from __future__ import annotations

from sweep.records.province import CountyOutcome

PAGE, JSON, WORKBOOK = "province.html", "province.json", "province.xlsx"
COUNTIES = "counties"


def county_folder(county: CountyOutcome) -> str:
    """Where the edition of a county is, from the province's; the commands for one day take it as any other."""
    plan_id = county.plan.plan_id if county.plan else ""
    return f"{COUNTIES}/{county.county.county_id}/{plan_id}"
