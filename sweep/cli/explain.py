"""`sweep explain`: why a visit is served or not, what adding it would cost, and marginal values of resources."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Iterations, JudgedPath, ScenarioPath
from sweep.terminal.output import Output, breach_json

with deferred_imports():
    from sweep.campaign.cli import campaign
    from sweep.campaign.cli import compare as campaign_compare
    from sweep.disk import plain_json
    from sweep.jobs import review_and_explain
    from sweep.jobs.replan import load_plan_of_day
    from sweep.jobs.stages import build_problem, plan_day
    from sweep.plan import simulate, solve
    from sweep.plan.explain import explain_visits, marginal_values
    from sweep.plan.problem import blamed_rules
    from sweep.plan.replan import apply_events
    from sweep.publish.archive import check_editions_against_log as check_edition_log
    from sweep.publish.archive import edition_json_file
    from sweep.publish.facts import names_and_reasons, price_and_track_texts
    from sweep.publish.report import report_lists
    from sweep.records import plan as plan_records

if TYPE_CHECKING:
    from sweep.plan.explain.insertion_options import Option
    from sweep.publish.edition import Edition
    from sweep.records.visits import Visit
    from sweep.scenario.inspection_hours import Hours
    from sweep.scenario.scenario import Scenario

app = group("judge")


# Alternative teams that the terminal shows for one building; the JSON has all.
MOST_TEAMS = 12


def explain_command(
    scenario: Scenario, voice: Output, plan: Path, building: str | None, settings: solve.Settings
) -> Exit:
    """
    Explain one building, given by id or name; if None, each unserved visit, and what one more team or hour would add.

    `plan`: folder of an edition or its plan.json. `settings`: seed and limits of each search for a price; a marginal
    value gets four times the limits.
    """
    if building is None:
        return _explain_plan(voice, load_plan_of_day.read_today(plan), settings)
    check_edition_log.refuse_unrecorded(edition_json_file.edition_folder(plan))
    edition = review_and_explain.review_plan(scenario, plan)
    explanation = review_and_explain.explain_building(edition, building)
    rows = explanation_rows(edition, explanation, voice.texts)
    content = explanation_json(explanation)
    explainer = _explainer(plan, settings)
    own_id = explanation.visit.visit_id if explanation.visit else None
    visit = next((v for v in explainer.problem.visits if v.visit_id == own_id), None) if explainer else None
    if explainer is not None and visit is not None:
        if visit.visit_id in explainer.served:
            served = explainer.why_there(visit)
            simulation = simulate.simulate(explainer.problem, explainer.plan, plan_day.spread_of(scenario))
            chance = simulation.in_window[visit.visit_id]
            rows += served_rows(served, voice.texts)
            rows.append((voice.texts("explain.row.in_window"), voice.texts.percent(chance)))
            content |= {"why_there": {**served_json(served), "in_window": chance}}
        else:
            why = explainer.why_not(visit)
            lines = unserved_rows(edition, why, voice.texts)
            named = {value for _, value in lines}
            rows, content = (
                [r for r in rows if r[1] not in named] + lines,
                {**content, "why_not": unserved_json(why)},
            )
    voice.json(content)
    voice.table(f"{explanation.building.name} ({explanation.building.building_id})", ("", ""), rows)
    if "why_there" in content or "why_not" in content:
        _note_whole_day(voice, edition)
    return Exit.DONE


def _explainer(plan: Path, settings: solve.Settings) -> explain_visits.Explainer | None:
    try:
        return _explainer_of(load_plan_of_day.read_today(plan), settings)
    except InputError:
        return None


def _explainer_of(today: load_plan_of_day.PlanOfDay, settings: solve.Settings) -> explain_visits.Explainer:
    events = today.log.events if today.log else ()
    return explain_visits.Explainer(
        apply_events.with_doors(apply_events.problem_of_day(today.morning, events), events), today.plan, settings
    )


def _explain_plan(voice: Output, today: load_plan_of_day.PlanOfDay, settings: solve.Settings) -> Exit:
    texts, edition = voice.texts, today.edition
    explainer = _explainer_of(today, settings)
    with voice.bar() as report:
        line = texts("explain.progress")
        unserved = []
        unserved_visits = [v for v in explainer.problem.visits if v.visit_id not in explainer.served]
        for n, visit in enumerate(unserved_visits):
            report(0.5 * n / max(1, len(unserved_visits)), line)
            unserved.append(explainer.why_not(visit))
        last_s = last_start_s(edition.scenario.hours)
        # A marginal value is the difference of two plans: each gets four times the limit.
        rule = build_problem.break_rule(edition.scenario)
        more = marginal_values.marginal_values(
            explainer.problem, today.plan, settings.part(4.0), last_s, lambda s: report(0.5 + 0.5 * s, line), rule
        )
    unserved.sort(key=lambda w: (w.price is None, w.price.parts.total if w.price else 0.0, w.visit.visit_id))
    voice.json(
        {
            "plan_id": edition.plan_id,
            "value": today.plan.value,
            "objective": today.plan.total,
            "bound_any_teams": today.plan.bound_any_teams,
            "unserved": [unserved_json(w) for w in unserved],
            "one_more": [asdict(m) | {"added": m.parts.total, "n_musts": -m.parts.must_missed} for m in more],
        }
    )
    header = [texts(f"explain.column.{c}") for c in ("visit", "building", "value", "why", "price", "displaces", "team")]
    voice.table(texts("explain.unserved", n=len(unserved)), header, [_plan_row(w, edition, texts) for w in unserved])
    header = [texts(f"explain.column.{c}") for c in ("more", "where", "adds", "value", "bound", "visits")]
    voice.table(texts("explain.one_more"), header, [margin_row(m, texts) for m in more])
    if (bound := today.plan.bound_any_teams) is not None:
        added = texts.number(max(0.0, bound + today.plan.due - today.plan.total), 3)
        voice.line("explain.any_teams", bound=texts.number(bound + today.plan.due, 3), added=added)
    _note_whole_day(voice, edition)
    return Exit.DONE


def _note_whole_day(voice: Output, edition: Edition) -> None:
    if edition.log is not None:
        voice.line("explain.whole_day", at=voice.texts.clock(edition.log.at_s))


def last_start_s(hours: Hours) -> int | None:
    """Return the latest permitted start of a visit, seconds after midnight; None if work at night is approved (C13)."""
    return None if hours.approval is not None else max(end for _, end in hours.working_s)


def _plan_row(why: explain_visits.UnservedExplanation, edition: Edition, texts: Texts) -> tuple[str, ...]:
    building = edition.buildings.get(why.visit.building_id)
    teams = ", ".join(why.price.teams) if why.price else "-"
    return (
        why.visit.visit_id,
        names_and_reasons.building_name(building, why.visit.building_id),
        texts.number(why.visit.value, 3),
        texts.listed([names_and_reasons.reason_title(r.code, texts) for r in why.reasons]),
        price_text(why, texts),
        ", ".join(why.price.displaced) if why.price and why.price.displaced else "-",
        teams,
    )


def price_text(why: explain_visits.UnservedExplanation, texts: Texts) -> str:
    """Return the text for the price of adding an unserved visit, with "at most" if the price is an upper bound."""
    if why.price is None:
        return "-"
    key = "exact" if why.price.is_exact else "at_most"
    return texts(
        f"explain.price.{key}", price=price_and_track_texts.price_text(why.price.parts.total, why.price.parts, texts)
    )


def unserved_rows(edition: Edition, why: explain_visits.UnservedExplanation, texts: Texts) -> list[tuple[str, str]]:
    """Return (label, value) for each line that explains an unserved visit."""
    rows = [(texts("explain.row.reason"), _reason_line(edition, r, why.visit, texts)) for r in why.reasons]
    rows.append((texts("explain.row.price"), price_text(why, texts)))
    if why.price:
        rows.append((texts("explain.row.displaces"), ", ".join(why.price.displaced) or "-"))
        at = f"{', '.join(why.price.teams)}  {texts.clock(why.price.start_s)}"
        rows.append((texts("explain.row.would"), at))
    rows += [(f"  {o.team_id}", option_text(o, texts)) for o in why.options[:MOST_TEAMS]]
    return rows


def _reason_line(edition: Edition, reason: plan_records.Reason, visit: Visit | None, texts: Texts) -> str:
    sentence, action = names_and_reasons.reason_texts(texts, reason, visit, edition.division_names)
    return f"{names_and_reasons.reason_title(reason.code, texts)}{texts('list.colon')}{sentence} {action}"


def option_text(option: Option, texts: Texts) -> str:
    """Return how one team could make an unserved visit: which visits it would drop, or which rules exclude it."""
    if option.rules:
        codes = (blamed_rules.CODES[rule.partition(".")[0]] for rule in option.rules)
        names = (texts(f"reason.{code}.title") for code in dict.fromkeys(codes))
        return texts("explain.option.rules", rules=", ".join(names))
    parts = []
    if option.displaced is not None and option.price is not None:
        key = "displaces" if option.displaced else "free"
        given = ", ".join(option.displaced)
        parts.append(texts(f"explain.option.{key}", visits=given, price=texts.number(option.price, 3)))
    if option.minutes_missing:
        parts.append(texts("explain.option.minutes", n=option.minutes_missing))
    return "; ".join(parts) or texts("explain.option.none")


def served_rows(served: explain_visits.ServedExplanation, texts: Texts) -> list[tuple[str, str]]:
    """Return (label, value) lines that explain a served visit."""
    rows = [
        ("worth", price_and_track_texts.price_text(served.parts.total, served.parts, texts)),
        ("costs", texts("explain.costs", inside=round(served.inside_s / 60), road=round(served.travel_saved_s / 60))),
        ("slack", texts("explain.minutes", n=served.slack_s // 60)),
    ]
    # The price of a visit, beyond its time, is shown from this amount on.
    if served.price >= 0.0005:
        rows.insert(1, ("own_price", texts.number(served.price, 3)))
    lines = [(texts(f"explain.row.{key}"), value) for key, value in rows]
    for team_id, rules in served.others[:MOST_TEAMS]:
        key = "rules" if rules else "could"
        lines.append((f"  {team_id}", texts(f"explain.option.{key}", rules=", ".join(rules))))
    return lines


def margin_row(m: marginal_values.MarginalValue, texts: Texts) -> tuple[str, ...]:
    """Return the table row for the marginal value of one more resource, such as a team or an officer."""
    return (
        texts(f"explain.more.{m.kind}"),
        m.where or "-",
        price_and_track_texts.price_text(m.parts.total, plan_records.Objective() - m.parts, texts),
        texts.number(m.value, 3),
        texts.number(m.bound, 3),
        f"{m.n_visits:+d}",
    )


def unserved_json(why: explain_visits.UnservedExplanation) -> dict[str, object]:
    """Return the explanation of an unserved visit for `sweep explain --json`: reasons, price and the teams' options."""
    price: dict[str, object] | None = None
    if why.price:
        parts = why.price.parts
        price = asdict(why.price) | {"value": parts.total, "n_musts": -parts.must_missed}
    return {
        "visit_id": why.visit.visit_id,
        "building_id": why.visit.building_id,
        "value": why.visit.value,
        "reasons": [{"code": r.code, **r.values} for r in why.reasons],
        "price": price,
        "options": [asdict(o) for o in why.options],
    }


