"""KML 2.2 of a plan: a folder a team with its line and numbered stops, then bases and what is not served."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.iso_time import iso_time
from sweep.publish.facts.teams import StopFacts, TeamFacts, team_facts
from sweep.publish.facts.wording import building_name, label, reason_texts, stop_name
from sweep.publish.page.palette import NOT_REACHED
from sweep.publish.page.xml_text import document, element

_NAMESPACE = "http://www.opengis.net/kml/2.2"


def plan_kml(edition: Edition, texts: Texts, state: str) -> str:
    """
    The document; times are TimeSpans, so that a viewer with a time slider plays the day.

    Parameters
    ----------
    edition
        A plan that breaks no rule.
    texts
        The language of names and reasons.
    state
        Draft or approved, in words.
    """
    root = Element("kml", xmlns=_NAMESPACE)
    book = element(root, "Document")
    element(book, "name", f"{edition.scenario.name} {edition.scenario.day.isoformat()} {edition.plan_id}")
    element(book, "description", _as_html(state))
    teams = team_facts(edition)
    for team in teams:
        _style(book, f"team-{team.letter}", team.colour)
    _style(book, "unserved", NOT_REACHED)
    for team in teams:
        if team.route is not None:
            _team(book, edition, team, texts)
    folder = _folder(book, texts("export.bases"))
    for base in {t.base.base_id: t.base for t in teams}.values():
        _point(folder, base.name, base.lon, base.lat)
    folder = _folder(book, texts("export.unserved"))
    for u in edition.plan.unserved:
        building, visit = edition.buildings[u.building_id], edition.visits[u.visit_id]
        why = " ".join(reason_texts(texts, reason, visit, edition.division_names)[0] for reason in u.reasons)
        name = building_name(building, u.building_id)
        _point(folder, name, building.lon, building.lat, style="unserved", description=why)
    return document(root)


def _style(book: Element, style_id: str, colour: str) -> None:
    # KML writes alpha, blue, green, red.
    code = f"ff{colour[5:7]}{colour[3:5]}{colour[1:3]}"
    style = element(book, "Style", id=style_id)
    element(element(style, "IconStyle"), "color", code)
    line = element(style, "LineStyle")
    element(line, "color", code)
    element(line, "width", "4")


def _folder(book: Element, name: str) -> Element:
    folder = element(book, "Folder")
    element(folder, "name", name)
    return folder


def _team(book: Element, edition: Edition, team: TeamFacts, texts: Texts) -> None:
    style = f"team-{team.letter}"
    folder = _folder(book, texts("export.team", letter=team.letter, team_id=team.team.team_id))
    legs = [leg for leg in edition.route_lines.get(team.team.team_id, ()) if not leg.is_empty]
    if legs:
        mark = element(folder, "Placemark")
        element(mark, "name", texts("export.route", letter=team.letter))
        element(mark, "styleUrl", f"#{style}")
        lines = element(mark, "MultiGeometry")
        for leg in legs:
            text = " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat, *_ in leg.coords)
            element(element(lines, "LineString"), "coordinates", text)
    for s in team.stops:
        mark = _point(folder, _title(team, s, texts), s.building.lon, s.building.lat, style, _description(s, texts))
        # The order of the schema: the time stands before the style and the geometry.
        span = Element("TimeSpan")
        element(span, "begin", iso_time(edition, s.stop.start_s))
        element(span, "end", iso_time(edition, s.stop.end_s))
        mark.insert(2, span)


def _title(team: TeamFacts, s: StopFacts, texts: Texts) -> str:
    return f"{team.letter}{s.number} {stop_name(s, texts)}"


def _description(s: StopFacts, texts: Texts) -> str:
    span = f"{texts.clock(s.stop.start_s)} – {texts.clock(s.stop.end_s)}"
    return f"{span} · {label(texts, f'track.{s.visit.track}', s.visit.track)} · {s.building.address}"


def _point(
    folder: Element, name: str, lon: float, lat: float, style: str | None = None, description: str = ""
) -> Element:
    mark = element(folder, "Placemark")
    element(mark, "name", name)
    element(mark, "description", _as_html(description))
    if style:
        element(mark, "styleUrl", f"#{style}")
    element(element(mark, "Point"), "coordinates", f"{lon:.7f},{lat:.7f}")
    return mark


def _as_html(text: str) -> str:
    """For a description, which viewers take for HTML: escaped twice it is shown as it is written."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
