"""Data of the teams on the map: stops, routes, times and bases."""

from collections.abc import Iterable, Mapping

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import label, stop_name
from sweep.publish.facts.team_facts import StopFacts, TeamFacts
from sweep.publish.map.map_polylines import encode_polyline
from sweep.publish.map.map_texts import TextTable


def team_layer(
    edition: Edition, team: TeamFacts, place: Mapping[str, int], words: TextTable, texts: Texts
) -> dict[str, object]:
    """
    Return route, stops and times of a team for the map's script; ValueError for a reserve team.

    Times are departure, start of the return and its end, then start and end of the break; seconds after midnight.
    `place`: index of each building in the map's building columns, by id; `words`: table to which texts are added.
    """
    route = team.route
    if route is None:
        raise ValueError(f"team {team.team.team_id!r} is in reserve and has no route")
    legs = edition.route_lines.get(team.team.team_id, ())
    return {
        "letter": team.letter,
        "id": team.team.team_id,
        "colour": team.colour,
        "ink": team.ink,
        "dash": [int(n) for n in team.dash.split()],
        "base": [round(team.base.lat, 6), round(team.base.lon, 6)],
        "base_name": team.base.name or team.base.base_id,
        "legs": ["" if leg.is_empty else encode_polyline(leg.coords) for leg in legs],
        # Departure, start of the return, end of the route, and its break if it has one; seconds after midnight.
        "times": [*(route.depart_s, route.return_s - route.return_travel_s, route.return_s), *(route.break_s or ())],
        "stops": [_stop(edition, s, place, words, texts) for s in team.stops],
    }


def _stop(
    edition: Edition, s: StopFacts, place: Mapping[str, int], words: TextTable, texts: Texts
) -> list[int | str | list[str]]:
    """
    Return the row of a stop for the map's script.

    `[building, arrive, start, end, travel s, distance m, guards, targets, is linked, track, why, partners, locked]`:
    times in seconds after midnight, numbers of guards and targets, letters of partner teams. The building is given as
    its index in `place`. Three texts are given as indices in `words`: the track's name, why the visit is made, and the
    building's name if its door was locked, else -1.
    """
    return [
        place[s.building.building_id],
        s.stop.arrive_s,
        s.stop.start_s,
        s.stop.end_s,
        s.stop.travel_s,
        s.stop.distance_m,
        s.slot.n_guards,
        0 if s.stop.is_attempt else len(s.targets),
        int(s.visit.link_group is not None),
        words.place(label(texts, f"track.{s.visit.track}", s.visit.track)),
        words.place(_why_visited(edition, s, texts)),
        list(s.partner_letters),
        words.place(stop_name(s, texts) if s.stop.is_attempt else None),
    ]


def _why_visited(edition: Edition, s: StopFacts, texts: Texts) -> str:
    reason = label(texts, f"map.why.{s.visit.track}", s.visit.track)
    terms = sorted(edition.terms.get(s.building.building_id, ()), key=lambda t: (-abs(t.value), t.key))[:2]
    if s.visit.track != "case" or not terms:
        return reason
    names = texts.listed(label(texts, f"term.{t.key}", t.key) for t in terms)
    return texts("map.why_with_terms", why=reason, terms=names)


def base_marks(teams: Iterable[TeamFacts], texts: Texts) -> list[dict[str, object]]:
    """Return for each base {`title`: name, `sub`: the word "base", `at`: [lat, lon], `values`: [teams' letters]}."""
    letters: dict[str, list[str]] = {}
    bases = {}
    for team in teams:
        bases[team.base.base_id] = team.base
        mark = texts("map.reserve_mark", letter=team.letter) if team.team.is_reserve else team.letter
        letters.setdefault(team.base.base_id, []).append(mark)
    return [
        {
            "title": base.name or base.base_id,
            "sub": texts("map.base"),
            "at": [round(base.lat, 6), round(base.lon, 6)],
            "values": [" ".join(letters[base_id])],
        }
        for base_id, base in sorted(bases.items())
    ]
