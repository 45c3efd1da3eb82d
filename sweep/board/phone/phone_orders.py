"""Orders for a team's phone: the team's own stops and forms, and no data of other teams (C26, C32)."""

from typing import Any

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import building_name, firm_of, label
from sweep.publish.facts.platform_filings import asks_for_codes, codes_of
from sweep.publish.facts.team_facts import StopFacts, TeamFacts
from sweep.publish.orders.order_page import linked_text, nav_links, pause_text, unlisted_items
from sweep.publish.page.qr_code import qr_svg

# Asked at the end of every stop with any form; they are columns of the ledger.
AFTER_COUNTS = ("n_hazards", "n_hazards_fixed", "n_dens")
AFTER_ANSWERS = ("is_rectify", "is_closed")
# Asked of a firm for which a code is due.
CODE_STATE = ("is_code_shown", "code_shown_at", "no_code_reason")


def orders_of(edition: Edition, team: TeamFacts, texts: Texts) -> dict[str, Any]:
    """Return a team's order as JSON types for its phones: base, `depart` and `back` (seconds after midnight), stops."""
    route = team.route
    return {
        "plan_id": edition.plan_id,
        "team_id": team.team.team_id,
        "letter": team.letter,
        "base": team.base.name,
        "depart": route.depart_s if route else team.team.shift_s[0],
        "back": route.return_s if route else team.team.shift_s[1],
        "stops": [_stop(s, edition, team, texts) for s in team.stops],
        "pause": pause_text(team, team.n_stops + 1, texts),
    }


def _stop(s: StopFacts, edition: Edition, team: TeamFacts, texts: Texts) -> dict[str, Any]:
    name = building_name(s.building, s.building.building_id)
    at_exits = [texts("order.guard", exit=exit_, person_id=i) for exit_, i in team.guards(s)]
    return {
        "visit": s.visit.visit_id,
        "is_attempt": s.stop.is_attempt,
        "number": s.number,
        "name": name,
        "address": s.building.address,
        "arrive": s.stop.arrive_s,
        "start": s.stop.start_s,
        "end": s.stop.end_s,
        "with": list(s.partner_letters),
        "linked": linked_text(edition, s, texts),
        "pause": pause_text(team, s.number, texts),
        "floors": list(s.floors),
        "exits": texts("order.exits_count", n=s.building.n_exits) + (texts.listed(at_exits) or texts("order.no_guard")),
        "track": label(texts, f"track.{s.visit.track}", s.visit.track),
        "links": [[texts(f"order.nav.{link.key}"), link.href] for link in nav_links(s.building)],
        "rows": [_row(edition, uscc, s) for uscc in s.targets],
        "items": list(_form_columns(edition, s, is_listed=True)),
        "unlisted": list(_form_columns(edition, s, is_listed=False)),
    }


def _row(edition: Edition, uscc: str, s: StopFacts) -> dict[str, Any]:
    firm = firm_of(edition, uscc)
    own = {"row": uscc, "name": firm.name, "unit": firm.unit or "", "floor": firm.floor_label or "", "n": s.number}
    if not asks_for_codes(edition):
        return own
    codes = [(code, qr_svg(code)) for code in codes_of(edition, s.visit.visit_id, uscc)]
    return own | {"codes": codes}


def _form_columns(edition: Edition, s: StopFacts, *, is_listed: bool) -> tuple[str, ...]:
    items = s.visit.items if is_listed else unlisted_items(s.visit)
    listed = (*(i for i in s.ticked if i in items), *(i for i in s.counted if i in items))
    answers = (a for a in AFTER_ANSWERS if is_listed or a in items or a != "is_rectify")
    shown = CODE_STATE if is_listed and asks_for_codes(edition) else ()
    return (*shown, *listed, *AFTER_COUNTS, *answers, "recheck_on", "remark")


def unasked(edition: Edition, team: TeamFacts, visit_id: str, row: str, answers: set[str]) -> set[str]:
    """
    Return those keys in `answers` that the visit's form has no question for (C32); empty if all are asked.

    `row`: row of the form to which the answers belong, the uscc of a listed firm or any other text for an unlisted one.
    If the team no longer has the visit, every question that a form of the visit may have counts as asked.
    """
    stop = next((s for s in team.stops if s.visit.visit_id == visit_id), None)
    if stop is None:
        visit = edition.visits.get(visit_id)
        items = set(visit.items) if visit else set()
        return answers - {*items, *AFTER_COUNTS, *AFTER_ANSWERS, "unit_state", "recheck_on", "remark", *CODE_STATE}
    return answers - {"unit_state", *_form_columns(edition, stop, is_listed=row in stop.targets)}
