"""`sweep replan`: change of a published plan during its day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts, load_texts
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Iterations, OwnSeed, OwnTimeLimit, PlanPath
from sweep.terminal.output import Output, breach_json

with deferred_imports():
    from geodata import regular_file
    from sweep.audit import audit_log
    from sweep.day import events_file
    from sweep.day.journal import events_for_replan, journal_file
    from sweep.disk import atomic_files
    from sweep.inputs import building_search
    from sweep.jobs.replan import load_plan_of_day, publish_change, replan_day
    from sweep.plan import solve
    from sweep.publish.archive import edition_hash
    from sweep.publish.facts import names_and_reasons

if TYPE_CHECKING:
    from sweep.plan.replan.plan_changes import StopChange
    from sweep.plan.replan.replan import Replanned
    from sweep.publish.edition import Edition

app = group("the_day")


# Location named in errors of events that were given as options.
_TYPED = "--held --ill --urgent"
# Values of a cause that are ids of teams or visits.
_NAMED = ("team", "visit", "visits")


def _text(path: Path, today: load_plan_of_day.PlanOfDay, at_s: int) -> str:
    """Return the text of an events file; from a journal, the events until `at_s` that are not yet part of the plan."""
    try:
        if path.suffix == journal_file.SUFFIX:
            known = today.log.events if today.log else ()
            return events_for_replan.journal_text(
                path, today.plan, today.edition.plan_id, at_s, load_plan_of_day.service_of(today.edition), known
            )
        return regular_file.read_regular_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Issue("S540", str(path))]) from error


def with_typed_events(
    text: str, delayed: Sequence[str], ill: Sequence[str], urgent: Sequence[str], edition: Edition
) -> str:
    """
    Return the text of the events file, with the events given as options appended.

    Parameters
    ----------
    text
        JSON; a text without a list of events is returned unchanged, and its reader reports the error.
    delayed, ill, urgent
        Teams held at their positions until a time (`TEAM=HH:MM`), ids of people who go off duty, and ids or names of
        buildings that need an urgent visit.

    Raises
    ------
    InputError
        S544 for a delay without a time, S641 for an unknown building.
    """
    off_duty = ({"type": "ill", "person_id": i} for i in ill)
    more = [*_delay_events(delayed), *off_duty, *_urgent_events(urgent, edition)]
    if not more:
        return text
    try:
        content = json.loads(text.removeprefix("\ufeff"))
        return json.dumps({**content, "events": [*content["events"], *more]})
    except (ValueError, KeyError, TypeError):
        return text


def _delay_events(typed: Sequence[str]) -> Iterator[dict[str, object]]:
    for one in typed:
        team_id, equals, until = (part.strip() for part in one.partition("="))
        if not (team_id and equals and until):
            raise InputError([Issue("S544", "--held", {"name": "--held", "got": one[:20], "wanted": "T03=16:00"})])
        yield {"type": "held", "team_id": team_id, "until": until}


def _urgent_events(typed: Sequence[str], edition: Edition) -> Iterator[dict[str, object]]:
    names = {b: building.name for b, building in edition.buildings.items()}
    for one in typed:
        found = building_search.find_building(one, names)
        if found.building_id is None:
            raise InputError(
                [Issue("S641", "--urgent", {"got": one, "nearest": building_search.suggestions(found, names)})]
            )
        yield {"type": "urgent", "visit_id": f"U-{found.building_id}", "building_id": found.building_id}


def report_changes(voice: Output, made: Replanned, changes: Sequence[StopChange], names: Mapping[str, str]) -> None:
    """Print a re-plan's changed stops with their causes as a table; `names`: names of teams and visits by id."""
    texts = voice.texts
    header = [texts(f"replan.column.{c}") for c in ("visit", "what", "before", "after", "why")]
    rows = [change_row(texts, c, names) for c in changes]
    title = texts(
        "replan.title",
        at=texts.clock(made.rest.at_s),
        n=made.n_changed,
        value=texts.number(made.plan.total, 3),
        kept=texts.number(made.kept_value, 3),
        price=texts.number(made.price, 4),
    )
    voice.table(title, header, rows)


def change_row(texts: Texts, c: StopChange, names: Mapping[str, str]) -> tuple[str, ...]:
    """
    Return the table row of one changed stop: visit (name and id), kind of change, team and times before, after, cause.

    `names`: names of teams and visits by id.
    """
    before, after = (
        "-" if team is None else f"{names.get(team, team)} {'–'.join(texts.clock(s) for s in times if s is not None)}"
        for team, *times in (
            (c.team_before, c.start_before_s, c.end_before_s),
            (c.team_after, c.start_after_s, c.end_after_s),
        )
    )
    visit = f"{names.get(c.visit_id, c.visit_id)} ({c.visit_id})"
    values = {k: texts.clock(int(v)) if k.endswith("_s") else v for k, v in c.cause.values.items()}
    values |= {k: ", ".join(names.get(i, i) for i in str(values[k]).split(", ")) for k in _NAMED if k in values}
    return visit, texts(f"replan.kind.{c.kind}"), before, after, texts(f"replan.cause.{c.cause.code}", **values)