def served_json(served: explain_visits.ServedExplanation) -> dict[str, object]:
    """Return the explanation of a served visit for `sweep explain --json`; `others`: other teams that could make it."""
    return {
        "team_ids": list(served.team_ids),
        "start_s": served.start_s,
        "slack_s": served.slack_s,
        "travel_saved_s": served.travel_saved_s,
        "inside_s": served.inside_s,
        "worth": served.parts.total,
        "worth_parts": asdict(served.parts),
        "price": served.price,
        "others": [{"team_id": team_id, "rules": list(rules)} for team_id, rules in served.others],
    }


def explanation_rows(
    edition: Edition, explanation: review_and_explain.Explanation, texts: Texts
) -> list[tuple[str, str]]:
    """Return (label, value) for each line that explains a building: rank, score terms, visit, reasons, pins."""
    rows = [
        ("rank", texts("command.of", n=explanation.rank, all=explanation.n_ranked)),
        ("finds_expected", texts.number(explanation.value, 3)),
        ("per_hour", texts.number(explanation.value_per_hour, 3)),
        ("cluster", explanation.cluster_id or "-"),
        ("rank_with_lead", texts.number(explanation.rank_with_lead)),
        ("rank_if_cleared", texts.number(explanation.rank_if_cleared)),
        ("scored_by", texts(f"command.scored_by.{explanation.scored_by}")),
        ("data_on", explanation.data_on or "-"),
    ]
    lines = [(texts(f"command.row.{key}"), value) for key, value in rows]
    lines += [(f"  {names_and_reasons.term_text(texts, t.key)}", texts.number(t.value, 4)) for t in explanation.terms]
    if explanation.visit:
        lines.append((texts("command.row.track"), texts(f"track.{explanation.visit.track}")))
        lines.append((texts("command.row.basis"), ", ".join(explanation.visit.basis)))
    for team_id, stop in explanation.stops:
        span = f"{texts.clock(stop.start_s)}-{texts.clock(stop.end_s)}"
        lines.append((texts("command.row.served"), f"{team_id}  {span}"))
    lines += [(v.rule_id, names_and_reasons.breach_text(edition, v, texts)) for v in explanation.breaches]
    lines += [("C33", f"{n.what(texts)} {n.fix(texts)}") for n in explanation.notes]
    for reason in explanation.reasons:
        lines.append((texts("command.row.unserved"), _reason_line(edition, reason, explanation.visit, texts)))
    for pin in explanation.pins:
        what = report_lists.pin_text(edition, pin, texts)
        pin_text = texts("pins.with_reason", what=what, reason=pin.reason) if pin.reason else what
        lines.append((texts("pins.row"), pin_text))
    return lines


