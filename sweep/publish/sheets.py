"""The sheets that say what is planned: 方案, 分组表, 点位表, 任务单."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts import (
    StopFacts,
    TeamFacts,
    building_name,
    chance_of_no_find,
    district_name,
    label,
    served_visits,
    team_facts,
)
from sweep.publish.summary import plan_summary
from sweep.publish.workbook import Column, Kind, Sheet

_DAY_S = 86_400


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
    yield "op_type", "、".join(label(texts, f"track.{track}", track) for track in tracks)
    yield "basis", ""
    yield "approval_no", ""
    yield "filed_at", ""
    yield "day", texts.day(edition.scenario.day)
    yield "time", f"{texts.clock(settings.shift_start_s)} – {texts.clock(settings.shift_end_s)}"
    yield "district", "、".join(district_name(code, edition.division_names, texts) for code in districts)
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
    yield "no_find", texts.percent(chance_of_no_find(served), 1)
    yield "bound", f"{texts.number(s.bound, 2)} ({texts.percent(s.gap, 1)})"
    yield "data_on", edition.facts.data_on if edition.facts else ""
    yield "seed", edition.draw.seed


def teams_sheet(edition: Edition, texts: Texts) -> Sheet:
    """分组表: every member of every team; names and numbers are added by hand, for the roster holds pseudonyms."""
    columns = columns_of(
        texts,
        ("team", "text", 7),
        ("team_id", "text", 12),
        ("base", "text", 24),
        ("reserve", "text", 8),
        ("person_id", "text", 14),
        ("agency", "text", 14),
        ("role", "text", 12),
        ("certificate_until", "day", 13),
        ("female", "text", 6),
        ("from", "clock", 8),
        ("until", "clock", 8),
        ("name", "blank", 14),
        ("phone", "blank", 16),
    )
    yes = texts("sheet.yes")
    rows = tuple(
        (
            t.letter,
            t.team.team_id,
            t.base.name,
            yes if t.team.is_reserve else "",
            p.person_id,
            label(texts, f"agency.{p.agency}", p.agency),
            label(texts, f"role.{p.role}", p.role),
            p.certificate_until,
            yes if p.is_female else "",
            t.team.shift_s[0] / _DAY_S,
            t.team.shift_s[1] / _DAY_S,
            "",
            "",
        )
        for t in team_facts(edition)
        for p in t.members
    )
    return Sheet(texts("sheet.teams"), columns, rows)


def sites_sheet(edition: Edition, texts: Texts) -> Sheet:
    """点位表: every stop as a place: floors, exits and who guards them, coordinates in WGS-84."""
    columns = columns_of(
        texts,
        ("team", "text", 7),
        ("number", "whole", 6),
        ("building", "text", 28),
        ("address", "text", 36),
        ("district", "text", 12),
        ("n_floors", "whole", 7),
        ("floors", "text", 10),
        ("n_exits", "whole", 7),
        ("n_guards", "whole", 9),
        ("partners", "text", 9),
        ("start", "clock", 8),
        ("link_group", "text", 12),
        ("lon", "degrees", 13),
        ("lat", "degrees", 13),
        ("property_contact", "blank", 18),
    )
    return Sheet(texts("sheet.sites"), columns, tuple(_sites(edition, texts)))


def _sites(edition: Edition, texts: Texts) -> Iterator[Sequence[object]]:
    for team, s in stops_of(edition):
        b = s.building
        yield (
            team.letter,
            s.number,
            building_name(b, b.building_id),
            b.address,
            district_name(b.division_code, edition.division_names, texts),
            b.n_floors,
            floors_of(s),
            b.n_exits,
            s.slot.n_guards,
            " ".join(s.partner_letters),
            s.stop.start_s / _DAY_S,
            s.visit.link_group or "",
            float(b.lon),
            float(b.lat),
            "",
        )


def orders_sheet(edition: Edition, texts: Texts) -> Sheet:
    """任务单: the stops of each team in order, each team on a page of its own."""
    columns = columns_of(
        texts,
        ("team", "text", 7),
        ("number", "whole", 6),
        ("arrive", "clock", 8),
        ("start", "clock", 8),
        ("end", "clock", 8),
        ("building", "text", 28),
        ("address", "wrap", 34),
        ("floors", "text", 10),
        ("n_doors", "whole", 9),
        ("targets", "wrap", 44),
        ("track", "text", 18),
        ("basis", "wrap", 24),
        ("partners", "text", 9),
        ("done", "blank", 12),
    )
    rows: list[Sequence[object]] = []
    breaks: list[int] = []
    last = ""
    for team, s in stops_of(edition):
        if last and team.letter != last:
            breaks.append(len(rows))
        last = team.letter
        rows.append(_order(edition, team, s, texts))
    return Sheet(texts("sheet.orders"), columns, tuple(rows), tuple(breaks))


def _order(edition: Edition, team: TeamFacts, s: StopFacts, texts: Texts) -> Sequence[object]:
    return (
        team.letter,
        s.number,
        s.stop.arrive_s / _DAY_S,
        s.stop.start_s / _DAY_S,
        s.stop.end_s / _DAY_S,
        building_name(s.building, s.building.building_id),
        s.building.address,
        floors_of(s),
        s.visit.n_firms,
        "\n".join(firm_line(edition, uscc) for uscc in s.targets),
        label(texts, f"track.{s.visit.track}", s.visit.track),
        " ".join(s.visit.basis),
        " ".join(s.partner_letters),
        "",
    )


def firm_line(edition: Edition, uscc: str) -> str:
    """A target firm: name, code, floor and unit; the code alone if nothing is known of it."""
    firm = edition.firms.get(uscc)
    return " ".join(part for part in (firm.name, uscc, firm.floor_label, firm.unit) if part) if firm else uscc


def floors_of(s: StopFacts) -> str:
    """First and last floor that a team calls at."""
    first, last = s.floors
    return f"{first} – {last}" if last > first else str(first)


def stops_of(edition: Edition) -> Iterator[tuple[TeamFacts, StopFacts]]:
    """Every stop with its team, in the order of the teams and their routes."""
    for team in team_facts(edition):
        for stop in team.stops:
            yield team, stop


def columns_of(texts: Texts, *told: tuple[str, Kind, float]) -> tuple[Column, ...]:
    """Columns from key, kind and width; the head is the catalogue's `sheet.col.<key>`."""
    return tuple(Column(texts(f"sheet.col.{key}"), kind, width) for key, kind, width in told)
