"""The map's teams: their stops, routes and bases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.escape import fixed
from sweep.publish.facts import StopFacts, TeamFacts, building_name, label
from sweep.publish.mapdata import arrows, encode
from sweep.publish.palette import ink_on


def stop_shifts(teams: Iterable[TeamFacts]) -> dict[tuple[str, int], int]:
    """How many places aside each stop's mark is drawn, so that teams in one building stay apart."""
    seen: Counter[str] = Counter()
    shifts: dict[tuple[str, int], int] = {}
    for team in teams:
        for s in team.stops:
            shifts[team.team.team_id, s.number] = seen[s.building.building_id]
            seen[s.building.building_id] += 1
    return shifts


def team_layer(
    edition: Edition, team: TeamFacts, shifts: Mapping[tuple[str, int], int], texts: Texts
) -> dict[str, object]:
    """One team's route, arrows and stops; `shifts` is that of `stop_shifts`."""
    legs = edition.route_lines.get(team.team.team_id, ())
    return {
        "letter": team.letter,
        "colour": team.colour,
        "ink": ink_on(team.colour),
        "dash": team.dash,
        "legs": [encode(leg.coords) for leg in legs if not leg.is_empty],
        "arrows": arrows(legs),
        "stops": [
            {
                "number": s.number,
                "at": [round(s.building.lat, 6), round(s.building.lon, 6)],
                "shift": shifts[team.team.team_id, s.number],
                "title": f"{team.letter}{s.number} · {building_name(s.building, s.building.building_id)}",
                "sub": s.building.address,
                "values": _stop_values(edition, s, texts),
            }
            for s in team.stops
        ],
    }


def _stop_values(edition: Edition, s: StopFacts, texts: Texts) -> list[str | None]:
    together = [texts("map.with_team", letter=x) for x in s.partner_letters]
    if s.visit.link_group is not None:
        together.append(texts("map.linked_start"))
    return [
        f"{texts.clock(s.stop.arrive_s)} → {texts.clock(s.stop.start_s)} – {texts.clock(s.stop.end_s)}",
        texts("map.travel", minutes=round(s.stop.travel_s / 60), km=fixed(s.stop.distance_m / 1000, 1)),
        label(texts, f"track.{s.visit.track}", s.visit.track),
        texts.number(s.building.n_floors),
        texts("map.exits_guards", exits=s.building.n_exits, guards=s.slot.n_guards),
        texts.number(len(s.targets)),
        texts("list.separator").join(together) or None,
        _why(edition, s, texts),
    ]


def _why(edition: Edition, s: StopFacts, texts: Texts) -> str:
    """The track's reason, and for a lead-driven visit the two largest terms of the building's score."""
    reason = label(texts, f"map.why.{s.visit.track}", s.visit.track)
    terms = sorted(edition.terms.get(s.building.building_id, ()), key=lambda t: (-abs(t.value), t.key))[:2]
    if s.visit.track != "case" or not terms:
        return reason
    names = texts("list.separator").join(label(texts, f"term.{t.key}", t.key) for t in terms)
    return texts("map.why_with_terms", why=reason, terms=names)


def base_marks(teams: Iterable[TeamFacts], texts: Texts) -> list[dict[str, object]]:
    """The bases that teams start from, each with the letters of its teams."""
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
