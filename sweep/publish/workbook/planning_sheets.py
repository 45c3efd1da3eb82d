"""Sheets of the plan's workbook for planning: 分组表 (teams), 点位表 (stops), 任务单 (orders)."""

from itertools import pairwise

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.export_rows import stops_of
from sweep.publish.facts.names_and_reasons import label, role_name
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.workbook.sheet_rows import day_share, firm_line, make_sheet, stop_cells
from sweep.publish.workbook.write_xlsx import WorkbookSheet


def teams_sheet(edition: Edition, texts: Texts) -> WorkbookSheet:
    """Return the sheet 分组表 (teams): every member of every team; names and phone numbers are added by hand."""
    columns = (
        *("letter", "team_id", "base_name", "is_reserve", "person_id", "agency", "role", "certificate_until"),
        *("is_female", "shift_from", "shift_until", "name", "phone"),
    )
    yes = texts("sheet.yes")
    rows = (
        {
            "letter": t.letter,
            "team_id": t.team.team_id,
            "base_name": t.base.name,
            "is_reserve": yes if t.team.is_reserve else "",
            "person_id": p.person_id,
            "agency": label(texts, f"agency.{p.agency}", p.agency),
            "role": role_name(p, texts),
            "certificate_until": p.certificate_until,
            "is_female": yes if p.is_female else "",
            "shift_from": day_share(t.team.shift_s[0]),
            "shift_until": day_share(t.team.shift_s[1]),
        }
        for t in team_facts(edition)
        for p in t.members
    )
    return make_sheet(texts, "sheet.teams", columns, rows, kinds={"name": "blank"})


def sites_sheet(edition: Edition, texts: Texts) -> WorkbookSheet:
    """Return the sheet 点位表 (sites): every stop with floors, exits, guards, and coordinates in WGS-84."""
    columns = (
        *("letter", "number", "building_name", "address", "district", "n_floors", "floors", "n_exits"),
        *("n_guards", "partners", "start_at", "link_group", "lon", "lat", "property_contact"),
    )
    rows = (stop_cells(edition, team, s, texts) | {"link_group": s.visit.link_group} for team, s in stops_of(edition))
    return make_sheet(texts, "sheet.sites", columns, rows)


def orders_sheet(edition: Edition, texts: Texts) -> WorkbookSheet:
    """Return the sheet 任务单 (orders): the stops of each team in order, each team on a printed page of its own."""
    columns = (
        *("letter", "number", "arrive_at", "start_at", "end_at", "building_name", "address", "floors"),
        *("n_doors", "targets", "track", "basis", "partners", "done"),
    )
    rows = []
    for team, s in stops_of(edition):
        firms = "\n".join(firm_line(edition, uscc) for uscc in s.targets)
        # At a locked door no firm is called at.
        calls = {"floors": "", "targets": ""} if s.stop.is_attempt else {"n_doors": s.visit.n_firms, "targets": firms}
        rows.append(stop_cells(edition, team, s, texts) | calls)
    breaks = tuple(k for k, (a, b) in enumerate(pairwise(rows), start=1) if a["letter"] != b["letter"])
    return make_sheet(texts, "sheet.orders", columns, rows, kinds={"address": "wrap", "basis": "wrap"}, breaks=breaks)
