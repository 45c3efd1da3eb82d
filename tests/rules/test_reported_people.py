"""The report has a line for each rule of people and tracks: how it was kept, in figures, and what broke it."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import names_by_id
from sweep.publish.report.report import report_page
from sweep.records.plan import Violation
from tests.publish.small_edition import PLAN_SHA256, small_edition

# Track of V1 and V2, the visits served, and the figures of the line. Each of the three teams holds two police, two
# inspectors (one of them a woman) and an auxiliary; V3, the drawn visit, is not made, and one officer was passed over.
CASES: dict[str, tuple[tuple[str, str], dict[str, object]]] = {
    "C01": (("case", "case"), {"n_teams": 3, "n_officers": 12}),
    "C02": (("case", "case"), {"n_officers": 12, "day": "2026-09-16"}),
    "C03": (("case", "case"), {"n_helpers": 3}),
    "C04": (("case", "stocktake"), {"n_stocktake": 1}),
    "C05": (
        ("case", "routine"),
        {"n_visits": 2, "n_case": 1, "n_special": 0, "n_routine": 1, "n_stocktake": 0},
    ),
    "C07": (("special", "case"), {"n_special": 1}),
    "C08": (("special", "case"), {"share": 20}),
    "C09": (("routine", "case"), {"n_routine": 1, "seed": "seed-1"}),
    # P1 of either active team has declared two.
    "C10": (("case", "case"), {"n_recusals": 4, "n_redrawn": 1}),
    "C12": (("case", "case"), {}),
    "C19": (("case", "case"), {"n_women": 3}),
    # T2 is out longest, from 48,900 s to 51,420 s: 0.7 h; T/1 alone has a break.
    "C20": (("case", "case"), {"hours": 0.7, "n_breaks": 1}),
    # V1 asks two items, V2 the second of them and a third.
    "C34": (("case", "case"), {"n_targets": 4}),
    "C32": (("case", "case"), {"n_items": 3}),
}


def edition_of(tracks: tuple[str, str]) -> Edition:
    edition = small_edition()
    items = (("licence_displayed", "phones_seen"), ("phones_seen", "pcs_seen"))
    of_visit = {
        v: replace(edition.visits[v], track=t, items=i) for v, t, i in zip(("V1", "V2"), tracks, items, strict=True)
    }
    keeps_off = {i: replace(edition.persons[i], recusals=frozenset({"B8", "B9"})) for i in ("T/1P1", "T2P1")}
    first, *others = edition.plan.routes
    routes = (replace(first, break_s=(50_000, 51_000)), *others)
    return replace(
        edition,
        visits={**edition.visits, **of_visit},
        persons={**edition.persons, **keeps_off},
        plan=replace(edition.plan, routes=routes),
    )


def line_of(page: str, rule_id: str) -> tuple[str, str]:
    """State of a rule, and the text of its row, of which there is one."""
    rows = re.findall(rf'<tr data-rule="{rule_id}" data-state="(\w+)">(.*?)</tr>', page)
    assert len(rows) == 1
    state, cells = rows[0]
    return state, html.unescape(re.sub(r"<[^>]+>", " ", cells))


@pytest.mark.parametrize("rule_id", CASES)
def test_the_report_says_how_the_rule_was_kept(rule_id: str) -> None:
    tracks, figures = CASES[rule_id]
    for texts in map(load_texts, LANGUAGES):
        state, line = line_of(report_page(edition_of(tracks), texts, PLAN_SHA256), rule_id)
        assert state == "kept"
        assert texts(f"rule.{rule_id}.title") in line
        assert texts("rules.state.kept") in line
        sentence = texts(f"told.{rule_id}", **figures)
        assert sentence in line
        assert all(str(value) in sentence for value in figures.values())


def test_the_report_of_squads_says_of_none_that_it_holds_both_authorities() -> None:
    edition = edition_of(("case", "case"))
    teams = edition.scenario.teams.model_copy(update={"mode": "squads"})
    apart = replace(edition, scenario=edition.scenario.model_copy(update={"teams": teams}))
    for texts in map(load_texts, LANGUAGES):
        page = report_page(apart, texts, PLAN_SHA256)
        _, officers = line_of(page, "C01")
        assert texts("told.C01.squads", n_teams=3, n_officers=12) in officers
        assert texts("told.C01", n_teams=3, n_officers=12) not in officers
        _, reserve = line_of(page, "C18")
        assert texts("told.C18.squads", n_teams=3, n_reserve=1) in reserve


@pytest.mark.parametrize("rule_id", CASES)
def test_the_report_says_that_the_rule_was_broken_and_where(rule_id: str) -> None:
    edition = replace(edition_of(("case", "case")), violations=(Violation(rule_id, "T2 V2", {"detail": "1 < 2"}),))
    where = " ".join(names_by_id(edition)[name] for name in ("T2", "V2"))
    for texts in map(load_texts, LANGUAGES):
        page = report_page(edition, texts, PLAN_SHA256)
        state, line = line_of(page, rule_id)
        assert (state, where in line) == ("broken", True)
        assert texts("rules.state.broken") in line
        assert {line_of(page, other)[0] for other in CASES if other != rule_id} == {"kept"}
