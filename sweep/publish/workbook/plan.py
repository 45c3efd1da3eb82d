"""The sheet 方案: the plan in the fields of the form that is filed."""

from __future__ import annotations

from collections.abc import Iterator

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.served import served_visits
from sweep.publish.facts.summary import plan_summary
from sweep.publish.facts.wording import district_name, label
from sweep.publish.workbook.rows import columns_of
from sweep.publish.workbook.workbook import Sheet


def plan_sheet(edition: Edition, texts: Texts, state: str) -> Sheet:
    """方案: the plan in the fields of the form that is filed; what no plan can know is left to fill in."""
    columns = columns_of(texts, ("field", "text", 26), ("content", "wrap", 60), ("remark", "wrap", 40))
    rows = tuple((texts(f"sheet.plan.{key}"), content, "") for key, content in _plan_rows(edition, texts))
    rows = (*rows, (texts("sheet.plan.state"), state, ""))
    return Sheet(texts("sheet.plan"), columns, rows)


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
    yield "time", f"{texts.clock(settings.shift_start_s)} – {texts.clock(settings.shift_end_s)}"
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
    yield "bound", f"{texts.number(s.bound, 2)} ({texts.percent(s.gap, 1)})"
    if s.bound_any_teams is not None and s.gap_any_teams is not None:
        yield "bound_any", f"{texts.number(s.bound_any_teams, 2)} ({texts.percent(s.gap_any_teams, 1)})"
    yield "data_on", edition.facts.data_on if edition.facts else ""
    yield "seed", edition.draw.seed
    if off := edition.scenario.rules.off:
        yield (
            "off",
            "; ".join(
                f"{i} {texts(f'rule.{i}.title')}{texts('list.colon')}{reason}" for i, reason in sorted(off.items())
            ),
        )
