"""What is never done (C25, C31): no goal in checks, fines or finds, and nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from geodata.errors import InputError
from geodata.message_catalogue import Texts
from geodata.schema import SCHEMAS
from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.problem.problem_schema import ProblemPart
from sweep.plan.solve import Settings, solve
from sweep.publish.edition import Edition
from sweep.publish.report.report import report_page
from sweep.records.buildings import Building
from sweep.records.people import Team
from sweep.records.visits import Visit
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario
from tests.paths import ROOT
from tests.publish.small_edition import PLAN_SHA256

MakeProblem = Callable[..., Problem]
MakeTeam = Callable[..., Team]
MakeVisit = Callable[..., Visit]

LIMITS = Settings(seed=1, n_iterations=400)
TEMPLATES = sorted((ROOT / "sweep" / "publish").rglob("*.j2"))

# Of a key's words, those that make it a goal or a score in what is found or fined.
GOAL = frozenset(
    re.findall(r"\w+", "quota quotas kpi goal goals fine fines fined penalty penalties seizure seizures found revenue")
)
# Columns of counts that somebody could be measured by.
COUNTS = frozenset(
    {"found", "checks", "checks_per_lead", "inspected", "at_cap", "over_cap", "most", "fines", "penalties"}
)
# A page may only say that there is none.
DENIALS = frozenset({"report.not.quota", "campaign.no_quota"})


def goals(key: str) -> set[str]:
    return GOAL & set(re.split(r"[^a-z]+", key.lower()))


def keys_of(schema: Mapping[str, Any]) -> Iterator[str]:
    """Every property in a JSON Schema, those of its definitions included."""
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {})


@pytest.mark.rule("C25")
@pytest.mark.parametrize("model", [Scenario, ProblemPart], ids=["scenario.toml", "problem.json"])
def test_no_key_that_can_be_set_is_a_goal_in_checks_fines_or_finds(model: type[BaseModel]) -> None:
    keys = set(keys_of(model.model_json_schema()))
    assert len(keys) > 50
    assert {k for k in keys if goals(k)} == set()


def test_no_part_of_the_aim_and_no_column_that_is_read_is_a_fine_or_a_find() -> None:
    names = [f.name for record in (Problem, Visit, Weights) for f in fields(record)]
    names += [c for schema in SCHEMAS.values() for c in schema.columns]
    assert [n for n in names if goals(n)] == []


@pytest.mark.parametrize("key", ["plan.finds_quota", "rank.fines_weight", "n_found_min", "teams.kpi", "goal"])
def test_a_goal_would_be_seen(key: str) -> None:
    assert goals(key)


@pytest.mark.parametrize("key", ["finds_quota", "fines_weight", "kpi", "penalty_weight"])
def test_a_goal_in_a_scenario_is_refused_by_its_own_code(key: str, tmp_path: Path) -> None:
    text = f'name = "x"\nday = 2026-09-16\n[plan]\n{key} = 20\n'
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_scenario(tmp_path)
    assert [(i.code, i.where) for i in refused.value.issues] == [("S620", f"plan.{key}")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # Every visit starts at 13:40, so the one team makes one: at B1, with one chance in two of a find, or at B2 with
        # one in ten and four firms to inspect, where more would be checked and fined.
        pytest.param((0.5, 0.1), ["V-B1"], id="kept"),
        pytest.param((1.0, 4.0), ["V-B2"], id="a value that counts checks takes the other"),
    ],
)
def test_a_place_with_more_to_check_does_not_go_before_one_with_a_better_chance(
    values: tuple[float, float],
    expected: list[str],
    make_problem: MakeProblem,
    make_team: MakeTeam,
    make_visit: MakeVisit,
) -> None:
    at_once = [(49_200, 49_200)]
    visits = [
        make_visit("B1", values[0], windows=at_once, targets=("F1",)),
        make_visit("B2", values[1], windows=at_once, targets=("F2", "F3", "F4", "F5")),
    ]
    plan = solve(make_problem(visits, [make_team("T1")]), LIMITS)
    assert [s.visit_id for r in plan.routes for s in r.stops] == expected


def ranked_by_counts(template: str) -> list[str]:
    """What sorts by what was found: a filter, or a table whose heads sort it on a click."""
    filters = re.findall(r"\|\s*sort\([^)]*\)", template)
    found = [f for f in filters if COUNTS & {name.removeprefix("n_") for name in re.findall(r"[a-z_]+", f)}]
    for table in re.findall(r'<table class="[^"]*\bsortable\b.*?</thead>', template, re.DOTALL):
        heads = re.findall(r"t\('[\w.]*\.col\.(\w+)'\)", table)
        found += [head for head in heads if head in COUNTS]
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_sets_a_quota_or_ranks_by_what_was_found_or_fined(path: Path) -> None:
    template = path.read_text(encoding="utf-8")
    assert ranked_by_counts(template) == []
    keys = set(re.findall(r"t\('([\w.]+)'", template)) - DENIALS
    assert {key for key in keys if goals(key) - {"found"}} == set()


@pytest.mark.parametrize(
    "template",
    [
        "{% for t in teams|sort(attribute='n_found', reverse=true) %}{% endfor %}",
        "<table class=\"small sortable\"><thead><th>{{ t('report.col.checks') }}</th></thead>",
    ],
    ids=["a filter", "a head that sorts"],
)
def test_a_ranking_in_a_template_would_be_seen(template: str) -> None:
    assert ranked_by_counts(template)


def test_there_is_a_template_to_look_at() -> None:
    assert {"report/page.html.j2", "orders/page.html.j2", "studies/backtest.html.j2"} <= {
        f"{p.parent.name}/{p.name}" for p in TEMPLATES
    }


@pytest.mark.rule("C31")
@pytest.mark.parametrize(
    "address", ["https://example.org/leads.csv", "file:///data/leads.csv", "s3://bucket/leads.csv"]
)
def test_a_table_behind_an_address_is_refused_before_anything_is_read(address: str, tmp_path: Path) -> None:
    """The run would be richer by a table; it ends before one byte is asked for."""
    text = f'name = "x"\nday = 2026-09-16\n[data]\nleads = "{address}"\n'
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_scenario(tmp_path)
    (issue,) = refused.value.issues
    assert (issue.code, issue.where) == ("S104", "data")
    assert "C31" in str(issue.values["problem"])


def test_a_name_that_is_an_address_becomes_no_link(edition: Edition, texts: Texts) -> None:
    b1: Building = replace(edition.buildings["B1"], name="https://example.org/", address="//example.org/x")
    page = report_page(replace(edition, buildings={**edition.buildings, "B1": b1}), texts, PLAN_SHA256)
    assert "example.org" in page
    links = re.findall(r"""(?:href|src|action)\s*=\s*["']?([^"'\s>]+)""", page)
    assert links
    assert [x for x in links if "//" in x] == []
