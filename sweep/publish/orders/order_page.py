"""Order (任务单) of one team for paper and phone, without facts about other teams."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np
from markupsafe import Markup

from geodata.datum.convert import from_wgs84
from geodata.datum.datum_names import BD09, GCJ02, Datum
from geodata.match.floor_labels import floor_index, floor_label
from geodata.message_catalogue import Texts
from geodata.schema import UNIT_STATES
from sweep.publish.charts.route_map import route_map
from sweep.publish.edition import Edition
from sweep.publish.facts.iso_and_release_times import release_s, release_text
from sweep.publish.facts.names_and_reasons import firm_of, label, reason_sentences, role_name, stop_name
from sweep.publish.facts.platform_filings import asks_for_codes, codes_of
from sweep.publish.facts.team_facts import StopFacts, TeamFacts
from sweep.publish.page.qr_code import qr_svg
from sweep.publish.page.render_pages import render_page, static_text
from sweep.records.buildings import Building, Firm
from sweep.records.check_form_items import ITEMS, OF_INSPECTION
from sweep.records.people import Person
from sweep.records.visits import Visit

# Filled in by hand on the day: the program stores no telephone numbers.
CONTACTS = ("command", "market", "station", "property")


def order_page(edition: Edition, team: TeamFacts, texts: Texts) -> str:
    """Return the order of one team as HTML; for a reserve team, a stand-by order."""
    made = [s for s in team.stops if not s.stop.is_attempt]
    is_free = edition.scenario.codes.required == "none"
    return render_page(
        "orders/page.html.j2",
        texts,
        edition=edition,
        # Common item numbers, although the forms of two visits may differ.
        form=[item for item in ITEMS if any(item in s.visit.items for s in made)],
        first_form=made[0].number if made else None,
        team=team,
        members=members_by_agency(team.members, texts),
        sketch=route_map(edition, [team], texts("order.sketch", letter=team.letter)),
        states=UNIT_STATES,
        after_counts=("n_hazards", "n_hazards_fixed", "n_dens"),
        after_answers=("is_rectify", "is_closed"),
        unlisted_items=unlisted_items,
        file_name=f"results-{edition.plan_id}-{team.letter}.csv",
        # The program's own text.
        script=Markup(static_text("orders/fill.js")),  # noqa: S704
        release=release_text(edition, release_s(edition, team)),
        firm_of=lambda uscc: firm_of(edition, uscc),
        floor_of=lambda firm: floor_text(firm, texts),
        asks_for_codes=asks_for_codes(edition),
        n_to_file=0 if edition.codes or is_free else sum(len(s.targets) for s in made),
        codes_of=lambda visit_id, uscc: codes_of(edition, visit_id, uscc),
        qr=qr_svg,
        reasons_of=lambda visit_id, uscc: reason_sentences(edition, visit_id, uscc, texts),
        linked=lambda s: linked_text(edition, s, texts),
        pause=lambda number: pause_text(team, number, texts),
        label=label,
        stop_name=stop_name,
        nav_links=nav_links,
        contacts=CONTACTS,
    )


def members_by_agency(members: Sequence[Person], texts: Texts) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (agency name, [(id, role), ...]) of the members, the police first, as official reports list them."""
    order = {"police": 0, "market_regulation": 1}
    result: dict[str, list[tuple[str, str]]] = {}
    for person in sorted(members, key=lambda p: (order.get(p.agency, 2), p.agency, p.person_id)):
        agency = label(texts, f"agency.{person.agency}", person.agency)
        result.setdefault(agency, []).append((person.person_id, role_name(person, texts)))
    return list(result.items())


def floor_text(firm: Firm, texts: Texts) -> str:
    """Return the floor of a firm as text, numbered floors in one notation, other labels as given; empty if unknown."""
    floor = floor_label(firm.floor_label)
    return texts("order.floor", floor=floor) if floor_index(floor) is not None else floor or firm.floor_label


def linked_text(edition: Edition, s: StopFacts, texts: Texts) -> str:
    """Return the note that a stop starts together with linked stops (C16); empty without a link."""
    if not s.visit.link_group:
        return ""
    minutes = round(edition.scenario.plan.link_tolerance_s / 60)
    return texts("order.linked", time=texts.clock(s.stop.start_s), minutes=minutes)


def pause_text(team: TeamFacts, number: int, texts: Texts) -> str:
    """Return the times of the break as text if it comes directly before stop `number` (from 1), else empty (C20)."""
    pause = team.pause_before(number)
    return texts("order.pause", start=texts.clock(pause[0]), end=texts.clock(pause[1])) if pause else ""


def unlisted_items(visit: Visit) -> tuple[str, ...]:
    """
    Return the form items to fill in for an office whose firm the visit does not list.

    If the visit lists other firms or is a stocktake, it does not inspect the office: the items of `OF_INSPECTION` are
    left out. Otherwise the result has all items of the visit, and `is_rectify`: whether the firm must rectify.
    """
    if visit.targets or visit.track == "stocktake":
        return tuple(item for item in visit.items if item not in OF_INSPECTION)
    return (*visit.items, "is_rectify")


@dataclass(frozen=True, slots=True)
class NavLink:
    """Link to a navigation app; its text is in the catalogue under `order.nav.<key>`."""

    key: str
    href: str


def nav_links(building: Building) -> tuple[NavLink, ...]:
    """
    Return links that open a building in a navigation app: `geo:` in WGS-84, Amap in GCJ-02, Baidu in BD-09.

    The links start an app on the phone and name no host; data sent by that app are outside this program's control.
    """
    name = quote(building.name or building.building_id, safe="")
    amap, baidu = _shifted(building, GCJ02), _shifted(building, BD09)
    amap_query = f"viewMap?sourceApplication=sweep&poiname={name}&lat={amap[1]:.6f}&lon={amap[0]:.6f}&dev=0"
    place = f"{baidu[1]:.6f},{baidu[0]:.6f}"
    baidu_query = f"map/marker?location={place}&title={name}&content={name}&coord_type=bd09ll&src=sweep"
    return (
        NavLink("geo", f"geo:{building.lat:.6f},{building.lon:.6f}"),
        NavLink("amap_android", f"androidamap://{amap_query}"),
        NavLink("amap_ios", f"iosamap://{amap_query}"),
        NavLink("baidu_android", f"bdapp://{baidu_query}"),
        NavLink("baidu_ios", f"baidumap://{baidu_query}"),
    )


def _shifted(building: Building, datum: Datum) -> tuple[float, float]:
    lon, lat = from_wgs84(np.array([building.lon]), np.array([building.lat]), datum)
    return float(lon[0]), float(lat[0])
