"""report.html: the report on one plan for commanders."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from geodata.errors import grouped
from geodata.message_catalogue import Texts
from sweep.publish.charts.plan_charts import cluster_finds, finds_distribution, gantt, rate_intervals, share_bar
from sweep.publish.charts.route_map import WHOLE, route_map
from sweep.publish.edition import Edition
from sweep.publish.facts.edition_traffic_light import assess
from sweep.publish.facts.find_count_distribution import find_odds
from sweep.publish.facts.names_and_reasons import (
    breach_text,
    building_name,
    coverage_name,
    district_name,
    label,
    stop_name,
)
from sweep.publish.facts.plan_summary import PlanSummary, plan_summary, whole_coverage
from sweep.publish.facts.price_and_track_texts import late_text, missed_due, track_shares
from sweep.publish.facts.ranking_model_sentences import ranking_facts
from sweep.publish.facts.team_facts import TeamFacts, served_visits, team_facts, team_letters
from sweep.publish.page.render_pages import render_page, static_text
from sweep.publish.report.coverage_and_team_curve import coverage_rows, district_bars, keys, team_chart, team_curve
from sweep.publish.report.report_lists import (
    drawn_visits,
    pin_rows,
    reason_counts,
    reasons_and_retention,
    unserved_rows,
)
from sweep.publish.report.rule_compliance import rule_lines
from sweep.records.draw import commitment
from sweep.records.plan import Coverage
from sweep.records.ranking import Term

_SECTIONS = (
    ("uncertainty", "report.uncertainty"),
    ("asked", "report.asked"),
    ("notes", "report.notes"),
    ("pins", "pins.title"),
    ("reach", "reach.title"),
    ("timeline", "report.timeline"),
    ("costs", "cost.title"),
    ("coverage", "report.coverage"),
    ("clusters", "report.clusters"),
    ("unserved", "report.unserved"),
    ("draw", "report.draw"),
    ("spread", "report.spread"),
    ("rules", "report.rules"),
    ("quality", "report.quality"),
    ("source", "report.source"),
)


def report_page(edition: Edition, texts: Texts, plan_sha256: str) -> str:
    """Return the report as one HTML page, with the hash of the published plan.json; its only script sorts tables."""
    return render_page(
        "report/page.html.j2",
        texts,
        edition=edition,
        report=report_of(edition, texts, plan_sha256),
        share_bar=share_bar,
        label=label,
        script=static_text("page/sort.js"),
    )


def report_of(edition: Edition, texts: Texts, plan_sha256: str) -> dict[str, Any]:
    """Return the values for the report's template, by name; `plan_sha256`: hash of the published plan.json."""
    teams, served, summary = team_facts(edition), served_visits(edition), plan_summary(edition)
    settings, method = edition.scenario.plan, edition.plan.bound_method
    clusters = edition.clusters[:20]
    coverage_of_cluster = {c.scope_id: c for c in edition.coverage if c.scope == "cluster"}
    districts = [c for c in edition.coverage if c.scope == "district"]
    reached = {i: c.expected_finds_reached for i, c in coverage_of_cluster.items()}

    def district(code: str) -> str:
        return district_name(code, edition.division_names, texts)

    return {
        "plan_sha256": plan_sha256,
        "sections": _sections(edition),
        "summary": summary,
        "method": label(texts, f"bound_method.{method}", method),
        "data_on": data_date(edition, texts),
        "teams": teams,
        "map": route_map(edition, teams, texts("report.map"), WHOLE),
        "verdict": _verdict(edition, summary, texts),
        "assessment": assess(edition),
        "finds_chart": finds_distribution(find_odds(edition).shares, texts) if served else None,
        "simulation": _simulation_text(edition, texts),
        "gantt": gantt(teams, settings.shift_start_s, settings.shift_end_s, texts),
        "rates": rate_intervals(clusters, texts) if clusters else None,
        "cluster_finds": cluster_finds(clusters, reached, texts),
        "district_chart": district_bars(districts, district, texts),
        "team_chart": team_chart(team_curve(edition), whole_coverage(edition.coverage), texts),
        "reaches": coverage_rows(summary, edition.coverage, texts),
        "coverage": _coverage_by_scope(edition.coverage),
        "coverage_of_cluster": coverage_of_cluster,
        "cluster_teams": _cluster_teams(edition),
        "ranking_facts": ranking_facts(edition.facts, texts) if edition.facts else (),
        "unserved": unserved_rows(edition, texts),
        # Unserved visits by main reason: code, visits, expected finds forgone.
        "reasons": reason_counts(edition),
        "drawn": drawn_visits(edition),
        "tracks": track_shares(edition, texts),
        "commitment": commitment(edition.draw.seed),
        "rule_lines": rule_lines(edition, texts),
        # Ids of the rules on the plan's consistency, which have no line of their own.
        "structure": ", ".join(_structure_rules(texts)),
        "violations": [breach_text(edition, v, texts) for v in edition.violations],
        "papers": reasons_and_retention(edition, texts),
        "notes": grouped(edition.notes),
        "pins": pin_rows(edition, texts),
        "matches": [(_match_name(kind, texts), n) for kind, n in sorted(edition.matches.items()) if n],
        "name_of": lambda building_id: building_name(edition.buildings.get(building_id), building_id),
        "name_of_stop": lambda s: stop_name(s, texts),
        "district": district,
        "coverage_name": lambda coverage: coverage_name(edition, coverage, texts),
        "least_in_window": lambda team: _lowest_chance_of_window(edition, team),
        "reach_keys": lambda *measures: keys(texts, *measures),
        "main_terms": lambda building_id: _main_terms(edition, building_id),
    }


