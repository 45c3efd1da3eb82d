"""report.html: what a commander reads about one plan."""

from __future__ import annotations

from geodata.texts import Texts
from sweep.publish.charts.plan_charts import share_bar
from sweep.publish.edition import Edition
from sweep.publish.facts.wording import label
from sweep.publish.page.pages import render_page, static_text
from sweep.publish.report.report import report_of


def report_page(edition: Edition, texts: Texts, plan_sha256: str) -> str:
    """
    The report as one HTML page; its only script sorts tables.

    Parameters
    ----------
    edition
        The plan and all that is said about it.
    plan_sha256
        SHA-256 of plan.json as it is published.
    """
    return render_page(
        "report/page.html.j2",
        texts,
        edition=edition,
        report=report_of(edition, texts, plan_sha256),
        share_bar=share_bar,
        label=label,
        script=static_text("page/sort.js"),
    )
