"""Names of districts, buildings and teams, and texts of reasons, in the reader's language."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from geodata.clock_times import clock
from geodata.division_codes import division_name
from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition, once_per_edition
from sweep.publish.facts.team_facts import StopFacts, TeamFacts, team_letters
from sweep.records.buildings import Building, Firm
from sweep.records.people import Person
from sweep.records.plan import Coverage, Reason, Violation
from sweep.records.visits import Visit


def role_name(person: Person, texts: Texts) -> str:
    """Name of a person's role (such as officer) as the person's authority calls it."""
    role = label(texts, f"role.{person.role}", person.role)
    return label(texts, f"role.{person.agency}.{person.role}", role)


def label(texts: Texts, key: str, fallback: str) -> str:
    """Return the text of a catalogue key; `fallback` if the catalogue lacks the key."""
    return texts(key) if key in texts else fallback


def term_text(texts: Texts, key: str) -> str:
    """Return the name of a term of a building's score (such as leads of one type), given by its key."""
    kind, _, lead_type = key.partition(".")
    if lead_type:
        return texts("command.term.leads", kind=texts(f"lead_type.{lead_type}"))
    return texts(f"command.term.{kind}")


def district_name(code: str, names: Mapping[str, str], texts: Texts) -> str:
    """Return the name of a division: the scenario's, in `names` by code, else the catalogue's, else the code itself."""
    return names.get(code) or division_name(code, texts)


def setting_name(key: str, texts: Texts) -> str:
    """Return the readable name of a key of scenario.toml, followed by the key; the key alone if it has no name."""
    own = f"setting.{key}"
    return texts("setting.shown", name=texts(own), key=key) if own in texts else key


def building_name(building: Building | None, building_id: str) -> str:
    """Return the name of a building, or the id `building_id` if it has no name or is missing (None)."""
    return building.name if building is not None and building.name else building_id


def stop_name(s: StopFacts, texts: Texts) -> str:
    """Return the name of a stop's building, with a note if its door was locked."""
    name = building_name(s.building, s.building.building_id)
    return f"{name}{texts('list.colon')}{texts('reason.LOCKED_DOOR.title')}" if s.stop.is_attempt else name


def stop_title(team: TeamFacts, s: StopFacts, texts: Texts) -> str:
    """Return the title of a stop: letter of the team, number of the stop, name of the building."""
    return f"{team.letter}{s.number} {stop_name(s, texts)}"


def span_text(start_s: int, end_s: int) -> str:
    """Return a time range as `HH:MM – HH:MM`, given start and end in seconds after midnight."""
    return f"{clock(start_s)} – {clock(end_s)}"


def firm_of(edition: Edition, uscc: str) -> Firm:
    """Return the firm `uscc`; if the edition lacks it, as for urgent visits, a firm with the code as its name."""
    return edition.firms.get(uscc) or Firm(uscc, uscc, "", "")


# Placeholders of the reason sentences, with their values if a plan edited by hand omits one.
_UNKNOWN: Mapping[str, object] = {
    **dict.fromkeys(("needs", "has", "n_teams", "district", "skill", "officers", "visits", "price"), "?"),
    **dict.fromkeys(("other", "gain", "cap", "most", "taken", "team", "day", "until"), "?"),
    "agency": "police",
}


# Ids and codes of a violation stand between spaces and commas.
_WORD = re.compile(r"[^\s,]+")


def reason_title(code: str, texts: Texts) -> str:
    """Return the short title of a reason for an unserved visit; the code of the reason if it has no title."""
    return label(texts, f"reason.{code}.title", code)


def reason_texts(texts: Texts, reason: Reason, visit: Visit | None, names: Mapping[str, str]) -> tuple[str, str]:
    """
    Return a sentence on the obstacle to a visit, and one on its fix (empty without one).

    `visit`: the visit, whose district the sentences name; None if unknown. `names`: names of districts by code.
    """
    values = {name: reason.values.get(name, unknown) for name, unknown in _UNKNOWN.items()}
    if visit is not None:
        values["district"] = district_name(visit.division_code, names, texts)
    for kind in ("agency", "skill"):
        values[kind] = label(texts, f"{kind}.{values[kind]}", str(values[kind]))
    for several in ("officers", "visits"):
        values[several] = texts.listed(str(values[several]).split(", "))
    what, action = f"reason.{reason.code}.what", f"reason.{reason.code}.action"
    return (
        texts(what, **values) if what in texts else reason.code,
        texts(action, **values) if action in texts else "",
    )


def coverage_name(edition: Edition, coverage: Coverage, texts: Texts) -> str:
    """Return the name of what a coverage figure covers: the whole plan, or one district, cluster or track."""
    if coverage.scope == "cluster":
        rank = next((c.rank for c in edition.clusters if c.cluster_id == coverage.scope_id), None)
        return texts("map.cluster_no", rank=rank) if rank is not None else coverage.scope_id
    if coverage.scope == "all":
        return texts("coverage.everything")
    if coverage.scope == "district":
        return district_name(coverage.scope_id, edition.division_names, texts)
    return label(texts, f"{coverage.scope}.{coverage.scope_id}", coverage.scope_id)


@once_per_edition
def names_by_id(edition: Edition) -> Mapping[str, str]:
    """Name of each building, base, visit, team and group of linked visits of an edition by its id."""
    buildings = {i: building_name(b, i) for i, b in edition.buildings.items()}
    bases = {i: b.name for i, b in edition.bases.items()}
    visits = {v.visit_id: buildings.get(v.building_id, v.building_id) for v in edition.visits.values()}
    linked: dict[str, str] = {}
    for group, name in ((v.link_group, visits[v.visit_id]) for v in edition.visits.values() if v.link_group):
        linked[group] = f"{linked[group]} + {name}" if group in linked else name
    teams = {i: f"{letter} {i}" for i, letter in team_letters(edition).items()}
    return MappingProxyType({**linked, **buildings, **bases, **visits, **teams})


def with_names(text: str, names: Mapping[str, str], other: Callable[[str], str] = str) -> str:
    """Return a text with names in place of the ids in it; `other` returns the replacement of any other word."""
    # A number may count something, although tables also have it as an id.
    return _WORD.sub(lambda found: (not found[0].isdecimal() and names.get(found[0])) or other(found[0]), text)


def breach_text(edition: Edition | None, breach: Violation, texts: Texts) -> str:
    """
    Return the sentence on a violation, with names in place of ids and codes.

    Without a sentence in the catalogue, it has the rule's id and the values of the violation. `edition`: source of the
    names; None: ids stay.
    """
    names, districts = (names_by_id(edition), edition.division_names) if edition is not None else ({}, {})

    def of_code(word: str) -> str:
        return label(texts, f"agency.{word}", district_name(word, districts, texts))

    values = {"detail": "", **breach.values, "where": breach.where}
    values = {k: with_names(v, names, of_code) if isinstance(v, str) else v for k, v in values.items()}
    return texts(breach.key, **values) if breach.key in texts else f"{breach.rule_id} {values}"


def reason_sentences(edition: Edition, visit_id: str, uscc: str, texts: Texts) -> list[str]:
    """Return sentences on why a visit inspects a firm; with an empty `uscc`, on why it visits the building."""
    sentences = []
    for reason in edition.reasons.get(visit_id, ()):
        if reason.uscc == uscc:
            track = str(reason.values.get("track", ""))
            values = {**reason.values, "track": label(texts, f"track.{track}", track)}
            sentences.append(texts(f"why.{reason.code}", **values))
    return sentences
