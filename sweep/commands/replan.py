"""`sweep replan`: a published plan changed on its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular_text
from geodata.texts import Texts
from sweep.audit.actor import Actor
from sweep.audit.log import log_of_edition, log_of_scenario
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice, breach_json
from sweep.day.events_file import parse_clock
from sweep.day.journal.as_events import entries_until, journal_text
from sweep.day.journal.file import SUFFIX as JOURNAL_SUFFIX
from sweep.pipeline.replan.change import change_day
from sweep.pipeline.replan.publish import ChangedDay
from sweep.pipeline.replan.today import Today, read_today
from sweep.pipeline.replan.typed_events import TypedEvents, with_typed_events
from sweep.plan.replan.changes import Change
from sweep.plan.replan.replan import Replanned
from sweep.plan.solve import Settings
from sweep.publish.archive.facts import edition_facts
from sweep.publish.edition import Edition

# Where faults stand if there is no file of events.
_TYPED = "--held --ill --urgent"


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
    text = with_typed_events(text, typed, today.edition)

    def first(made: Replanned, changes: Sequence[Change]) -> None:
        report_changes(voice, made, changes)

    def enter(edition: Edition, folder: Path) -> None:
        actor.log(log, "replan", edition_facts(edition, folder))

    with _replan_progress(voice) as watch:
        made = change_day(
            today,
            at_s,
            text,
            name,
            settings,
            price=price,
            call_reserve=call_reserve,
            watch=watch,
            first=first,
            enter=enter,
            out=out,
            reports=tuple(reports),
        )
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
            return journal_text(path, today.plan, today.edition.plan_id, at_s, known)
        return read_regular_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Issue("S540", str(path))]) from error


def report_changes(voice: Voice, made: Replanned, changes: Sequence[Change]) -> None:
    """Print what moved and why, as a table."""
    texts = voice.texts
    header = [texts(f"replan.column.{c}") for c in ("visit", "what", "before", "after", "why")]
    rows = [change_row(texts, c) for c in changes]
    title = texts(
        "replan.title",
        at=texts.clock(made.rest.at_s),
        n=made.n_changed,
        value=texts.number(made.plan.value, 3),
        kept=texts.number(made.kept_value, 3),
        price=texts.number(made.price, 4),
    )
    voice.table(title, header, rows)


def change_row(texts: Texts, c: Change) -> tuple[str, ...]:
    """One changed stop in the reader's language."""
    before = "-" if c.team_before is None else f"{c.team_before} {texts.clock(c.start_before_s or 0)}"
    after = "-" if c.team_after is None else f"{c.team_after} {texts.clock(c.start_after_s or 0)}"
    return c.visit_id, texts(f"replan.kind.{c.kind}"), before, after, cause_text(texts, c)


def change_json(c: Change) -> dict[str, object]:
    """One changed stop for machines."""
    plain: dict[str, object] = {f.name: getattr(c, f.name) for f in fields(c)}
    return {**plain, "cause": {"code": c.cause.code, **c.cause.values}}


def cause_text(texts: Texts, c: Change) -> str:
    """Why a stop changed, as a sentence."""
    values = {k: texts.clock(int(v)) if k.endswith("_s") else v for k, v in c.cause.values.items()}
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
