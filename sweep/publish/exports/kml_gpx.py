"""KML 2.2 and GPX 1.1 of a plan, built as XML elements, so that every value is escaped."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.teams import StopFacts, TeamFacts, team_facts
from sweep.publish.facts.times import iso_time
from sweep.publish.facts.wording import building_name, label, reason_texts, stop_name
from sweep.publish.page.palette import NOT_REACHED

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


_GPX = "http://www.topografix.com/GPX/1/1"


def plan_gpx(edition: Edition, texts: Texts, state: str) -> str:
    """
    The document, for a navigation app or a hand-held receiver.

    Parameters
    ----------
    edition
        A plan that breaks no rule.
    texts
        The language of the names.
    state
        Draft or approved, in words.
    """
    root = Element("gpx", version="1.1", creator="sweep", xmlns=_GPX)
    head = element(root, "metadata")
    element(head, "name", f"{edition.scenario.name} {edition.plan_id}")
    element(head, "desc", state)
    element(head, "time", iso_time(edition, 0))
    # The schema wants every way-point before the first track.
    teams = [team for team in team_facts(edition) if team.route is not None]
    for team in teams:
        for s in team.stops:
            _way_point(root, edition, team, s, texts)
    for team in teams:
        track = element(root, "trk")
        element(track, "name", texts("export.team", letter=team.letter, team_id=team.team.team_id))
        for leg in edition.route_lines.get(team.team.team_id, ()):
            if not leg.is_empty:
                segment = element(track, "trkseg")
                for lon, lat, *_ in leg.coords:
                    element(segment, "trkpt", lat=f"{lat:.7f}", lon=f"{lon:.7f}")
    return document(root)


def _way_point(root: Element, edition: Edition, team: TeamFacts, s: StopFacts, texts: Texts) -> None:
    point = element(root, "wpt", lat=f"{s.building.lat:.7f}", lon=f"{s.building.lon:.7f}")
    element(point, "time", iso_time(edition, s.stop.start_s))
    element(point, "name", f"{team.letter}{s.number} {stop_name(s, texts)}")
    span = f"{texts.clock(s.stop.start_s)} – {texts.clock(s.stop.end_s)}"
    element(point, "desc", f"{span} · {s.building.address}")


# XML 1.0, production [2]: what is outside of it cannot stand in a document, not even as an entity.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(parent: Element, name: str, text: str | None = None, /, **attributes: str) -> Element:
    """A new last child of `parent`; a sign that XML cannot hold becomes U+FFFD."""
    child = SubElement(parent, name, {key: _FORBIDDEN.sub("\ufffd", value) for key, value in attributes.items()})
    if text is not None:
        child.text = _FORBIDDEN.sub("\ufffd", text)
    return child


def document(root: Element) -> str:
    """The whole document, indented, with its declaration."""
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"
