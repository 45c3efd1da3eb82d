"""comparison.html and comparison.csv of two campaigns: their figures, promises, coverage and caps side by side."""

from geodata.texts import Texts
from sweep.disk.csv_text import csv_text
from sweep.publish.page.pages import render_page
from sweep.publish.studies.campaign_figures import Pair, campaign_figures, comparison_rows, tables
from sweep.publish.studies.differences import MINUS
from sweep.records.campaign import CampaignRecord

_COLUMNS = ("table", "group", "figure", "first", "second", "difference")


def comparison_files(
    first: CampaignRecord, second: CampaignRecord, texts: Texts, places: tuple[str, str] = ("", "")
) -> dict[str, str]:
    """comparison.html and comparison.csv, by name; `places` tell two of one name and day apart."""
    rows = list(comparison_rows(first, second, texts))
    page = comparison_page(first, second, texts, places)
    return {"comparison.html": page, "comparison.csv": csv_text(_COLUMNS, rows)}


def comparison_page(
    first: CampaignRecord, second: CampaignRecord, texts: Texts, places: tuple[str, str] = ("", "")
) -> str:
    """Two campaigns on one page; the first, A, is what the second, B, is held against."""

    def signed(value: float) -> str:
        return ("+" if value > 0 else MINUS) + texts.number(abs(value), 2)

    return render_page(
        "studies/campaign_compare.html.j2",
        texts,
        sides=(("A", first, places[0]), ("B", second, places[1])),
        figures={key: Pair(*values) for key, values in campaign_figures(first, second).items()},
        tables=tables(first, second, texts),
        signed=signed,
    )