def explanation_json(explanation: review_and_explain.Explanation) -> dict[str, object]:
    """Return the explanation of a building for `sweep explain --json`: rank, score terms, stops, reasons, pins."""
    return {
        "building_id": explanation.building.building_id,
        "rank": explanation.rank,
        "value": explanation.value,
        "value_per_hour": explanation.value_per_hour,
        "terms": [{"key": t.key, "value": t.value} for t in explanation.terms],
        "cluster_id": explanation.cluster_id,
        "rank_with_lead": explanation.rank_with_lead,
        "rank_if_cleared": explanation.rank_if_cleared,
        "scored_by": explanation.scored_by,
        "data_on": explanation.data_on,
        "visit_id": explanation.visit.visit_id if explanation.visit else None,
        "stops": [{"team_id": t, "start_s": s.start_s, "end_s": s.end_s} for t, s in explanation.stops],
        "reasons": [{"code": r.code, **r.values} for r in explanation.reasons],
        "pins": plain_json.to_json_values(explanation.pins),
        "breaches": [breach_json(v) for v in explanation.breaches],
    }


@command(app, "explain", sets=True, example="sweep explain scenarios/quancheng out/quancheng/PLAN_ID B0007")
def _explain(
    call: CommandCall,
    scenario: ScenarioPath,
    plan: JudgedPath,
    building: Annotated[str | None, typer.Argument(help=help_text("building"), metavar="[BUILDING]")] = None,
    time_limit: Annotated[float, typer.Option(help=help_text("time_limit_each"), min=0.0, max=604_800.0)] = 0.5,
    iterations: Iterations = None,
) -> Exit:
    if campaign_compare.is_campaign(plan, scenario):
        if building is None:
            raise InputError([Issue("S111", "sweep explain", {"name": "BUILDING", "command": "sweep explain"})])
        return campaign.explain_command(call.voice, scenario, call.overrides({"lang": call.lang}), plan, building)
    read = call.scenario(scenario)
    settings = solve.Settings(read.seed, time_limit, iterations)
    return explain_command(read, call.voice, plan, building, settings)
