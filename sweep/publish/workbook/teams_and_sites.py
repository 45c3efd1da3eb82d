"""The sheets that say what is planned: 分组表, 点位表, 任务单."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.teams import StopFacts, TeamFacts, team_facts
from sweep.publish.facts.wording import district_name, label, role_name, stop_name
from sweep.publish.workbook.rows import columns_of, day_share, firm_line, floors_of, stops_of
from sweep.publish.workbook.workbook import Sheet


def teams_sheet(edition: Edition, texts: Texts) -> Sheet:
    """分组表: every member of every team; names and numbers are added by hand, for the roster holds pseudonyms."""
    columns = columns_of(
        texts,
        "team",
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
            role_name(p, texts),
            p.certificate_until,
            yes if p.is_female else "",
            day_share(t.team.shift_s[0]),
            day_share(t.team.shift_s[1]),
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
        "team",
        "number",
        "building",
        ("address", "text", 36),
        ("district", "text", 12),
        ("n_floors", "whole", 7),
        "floors",
        ("n_exits", "whole", 7),
        ("n_guards", "whole", 9),
        "partners",
        "start",
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
            stop_name(s, texts),
            b.address,
            district_name(b.division_code, edition.division_names, texts),
            b.n_floors,
            floors_of(s),
            b.n_exits,
            s.slot.n_guards,
            " ".join(s.partner_letters),
            day_share(s.stop.start_s),
            s.visit.link_group or "",
            float(b.lon),
            float(b.lat),
            "",
        )


def orders_sheet(edition: Edition, texts: Texts) -> Sheet:
    """任务单: the stops of each team in order, each team on a page of its own."""
    columns = columns_of(
        texts,
        "team",
        "number",
        ("arrive", "clock", 8),
        "start",
        ("end", "clock", 8),
        "building",
        ("address", "wrap", 34),
        "floors",
        ("n_doors", "whole", 9),
        ("targets", "wrap", 44),
        "track",
        ("basis", "wrap", 24),
        "partners",
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
    firms = "\n".join(firm_line(edition, uscc) for uscc in s.targets)
    # Behind a locked door nobody calls at any door or firm.
    calls = ("", "", "") if s.stop.is_attempt else (floors_of(s), s.visit.n_firms, firms)
    return (
        team.letter,
        s.number,
        day_share(s.stop.arrive_s),
        day_share(s.stop.start_s),
        day_share(s.stop.end_s),
        stop_name(s, texts),
        s.building.address,
        *calls,
        label(texts, f"track.{s.visit.track}", s.visit.track),
        " ".join(s.visit.basis),
        " ".join(s.partner_letters),
        "",
    )
