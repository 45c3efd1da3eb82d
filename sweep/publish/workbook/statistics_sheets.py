"""Sheets 方案 (filing form of the plan), 抽取记录 (random draw) and 统计表 (planned, done, coverage)."""

from collections.abc import Iterator
from typing import Any

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import building_name, coverage_name, district_name, label, span_text
from sweep.publish.facts.plan_summary import plan_summary
from sweep.publish.facts.team_facts import served_visits
from sweep.publish.workbook.sheet_rows import make_sheet
from sweep.publish.workbook.write_xlsx import WorkbookSheet
from sweep.records.plan import Coverage


def plan_sheet(edition: Edition, texts: Texts, state: str) -> WorkbookSheet:
    """
    Return the sheet 方案 (plan) for the operation's file: one row per field; unknown fields are left blank.

    `state`: sentence that says whether the plan is a draft or approved.
    """
    content = (*_plan_rows(edition, texts), ("state", state))
    rows = ({"field": texts(f"sheet.plan.{key}"), "content": value} for key, value in content)
    return make_sheet(texts, "sheet.plan", ("field", "content", "remark"), rows)


def _plan_rows(edition: Edition, texts: Texts) -> Iterator[tuple[str, object]]:
    s, settings = plan_summary(edition), edition.scenario.plan
    served = served_visits(edition)
    districts = sorted({v.division_code for v in served})
    tracks = sorted({v.track for v in served})
    yield "plan_no", edition.plan_id
    yield "op_name", edition.scenario.name
    yield "op_type", texts.listed(label(texts, f"track.{track}", track) for track in tracks)
    yield "basis", ""
    yield "approval_no", ""
    yield "filed_at", ""
    yield "day", texts.day(edition.scenario.day)
    yield "time", span_text(settings.shift_start_s, settings.shift_end_s)
    yield "district", texts.listed(district_name(code, edition.division_names, texts) for code in districts)
    yield "lead_dept", ""
    yield "joint_depts", ""
    yield "n_police", s.n_police
    yield "n_mr", s.n_market_regulation
    yield "n_helpers", s.n_helpers
    yield "n_vehicles", ""
    yield "n_teams", s.n_teams
    yield "n_reserve", s.n_teams_reserve
    yield "n_buildings", s.n_buildings
    yield "n_doors", s.n_doors
    yield "n_firms", s.n_firms
    yield "leads", f"{s.n_leads_reached} / {s.n_leads}"
    yield "finds", texts.number(s.value, 2)
    yield "no_find", texts.percent(s.no_find, 1)
    yield "due", f"{s.n_due_reached} / {s.n_due}"
    yield "objective", texts.number(s.objective, 2)
    yield "bound", f"{texts.number(s.bound, 2)} ({texts.percent(s.gap, 1)})"
    if s.bound_any_teams is not None and s.gap_any_teams is not None:
        yield "bound_any", f"{texts.number(s.bound_any_teams, 2)} ({texts.percent(s.gap_any_teams, 1)})"
    yield "data_on", edition.facts.data_on if edition.facts else ""
    yield "seed", edition.draw.seed
    if off := edition.scenario.rules.off:
        reasons = (f"{i} {texts(f'rule.{i}.title')}{texts('list.colon')}{reason}" for i, reason in sorted(off.items()))
        yield "off", "; ".join(reasons)


def draw_sheet(edition: Edition, texts: Texts) -> WorkbookSheet:
    """Return the sheet 抽取记录 (random draw): buildings, firms and officers in ticket order, and the draw's seed."""
    columns = ("drawn_kind", "place", "drawn_for", "drawn_id", "name", "ticket", "inclusion_probability", "status")
    seal = {"seed": edition.draw.seed, "pool_sha256": edition.draw.pool_sha256}
    rows = (dict(zip(columns, row, strict=True)) | seal for row in _drawn(edition, texts))
    return make_sheet(texts, "sheet.draw", (*columns, *seal), rows)


def _drawn(edition: Edition, texts: Texts) -> Iterator[tuple[object, ...]]:
    yes, no = texts("sheet.drawn.yes"), texts("sheet.drawn.no")
    kind = texts("sheet.drawn.building")
    for place, t in enumerate(edition.draw.tickets, start=1):
        name = building_name(edition.buildings.get(t.building_id), t.building_id)
        won = yes if t.is_drawn else no
        yield kind, place, "", t.building_id, name, t.ticket, float(t.inclusion_probability), won
    kind = texts("sheet.drawn.firm")
    for place, f in enumerate(edition.draw.firms, start=1):
        firm = edition.firms.get(f.uscc)
        won = yes if f.is_drawn else no
        name = firm.name if firm else ""
        yield kind, place, f.building_id, f.uscc, name, f.ticket, float(f.inclusion_probability), won
    kind = texts("sheet.drawn.officer")
    for place, o in enumerate(edition.draw.officers, start=1):
        agency = label(texts, f"agency.{o.agency}", o.agency)
        yield kind, place, o.visit_id, o.person_id, agency, o.ticket, None, texts(f"sheet.officer.{o.status}")


# Order of official reports; only the values of `_planned` are known beforehand.
_REPORTED = (
    *("n_police", "n_vehicles", "n_mr", "n_helpers", "n_teams", "n_buildings", "n_doors", "n_firms"),
    *("n_people_checked", "n_addr_mismatch", "n_hazards", "n_hazards_fixed", "n_rectify", "n_suspend"),
    *("n_abnormal_listed", "n_referred", "n_leads_proved", "n_leads_disproved", "n_dens", "n_suspects", "n_leaflets"),
)


def statistics_sheet(edition: Edition, texts: Texts) -> WorkbookSheet:
    """Return the sheet 统计表 (statistics): planned figures, and shares reached; column `done` is left blank."""
    planned, everything = _planned(edition), texts("coverage.everything")
    rows = [
        {"item": texts(f"sheet.report.{key}"), "scope": everything, "planned": planned.get(key)} for key in _REPORTED
    ]
    for c in edition.coverage:
        rows += _coverage_rows(edition, c, texts)
    columns = ("item", "scope", "planned", "total", "share", "done")
    return make_sheet(texts, "sheet.statistics", columns, rows, note=texts("sheet.not_taken_in"))


def _planned(edition: Edition) -> dict[str, int]:
    s = plan_summary(edition)
    same = ("n_police", "n_helpers", "n_teams", "n_buildings", "n_doors", "n_firms")
    return {"n_mr": s.n_market_regulation, **{name: getattr(s, name) for name in same}}


def _coverage_rows(edition: Edition, c: Coverage, texts: Texts) -> Iterator[dict[str, Any]]:
    scope = f"{label(texts, f'coverage.{c.scope}', c.scope)} · {coverage_name(edition, c, texts)}"
    for key in ("leads", "expected_finds", "buildings", "firms", "floor_area_m2"):
        name = key if key in ("expected_finds", "floor_area_m2") else f"n_{key}"
        reached, total = float(getattr(c, f"{name}_reached")), float(getattr(c, name))
        share = reached / total if total else None
        yield {
            "item": texts(f"sheet.coverage.{key}"),
            "scope": scope,
            "planned": reached,
            "total": total,
            "share": share,
        }
