"""Names of a province's files, and where a county's edition stands beside them."""

from sweep.records.province import CountyOutcome

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
