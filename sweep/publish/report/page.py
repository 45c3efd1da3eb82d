"""report.html: what a commander reads about one plan."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from geodata.texts import Texts
from sweep.publish.archive.plan_json import plan_json
from sweep.publish.charts.finds_charts import finds_distribution
from sweep.publish.charts.plan_charts import cluster_finds, gantt, rate_intervals, share_bar
from sweep.publish.edition import Edition
from sweep.publish.facts.drawn import commitment, drawn_visits
from sweep.publish.facts.ranking_facts import ranking_facts
from sweep.publish.facts.served import chance_of_no_find, served_visits
from sweep.publish.facts.summary import plan_summary
from sweep.publish.facts.teams import team_facts, team_letters
from sweep.publish.facts.wording import building_name, coverage_name, district_name, label
from sweep.publish.page.pages import render_page, static_text
from sweep.publish.report.papers import plan_papers
from sweep.publish.report.reach import district_bars, keys, reaches, team_chart
from sweep.publish.report.rule_facts import rule_lines
from sweep.publish.report.team_curve import team_curve
from sweep.publish.report.unserved import reason_counts, unserved_rows
from sweep.publish.tables.violations import violation_texts
from sweep.records.plan import Coverage
from sweep.records.ranking import Term

# In this order; a scope that is not here comes after.
_SCOPES = ("all", "district", "cluster", "lead_type", "track")

_SECTIONS = (
    ("uncertainty", "report.uncertainty"),
    ("asked", "report.asked"),
    ("notes", "report.notes"),
    ("reach", "reach.title"),
    ("timeline", "report.timeline"),
    ("coverage", "report.coverage"),
    ("clusters", "report.clusters"),
    ("unserved", "report.unserved"),
    ("draw", "report.draw"),
    ("spread", "report.spread"),
    ("rules", "report.rules"),
    ("quality", "report.quality"),
    ("source", "report.source"),
)


def report_page(edition: Edition, texts: Texts) -> str:
    """
    The report as one HTML page; its only script sorts tables.

    Parameters
    ----------
    edition
        The plan and all that is told about it.
    texts
        The language of the page.
    """
    teams = team_facts(edition)
    points = team_curve(edition)
    served = served_visits(edition)
    summary = plan_summary(edition)
    settings = edition.scenario.plan
    return render_page(
        "report/page.html.j2",
        texts,
        edition=edition,
        summary=summary,
        teams=teams,
        served=served,
        no_find=chance_of_no_find(served),
        finds_chart=finds_distribution([v.value for v in served], texts) if served else None,
        gantt=gantt(teams, settings.shift_start_s, settings.shift_end_s, texts),
        rates=rate_intervals(edition.clusters[:20], texts) if edition.clusters else None,
        cluster_finds=cluster_finds(
            edition.clusters[:20],
            {c.scope_id: c.expected_finds_reached for c in edition.coverage if c.scope == "cluster"},
            texts,
        ),
        coverage=[
            (scope, rows) for scope, rows in coverage_by_scope(edition.coverage) if scope not in ("all", "cluster")
        ],
        coverage_of_cluster={c.scope_id: c for c in edition.coverage if c.scope == "cluster"},
        coverage_name=lambda c: coverage_name(edition, c, texts),
        share_bar=share_bar,
        unserved=unserved_rows(edition, texts),
        reasons=reason_counts(edition),
        rule_lines=rule_lines(edition, texts),
        structure=", ".join(i for i, _ in rule_titles(texts) if i.startswith("P")),
        ranking_facts=ranking_facts(edition.facts, texts) if edition.facts else (),
        violations=violation_texts(edition, texts),
        drawn=drawn_visits(edition),
        commitment=commitment(edition),
        papers=plan_papers(edition, texts),
        reaches=reaches(summary, edition.coverage, texts),
        reach_keys=lambda *measures: keys(texts, *measures),
        district_chart=district_bars(
            [c for c in edition.coverage if c.scope == "district"],
            lambda code: district_name(code, edition.division_names, texts),
            texts,
        ),
        team_chart=team_chart(points, summary, texts),
        sections=_sections(edition),
        plan_sha256=hashlib.sha256(plan_json(edition, texts).encode("utf-8")).hexdigest(),
        data_on=data_date(edition, texts),
        script=static_text("page/sort.js"),
        cluster_teams=_cluster_teams(edition),
        method=label(texts, f"bound_method.{edition.plan.bound_method}", edition.plan.bound_method),
        name_of=lambda building_id: building_name(edition.buildings.get(building_id), building_id),
        matches=[(match_name(kind, texts), n) for kind, n in sorted(edition.matches.items()) if n],
        main_terms=lambda building_id: main_terms(edition.terms.get(building_id, ())),
        district=lambda code: district_name(code, edition.division_names, texts),
        label=label,
    )


def _sections(edition: Edition) -> list[tuple[str, str]]:
    """Id and heading's key of the parts of the page, in order."""
    there = {"notes": bool(edition.notes), "spread": edition.concentration is not None}
    return [(part, key) for part, key in _SECTIONS if there.get(part, True)]


def data_date(edition: Edition, texts: Texts) -> str:
    """The day of the newest lead or visit that was read, and how long before the sweep that is."""
    if edition.facts is None or edition.facts.data_on is None:
        return texts("report.source.data_on_unknown")
    day = date.fromisoformat(edition.facts.data_on)
    return texts("report.source.data_on_text", day=texts.day(day), n=(edition.scenario.day - day).days)


def coverage_by_scope(coverage: Sequence[Coverage]) -> list[tuple[str, list[Coverage]]]:
    """The coverage records under their scopes, in the order of the report."""
    groups: dict[str, list[Coverage]] = {scope: [] for scope in _SCOPES}
    for c in coverage:
        groups.setdefault(c.scope, []).append(c)
    return [(scope, rows) for scope, rows in groups.items() if rows]


def main_terms(terms: Sequence[Term]) -> list[Term]:
    """The terms that show at three decimals, largest first."""
    return [t for t in sorted(terms, key=lambda t: (-abs(t.value), t.key)) if abs(t.value) >= 0.0005]


def match_name(kind: str, texts: Texts) -> str:
    """The words for `<table>.<how>`, as in `leads.point`."""
    table, _, how = kind.rpartition(".")
    what = label(texts, f"match.{how}", how)
    return f"{label(texts, f'input.{table}', table)} · {what}" if table else what


def rule_titles(texts: Texts) -> list[tuple[str, str]]:
    """Id and title of every rule that the catalogue knows; held unless the list of violations says otherwise."""
    known = texts.keys()
    keys = sorted(k for k in known if k.startswith("rule.") and k.endswith(".title"))
    return [(key.split(".")[1], texts(key)) for key in keys]


def _cluster_teams(edition: Edition) -> dict[str, str]:
    """Letters of the teams that go to each cluster, by cluster id."""
    letters = team_letters(edition)
    cluster_of = {b: c.cluster_id for c in edition.clusters for b in c.building_ids}
    result: dict[str, set[str]] = {c.cluster_id: set() for c in edition.clusters}
    for route in edition.plan.routes:
        for stop in route.stops:
            if stop.building_id in cluster_of:
                result[cluster_of[stop.building_id]].add(letters[route.team_id])
    return {cluster_id: " ".join(sorted(found)) for cluster_id, found in result.items()}
