"""Tables for oversight: the random draw, prevalence from drawn visits, and the spread of inspections."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import building_name
from sweep.publish.facts.team_facts import members_on_duty
from sweep.publish.table_columns import COLUMNS, Row, record_row
from sweep.records.draw import FirmTicket, OfficerTicket
from sweep.records.prevalence_and_check_concentration import Concentration


def draw_rows(edition: Edition) -> Iterator[Row]:
    """Return the rows of draw.csv, the record of the random draw (抽取记录): all buildings in it, in ticket order."""
    draw = edition.draw
    return (
        record_row(t, place=place, seed=draw.seed, pool_sha256=draw.pool_sha256)
        | {"building_name": building_name(edition.buildings.get(t.building_id), t.building_id)}
        for place, t in enumerate(draw.tickets, start=1)
    )


def officer_rows(edition: Edition) -> Iterator[Row]:
    """Return the rows of draw_officers.csv: the eligible officers of each drawn visit, in ticket order."""
    going = {
        (visit_id, person_id)
        for visit_id, teams in members_on_duty(edition).items()
        for members in teams.values()
        for person_id in members
    }
    return (
        {**row, "goes": (row["visit_id"], row["person_id"]) in going}
        for row in ticket_rows(edition.draw.officers, "visit_id")
    )


def ticket_rows(tickets: Sequence[FirmTicket] | Sequence[OfficerTicket], drawn_for: str) -> Iterator[Row]:
    """
    Yield a row for each ticket, with its position (`place`, from 1) among those of the same building or visit.

    `drawn_for`: name of the ticket's field with the id of that building or visit.
    """
    places: Counter[str] = Counter()
    for ticket in tickets:
        key = getattr(ticket, drawn_for)
        places[key] += 1
        yield record_row(ticket, place=places[key])


def concentration_rows(spread: Concentration | None) -> Iterator[Row]:
    """
    Return the rows of concentration.csv, which shows how evenly inspections are spread over buildings and firms.

    One row per measure (such as the share of buildings never visited) and scope: all, a district or a credit class;
    no rows for None.
    """
    columns = COLUMNS["concentration.csv"]
    return (dict(zip(columns, row, strict=True)) for row in (_spread(spread) if spread else ()))


def _spread(spread: Concentration) -> Iterator[tuple[object, ...]]:
    n_buildings, n_never = sum(d.n_buildings for d in spread.districts), sum(d.n_never for d in spread.districts)
    yield "checks", "all", "", spread.n_checks
    yield "checks_planned", "all", "", spread.n_planned
    yield "share_on_top_5_percent", "all", "", _share(spread.n_checks_top, spread.n_checks)
    yield "share_on_top_5_percent_if_even", "all", "", _share(spread.n_checks_top_even, spread.n_checks)
    yield "never_visited_share", "all", "", _share(n_never, n_buildings)
    for d in spread.districts:
        yield "checks", "district", d.division_code, d.n_checks
        yield "never_visited_share", "district", d.division_code, _share(d.n_never, d.n_buildings)
        yield "checks_per_lead", "district", d.division_code, _share(d.n_checks, d.n_leads)
    for c in spread.classes:
        for measure in ("cap", "n_firms", "n_inspected", "n_at_cap", "n_over_cap", "most"):
            yield measure, "credit_class", c.credit_class, getattr(c, measure)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
