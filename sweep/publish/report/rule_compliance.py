"""Compliance of a plan with each rule of the rule book, one line per rule in the report."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import breach_text
from sweep.publish.facts.team_facts import served_visits
from sweep.rulebook.numbered_rules import BOOK, Rule

# Largest number of violations of one soft rule listed in full.
MOST_LISTED = 5


@dataclass(frozen=True, slots=True)
class RuleLine:
    """Report line on one rule: whether and how the plan keeps it, its first violations, and its changed settings."""

    rule_id: str
    title: str
    state: str
    """`kept`, `broken`, `off`, or `short`: a soft rule that is not kept everywhere."""
    how: str
    """Sentence with figures on compliance, the number of violations, or the reason for switching the rule off."""
    breaches: tuple[str, ...]
    """Sentences on the first `MOST_LISTED` violations, and on the number of others."""
    changed: tuple[str, ...]
    """Parameters of the rule that the scenario sets to other values than the defaults."""


def rule_lines(edition: Edition, texts: Texts) -> list[RuleLine]:
    """Return the line of every rule, in the order of the rule book."""
    figures = plan_figures(edition)
    return [_line(edition, rule, figures, texts) for rule in BOOK.values()]


def plan_figures(edition: Edition) -> dict[str, object]:
    """Return the figures of the plan, by placeholder, that fill the sentences `RuleLine.how` of all rules."""
    visits = served_visits(edition)
    by_track = Counter(v.track for v in visits)
    people = [edition.persons[i] for t in edition.plan.teams for i in t.member_ids if i in edition.persons]
    routes = [r for r in edition.plan.routes if r.stops]
    longest_s = max((r.return_s - r.depart_s for r in routes), default=0)
    statuses = Counter(o.status for o in edition.draw.officers)
    settings = edition.scenario
    cordoned = [v for v in visits if v.track == "case" and any(s.n_guards for s in v.slots)]
    return {
        "n_teams": len(edition.plan.teams),
        "n_reserve": sum(t.is_reserve for t in edition.plan.teams),
        "n_officers": sum(p.is_officer for p in people),
        "n_helpers": sum(not p.is_officer for p in people),
        "n_women": sum(p.is_female and p.is_certified(settings.day) for p in people),
        "n_recusals": sum(len(p.recusals) for p in people),
        "n_redrawn": statuses["recused"] + statuses["rotated"],
        "n_visits": len(visits),
        "n_case": by_track["case"],
        "n_special": by_track["special"],
        "n_routine": by_track["routine"],
        "n_stocktake": by_track["stocktake"],
        "n_targets": sum(len(v.targets) for v in visits),
        "n_immediate": sum(v.is_immediate for v in visits),
        "n_linked": len({v.link_group for v in visits if v.link_group}),
        "n_exits": sum(edition.buildings[v.building_id].n_exits for v in cordoned),
        "n_apart": sum(bool(v.keep_apart) for v in visits),
        "n_plans": len(settings.codes.annual_plan),
        "n_items": len({i for v in visits for i in v.items}),
        "n_urgent": sum(v.urgency > 0 for v in visits),
        "minutes": round(sum(v.disturbance for v in visits)),
        "hours": round(longest_s / 3600, 1),
        "n_breaks": sum(r.break_s is not None for r in routes),
        "seed": edition.draw.seed,
        "day": settings.day.isoformat(),
        "share": round(100 * settings.select.target_share_max),
        "quantile": round(100 * settings.plan.service_quantile),
        "tolerance": settings.plan.link_tolerance_s // 60,
        "cordon": round(settings.plan.cordon_s / 60, 1),
        "cooldown": settings.select.cooldown_days,
    }


def _line(edition: Edition, rule: Rule, figures: dict[str, object], texts: Texts) -> RuleLine:
    reason = edition.scenario.rules.off.get(rule.rule_id)
    breaches = [v for v in (*edition.violations, *edition.soft_violations) if v.rule_id == rule.rule_id]
    listed = [breach_text(edition, v, texts) for v in breaches]
    more = [texts("rules.more", n=len(listed) - MOST_LISTED)] if len(listed) > MOST_LISTED else []
    if reason is not None:
        state, sentence = "off", texts("rules.off_because", reason=reason)
    else:
        state = "kept" if not breaches else "broken" if breaches[0] in edition.violations else "short"
        key = f"told.{rule.rule_id}"
        squads = f"{key}.squads"
        kept = texts(squads if edition.scenario.teams.mode == "squads" and squads in texts else key, **figures)
        sentence = texts("rules.not_kept", n=len(breaches)) if breaches else kept
    return RuleLine(
        rule.rule_id,
        texts(f"rule.{rule.rule_id}.title"),
        state,
        sentence,
        (*listed[:MOST_LISTED], *more),
        changed_parameters(edition, rule),
    )


def changed_parameters(edition: Edition, rule: Rule) -> tuple[str, ...]:
    """Return `key = value (default)` for each parameter of the rule that the scenario changes."""
    defaults = parameter_values(rule, type(edition.scenario)(name="defaults", day=edition.scenario.day).all_settings)
    values = parameter_values(rule, edition.scenario.all_settings).items()
    return tuple(f"{k} = {_json(v)} ({_json(defaults[k])})" for k, v in values if v != defaults[k])


def parameter_values(rule: Rule, settings: Mapping[str, object]) -> dict[str, object]:
    """Return the value of each setting that the rule uses, by dotted key, from the nested settings of a scenario."""
    result = {}
    for key in rule.parameters:
        value: object = settings
        for part in key.split("."):
            value = value[part] if isinstance(value, dict) else None
        result[key] = value
    return result


def _json(value: object) -> str:
    return "–" if value is None else json.dumps(value, ensure_ascii=False)
