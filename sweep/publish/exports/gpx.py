"""GPX 1.1 of a plan: one track a team, one segment a leg, and the stops as way-points."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.iso_time import iso_time
from sweep.publish.facts.teams import StopFacts, TeamFacts, team_facts
from sweep.publish.facts.wording import stop_name
from sweep.publish.page.xml_text import document, element

_NAMESPACE = "http://www.topografix.com/GPX/1/1"


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
    root = Element("gpx", version="1.1", creator="sweep", xmlns=_NAMESPACE)
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
