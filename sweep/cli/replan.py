"""`sweep replan`: a published plan changed on its day."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts
from geodata.regular_file import read_regular_text
from sweep.audit.actor import Actor
from sweep.audit.audit_log import log_of_edition, log_of_scenario
from sweep.day.events_file import parse_clock
from sweep.day.journal.journal_file import SUFFIX as JOURNAL_SUFFIX
from sweep.day.journal.replan_events import entries_until, journal_text
from sweep.disk.atomic_files import refuse_unwritable
from sweep.jobs.replan.command_line_events import TypedEvents, with_typed_events
from sweep.jobs.replan.load_plan_of_day import Today, read_today, service_of
from sweep.jobs.replan.publish_change import ChangedDay, change_json, edition_place, publish_change
from sweep.jobs.replan.replan_day import plan_change
from sweep.plan.replan.plan_changes import Change
from sweep.plan.replan.replan import Replanned
from sweep.plan.solve import Settings
from sweep.publish.archive.edition_hash import edition_facts
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import names_by_id
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, breach_json

# Where faults stand if there is no file of events.
_TYPED = "--held --ill --urgent"
# Values of a cause that are ids of teams or visits.
_NAMED = ("team", "visit", "visits")


def replan_command(
    voice: Voice,
    plan: Path,
    at: str,
    events: Path | None,
    typed: TypedEvents,
    actor: Actor,
    settings: Settings,
    price: float | None,
    out: Path | None,
    *,
    call_reserve: bool,
) -> Exit:
    """Plan the rest of a day again; report what moved and why; write the new edition beside the old one or to `out`."""
    at_s = parse_clock(at, "--at")
    today = read_today(plan)
    text, name = ('{"events": []}', _TYPED) if events is None else (_text(events, today, at_s), events.name)
    is_journal = events is not None and events.suffix == JOURNAL_SUFFIX
    reports = entries_until(events, at_s) if events is not None and is_journal else []
    log = log_of_edition(today.folder) if out is None else log_of_scenario(out, today.edition.scenario.name)
    log.refuse_damaged()
    text, names = with_typed_events(text, typed, today.edition), names_by_id(today.edition)

    def enter(edition: Edition, folder: Path) -> None:
        actor.log(log, "replan", edition_facts(edition, folder))

    refuse_unwritable(edition_place(today, out))
    with _replan_progress(voice) as watch:
        planned = plan_change(
            today,
            at_s,
            text,
            name,
            settings,
            price=price,
            call_reserve=call_reserve,
            watch=watch,
            reports=tuple(reports),
        )
        # The answer first: pages take their time.
        new = {v.visit_id: names.get(v.building_id, v.building_id) for v in planned.replanned.rest.day.visits}
        report_changes(voice, planned.replanned, planned.changes, {**new, **names})
        made = publish_change(planned, enter, out)
    _report_edition(voice, made)
    if made.edition.violations:
        voice.breaches(made.edition.violations)
        return Exit.RULE_BROKEN
    return Exit.DONE


@contextmanager
def _replan_progress(voice: Voice) -> Iterator[Callable[[float, float, int], None]]:
    """A bar over one change of the day, gone when done."""
    with voice.bar() as report:

        def watch(share: float, value: float, n_changed: int) -> None:
            report(share, voice.texts("replan.progress", value=voice.texts.number(value, 2), n=n_changed))

        yield watch


def _text(path: Path, today: Today, at_s: int) -> str:
    """What a file of events holds, or what of a journal the plan does not answer to yet."""
    try:
        if path.suffix == JOURNAL_SUFFIX:
            known = today.log.events if today.log else ()
            return journal_text(path, today.plan, today.edition.plan_id, at_s, service_of(today.edition), known)
        return read_regular_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Issue("S540", str(path))]) from error


def report_changes(voice: Voice, made: Replanned, changes: Sequence[Change], names: Mapping[str, str]) -> None:
    """Print the changed stops and their causes as a table, with the names of visits and teams by id."""
    texts = voice.texts
    header = [texts(f"replan.column.{c}") for c in ("visit", "what", "before", "after", "why")]
    rows = [change_row(texts, c, names) for c in changes]
    title = texts(
        "replan.title",
        at=texts.clock(made.rest.at_s),
        n=made.n_changed,
        value=texts.number(made.plan.value, 3),
        kept=texts.number(made.kept_value, 3),
        price=texts.number(made.price, 4),
    )
    voice.table(title, header, rows)


def change_row(texts: Texts, c: Change, names: Mapping[str, str]) -> tuple[str, ...]:
    """One changed stop in the reader's language: names first, with the visit's id after them for `sweep explain`."""
    before, after = (
        "-" if team is None else f"{names.get(team, team)} {texts.clock(start_s or 0)}"
        for team, start_s in ((c.team_before, c.start_before_s), (c.team_after, c.start_after_s))
    )
    visit = f"{names.get(c.visit_id, c.visit_id)} ({c.visit_id})"
    return visit, texts(f"replan.kind.{c.kind}"), before, after, cause_text(texts, c, names)


def cause_text(texts: Texts, c: Change, names: Mapping[str, str]) -> str:
    """Cause of a changed stop as a sentence, by names."""
    values = {k: texts.clock(int(v)) if k.endswith("_s") else v for k, v in c.cause.values.items()}
    values |= {k: ", ".join(names.get(i, i) for i in str(values[k]).split(", ")) for k in _NAMED if k in values}
    return texts(f"replan.cause.{c.cause.code}", **values)


def _report_edition(voice: Voice, made: ChangedDay) -> None:
    plan, replanned = made.edition.plan, made.replanned
    if voice.as_json:
        changes = [change_json(c) for c in made.changes]
        voice.json(
            {
                "plan_id": made.edition.plan_id,
                "value": plan.value,
                "bound": plan.bound,
                "value_if_kept": replanned.kept_value,
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