def _lowest_chance_of_window(edition: Edition, team: TeamFacts) -> float:
    simulated = edition.simulation
    return min((simulated.in_window[s.visit.visit_id] for s in team.stops), default=1.0) if simulated else 1.0


def _main_terms(edition: Edition, building_id: str) -> list[Term]:
    terms = edition.terms.get(building_id, ())
    return [t for t in sorted(terms, key=lambda t: (-abs(t.value), t.key)) if abs(t.value) >= 0.0005]


def data_date(edition: Edition, texts: Texts) -> str:
    """Return as text the day of the newest lead or past visit in the inputs, and its age in days on the plan's day."""
    if edition.facts is None or edition.facts.data_on is None:
        return texts("report.source.data_on_unknown")
    day = date.fromisoformat(edition.facts.data_on)
    return texts("report.source.data_on_text", day=texts.day(day), n=(edition.scenario.day - day).days)


def _verdict(edition: Edition, summary: PlanSummary, texts: Texts) -> str:
    if edition.violations:
        return texts("report.verdict.broken", n=len({v.rule_id for v in edition.violations}))
    off, gap = len(edition.scenario.rules.off), texts.percent(summary.gap, 1)
    return texts(
        "report.verdict.kept",
        rules=texts("report.verdict.off", n=off) if off else texts("report.verdict.all"),
        teams=summary.n_teams,
        buildings=summary.n_buildings,
        finds=texts.number(summary.value, 2),
        low=summary.finds_low,
        high=summary.finds_high,
        none=texts.percent(summary.no_find),
        gap=texts("report.verdict.rough", gap=gap) if edition.plan.is_bound_rough else gap,
        due=_due_sentence(edition, summary, texts),
    )


def _due_sentence(edition: Edition, summary: PlanSummary, texts: Texts) -> str:
    if not summary.n_due:
        return ""
    late = late_text(summary.n_due_late, texts)
    reached = texts("report.verdict.due", n=summary.n_due, reached=summary.n_due_reached, late=late)
    if missed := missed_due(edition, texts):
        reached += texts("report.verdict.due_missed", missed=texts("objective.and").join(missed))
    return reached


def _simulation_text(edition: Edition, texts: Texts) -> str:
    if edition.simulation is None:
        return ""
    low, _, high = edition.scenario.plan.entry_span
    return texts(
        "report.simulation",
        low=texts.number(low, 0),
        high=texts.number(high, 0),
        locked=texts.percent(edition.scenario.rank.no_access_share),
        value=texts.number(edition.simulation.value, 2),
        planned=texts.number(edition.plan.value, 2),
        least=texts.number(edition.simulation.value_low, 2),
    )


def _sections(edition: Edition) -> list[tuple[str, str]]:
    there = {
        "notes": bool(edition.notes),
        "pins": bool(edition.pins),
        "costs": bool(edition.costs),
        "spread": edition.concentration is not None,
    }
    return [(part, key) for part, key in _SECTIONS if there.get(part, True)]


def _coverage_by_scope(coverage: Sequence[Coverage]) -> list[tuple[str, list[Coverage]]]:
    # Order of the scopes; others follow.
    groups: dict[str, list[Coverage]] = {scope: [] for scope in ("all", "district", "cluster", "lead_type", "track")}
    for c in coverage:
        groups.setdefault(c.scope, []).append(c)
    return [(scope, rows) for scope, rows in groups.items() if rows and scope not in ("all", "cluster")]


def _match_name(kind: str, texts: Texts) -> str:
    """Return the readable name of a match method, given as `<table>.<method>`, such as `leads.point`."""
    table, _, how = kind.rpartition(".")
    what = label(texts, f"match.{how}", how)
    return f"{label(texts, f'input.{table}', table)} · {what}" if table else what


def _structure_rules(texts: Texts) -> list[str]:
    """Return the ids of the rules (P...) that no scenario can switch off, from keys of the catalogue."""
    ids = (key.split(".")[1] for key in texts.keys() if key.startswith("rule.P") and key.endswith(".title"))  # noqa: SIM118
    return sorted(ids)


def _cluster_teams(edition: Edition) -> dict[str, str]:
    letters = team_letters(edition)
    cluster_of = {b: c.cluster_id for c in edition.clusters for b in c.building_ids}
    result: dict[str, set[str]] = {c.cluster_id: set() for c in edition.clusters}
    for route in edition.plan.routes:
        for stop in route.made:
            if stop.building_id in cluster_of:
                result[cluster_of[stop.building_id]].add(letters[route.team_id])
    return {cluster_id: " ".join(sorted(of_cluster)) for cluster_id, of_cluster in result.items()}