def _report_edition(voice: Output, made: publish_change.ChangedDay) -> None:
    plan, replanned = made.edition.plan, made.replanned
    if voice.as_json:
        changes = [publish_change.change_json(c) for c in made.changes]
        voice.json(
            {
                "plan_id": made.edition.plan_id,
                "value": plan.value,
                "objective": plan.total,
                "bound": plan.bound,
                "objective_if_kept": replanned.kept_value,
                "n_changed": replanned.n_changed,
                "price": replanned.price,
                "changes": changes,
                "unserved": [
                    {"visit_id": u.visit_id, "reasons": [{"code": r.code, **r.values} for r in u.reasons]}
                    for u in plan.unserved
                ],
                "unchanged_orders": list(made.carried),
                "violations": [breach_json(v) for v in made.edition.violations],
                "folder": str(made.folder),
                "files": [str(f) for f in made.files],
            }
        )
    voice.line("replan.done", folder=str(made.folder), n=len(made.carried))


@command(
    app,
    "replan",
    example="sweep replan out/quancheng/PLAN_ID --at 14:20 --held T03=16:00 --urgent B0003",
    changes=("plan", "out"),
)
def _replan(
    call: CommandCall,
    plan: PlanPath,
    at: Annotated[str, typer.Option(help=help_text("at"), metavar="HH:MM")],
    events: Annotated[Path | None, typer.Option(help=help_text("events"), metavar="EVENTS.json")] = None,
    held: Annotated[list[str] | None, typer.Option(help=help_text("held"), metavar="TEAM=HH:MM")] = None,
    ill: Annotated[list[str] | None, typer.Option(help=help_text("ill"), metavar="PERSON")] = None,
    urgent: Annotated[list[str] | None, typer.Option(help=help_text("urgent"), metavar="BUILDING")] = None,
    out: Annotated[Path | None, typer.Option(help=help_text("replan_out"))] = None,
    price: Annotated[float | None, typer.Option(help=help_text("price"), min=0.0, max=1e9)] = None,
    call_reserve: Annotated[bool, typer.Option("--call-reserve", help=help_text("call_reserve"))] = False,
    seed: OwnSeed = 1,
    time_limit: OwnTimeLimit = 1.5,
    iterations: Iterations = None,
    by: By = None,
) -> Exit:
    """Re-plan the rest of a day from time `at`, print changes and causes, and write the new edition."""
    voice, actor, at_s = call.voice, call.actor(by), events_file.parse_clock(at, "--at")
    today = load_plan_of_day.read_today(plan)
    voice.texts = load_texts(call.lang or today.edition.scenario.lang)
    text, name = ('{"events": []}', _TYPED) if events is None else (_text(events, today, at_s), events.name)
    is_journal = events is not None and events.suffix == journal_file.SUFFIX
    reports = events_for_replan.entries_until(events, at_s) if events is not None and is_journal else []
    log = (
        audit_log.log_of_edition(today.folder)
        if out is None
        else audit_log.log_of_scenario(out, today.edition.scenario.name)
    )
    log.refuse_damaged()
    text = with_typed_events(text, held or (), ill or (), urgent or (), today.edition)
    names = names_and_reasons.names_by_id(today.edition)

    def enter(edition: Edition, folder: Path) -> None:
        actor.log(log, "replan", edition_hash.edition_facts(edition, folder))

    atomic_files.refuse_unwritable(publish_change.edition_place(today, out))
    with voice.bar() as report:

        def on_progress(share: float, value: float, n_changed: int) -> None:
            report(share, voice.texts("replan.progress", value=voice.texts.number(value, 2), n=n_changed))

        planned = replan_day.plan_change(
            today,
            at_s,
            text,
            name,
            solve.Settings(seed, time_limit, iterations),
            price=price,
            call_reserve=call_reserve,
            on_progress=on_progress,
            reports=tuple(reports),
        )
        # Changes are printed first, since pages take time.
        new = {v.visit_id: names.get(v.building_id, v.building_id) for v in planned.replanned.rest.day.visits}
        report_changes(voice, planned.replanned, planned.changes, {**new, **names})
        made = publish_change.publish_change(planned, enter, out)
    _report_edition(voice, made)
    if made.edition.violations:
        voice.breaches(made.edition.violations, made.edition)
        return Exit.RULE_BROKEN
    return Exit.DONE
