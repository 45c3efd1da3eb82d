"""KML 2.2 and GPX 1.1 exports of a plan, built as XML elements, which escape every value."""

import re
from html import escape
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.export_rows import bases_of, legs_of, unserved_row
from sweep.publish.facts.iso_and_release_times import iso_time
from sweep.publish.facts.names_and_reasons import label, span_text, stop_title
from sweep.publish.facts.team_facts import TeamFacts, team_facts
from sweep.publish.page.team_colours import NOT_REACHED


def plan_kml(edition: Edition, texts: Texts, state: str) -> str:
    """
    Return the plan as KML; stops have TimeSpans, so that a viewer with a time slider can animate the day.

    `state`: sentence that says whether the plan is a draft or approved.
    """
    root = Element("kml", xmlns="http://www.opengis.net/kml/2.2")
    book = element(root, "Document")
    element(book, "name", f"{edition.scenario.name} {edition.scenario.day.isoformat()} {edition.plan_id}")
    element(book, "description", escape(state, quote=False))
    teams = team_facts(edition)
    for team in teams:
        _style(book, f"team-{team.letter}", team.colour)
    _style(book, "unserved", NOT_REACHED)
    for team in teams:
        if team.route is not None:
            _team(book, edition, team, texts)
    folder = _folder(book, texts("export.bases"))
    for base, _ in bases_of(edition):
        _point(folder, base.name, base.lon, base.lat)
    folder = _folder(book, texts("export.unserved"))
    for u in edition.plan.unserved:
        b, row = edition.buildings[u.building_id], unserved_row(edition, u, texts)
        _point(folder, str(row["building_name"]), b.lon, b.lat, "unserved", " ".join(row["reasons"]))
    return document(root)


def _style(book: Element, style_id: str, colour: str) -> None:
    # KML colours are in the order alpha, blue, green, red.
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
    if legs := legs_of(edition, team):
        mark = element(folder, "Placemark")
        element(mark, "name", texts("export.route", letter=team.letter))
        element(mark, "styleUrl", f"#{style}")
        lines = element(mark, "MultiGeometry")
        for leg in legs:
            text = " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat, *_ in leg.coords)
            element(element(lines, "LineString"), "coordinates", text)
    for s in team.stops:
        track = label(texts, f"track.{s.visit.track}", s.visit.track)
        description = f"{span_text(s.stop.start_s, s.stop.end_s)} · {track} · {s.building.address}"
        mark = _point(folder, stop_title(team, s, texts), s.building.lon, s.building.lat, style, description)
        # The schema requires the time before style and geometry.
        span = Element("TimeSpan")
        element(span, "begin", iso_time(edition, s.stop.start_s))
        element(span, "end", iso_time(edition, s.stop.end_s))
        mark.insert(2, span)


def _point(
    folder: Element, name: str, lon: float, lat: float, style: str | None = None, description: str = ""
) -> Element:
    mark = element(folder, "Placemark")
    element(mark, "name", name)
    # Viewers take a description for HTML: escaped twice it is shown literally.
    element(mark, "description", escape(description, quote=False))
    if style:
        element(mark, "styleUrl", f"#{style}")
    element(element(mark, "Point"), "coordinates", f"{lon:.7f},{lat:.7f}")
    return mark


def plan_gpx(edition: Edition, texts: Texts, state: str) -> str:
    """Return the plan as GPX, for navigation apps and receivers; `state`: sentence on draft or approval."""
    root = Element("gpx", version="1.1", creator="sweep", xmlns="http://www.topografix.com/GPX/1/1")
    head = element(root, "metadata")
    element(head, "name", f"{edition.scenario.name} {edition.plan_id}")
    element(head, "desc", state)
    element(head, "time", iso_time(edition, 0))
    # The schema requires all waypoints before the first track.
    teams = [team for team in team_facts(edition) if team.route is not None]
    for team in teams:
        for s in team.stops:
            point = element(root, "wpt", lat=f"{s.building.lat:.7f}", lon=f"{s.building.lon:.7f}")
            element(point, "time", iso_time(edition, s.stop.start_s))
            element(point, "name", stop_title(team, s, texts))
            element(point, "desc", f"{span_text(s.stop.start_s, s.stop.end_s)} · {s.building.address}")
    for team in teams:
        track = element(root, "trk")
        element(track, "name", texts("export.team", letter=team.letter, team_id=team.team.team_id))
        for leg in legs_of(edition, team):
            segment = element(track, "trkseg")
            for lon, lat, *_ in leg.coords:
                element(segment, "trkpt", lat=f"{lat:.7f}", lon=f"{lon:.7f}")
    return document(root)


# Characters outside XML 1.0, production [2], which are invalid even as references.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(parent: Element, name: str, text: str | None = None, /, **attributes: str) -> Element:
    """
    Append a child element with text (None: no text) and attributes to `parent`, and return the child.

    Characters that XML forbids become U+FFFD.
    """
    child = SubElement(parent, name, {key: _FORBIDDEN.sub("\ufffd", value) for key, value in attributes.items()})
    if text is not None:
        child.text = _FORBIDDEN.sub("\ufffd", text)
    return child


def document(root: Element) -> str:
    """Return the XML document as text, with declaration and indentation."""
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"
