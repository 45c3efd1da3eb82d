"""`sweep run` of a province, and `sweep init --province` for a synthetic one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts, load_texts
from sweep.audit.actor import Actor
from sweep.terminal.deferred_imports import deferred_imports, needs_extra
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Output, breach_json, issue_json
from sweep.terminal.resolve_plan_paths import chosen_store

with deferred_imports():
    from sweep.audit import audit_log
    from sweep.disk import atomic_files
    from sweep.province import synthetic_province
    from sweep.province.engines import executors
    from sweep.province.model import load_province
    from sweep.province.pages import province_json, province_numbers, write_province_edition
    from sweep.province.run import coordinator, run_province
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sweep.province.engines.executors import Engine
    from sweep.province.model.load_province import Province
    from sweep.province.records import ProvinceEdition
    from sweep.province.run.coordinator import ProgressCallback, ProvinceProgress
    from sweep.province.run.run_province import ProvinceOutcome


ENGINES = ("local", "dask")
# Share of each step in the bar.
_SHARES = {"curves": 0.45, "allocation": 0.01, "plans": 0.5, "publish": 0.04}


def province_command(
    voice: Output,
    path: Path,
    out: Path,
    *,
    engine: str,
    scheduler: str | None,
    n_workers: int | None,
    is_campaign: bool,
    limits: dict[str, object],
    lang: str | None,
    actor: Actor,
) -> Exit:
    """
    Plan a province, publish and log it; a county's errors are reported and do not stop the other counties.

    `engine`, `scheduler`, `n_workers`: as in `make_engine`; `is_campaign`: plan windows, not a day; `limits`: of the
    search, by key; `lang`: language; None as a limit or `lang` keeps the value of province.toml.
    """
    province = load_province.with_limits(load_province.load_province(path, voice.texts), limits, lang, voice.texts)
    voice.texts = load_texts(province.settings.lang)
    log = audit_log.log_of_scenario(out, province.settings.name)
    log.refuse_damaged()
    atomic_files.refuse_unwritable(log.folder)
    voice.notes([Issue("S989", where) for where in counties_in_store(province)])

    def enter(edition: ProvinceEdition, logged: Mapping[str, Sequence[Mapping[str, Any]]], folder: Path) -> None:
        for county_id, editions in logged.items():
            for facts in editions:
                actor.log(audit_log.log_of_scenario(folder / province_json.COUNTIES, county_id), "run", facts)
        actor.log(log, "run", write_province_edition.province_facts(edition, folder))

    has_results = False

    def noted(progress: ProvinceProgress) -> None:
        nonlocal has_results
        has_results |= progress.step in ("curves", "plans") and progress.n_done > 0
        on_progress(progress)

    try:
        with _progress(voice) as on_progress:
            made = make_engine(engine, scheduler, n_workers)
            outcome = run_province.run_province(province, out, made, noted, enter, is_campaign=is_campaign)
    except InputError as error:
        if not has_results:
            raise
        voice.errors(error.issues, "command.province.stopped")
        return Exit.BAD_INPUT
    return _report(voice, outcome)


def counties_in_store(province: Province) -> Iterator[str]:
    """Yield ids of counties that are also kept in a shared store; a province is planned from their folders only."""
    for county in province.counties:
        if chosen_store({"scenario": province.place(county)}) is not None:
            yield county.county_id


def make_engine(engine: str, scheduler: str | None, n_workers: int | None) -> Engine:
    """
    Return the engine called `local` or `dask`; S968 if unknown, S966 for conflicting options, S982 without Dask.

    `scheduler`: address of Dask's scheduler, for `dask` only. `n_workers`: workers that `local` starts (None: one per
    core), or for which `dask` waits (None: 1).
    """
    if engine not in ENGINES:
        raise InputError([Issue("S968", f"--engine {engine}", {"got": engine, "known": ENGINES})])
    if (engine == "dask") != (scheduler is not None):
        raise InputError([Issue("S966", "--scheduler", {"problem": f"--engine {engine}"})])
    if scheduler is None:
        return executors.LocalEngine(n_workers or os.cpu_count() or 1)
    needs_extra("province")
    from sweep.province.engines.dask_client import DaskEngine  # only here: the extra may be missing

    return DaskEngine(scheduler, n_workers or 1)


def init_province_command(
    voice: Output, name: str, folder: Path, n_counties: int | None, *, with_campaigns: bool = False
) -> Exit:
    """Create `folder`/`name`, a province of synthetic counties (None: 3), with campaigns if `with_campaigns`."""
    n_counties = n_counties or 3
    with voice.bar() as report:
        made = synthetic_province.write_made_up_province(
            name,
            folder,
            voice.texts,
            n_counties,
            lambda n: report(n / n_counties, str(n)),
            with_campaigns=with_campaigns,
        )
    voice.line("command.province.made", folder=made, n=n_counties)
    voice.json({"folder": str(made), "n_counties": n_counties})
    return Exit.DONE


@contextmanager
def _progress(voice: Output) -> Iterator[ProgressCallback]:
    with voice.bar() as report:

        def on_progress(p: ProvinceProgress) -> None:
            before = sum(_SHARES[s] for s in coordinator.STEPS[: coordinator.STEPS.index(p.step)])
            step = voice.texts(f"command.province.{p.step}")
            line = voice.texts("command.province.step", step=step, n=p.n_done, all=p.n_all, county=p.county_id)
            report(before + _SHARES[p.step] * p.n_done / max(1, p.n_all), line)

        yield on_progress


def _report(voice: Output, outcome: ProvinceOutcome) -> Exit:
    edition = outcome.edition
    n_without = len(edition.counties) - len(edition.planned)
    voice.json(_outcome_json(outcome, voice.texts))
    voice.table(voice.texts("command.province.done", name=edition.name), ("", ""), _rows(outcome, voice.texts))
    voice.notes(_notes_on_missing_results(edition))
    if outcome.violations:
        voice.breaches(outcome.violations)
    if n_without:
        if not voice.as_json:
            named = ((c.county.county_id, i) for c in edition.counties for i in c.issues)
            issues = [Issue(i.code, f"{county_id}: {i.where}", i.values) for county_id, i in named]
            voice.errors(issues, "command.province.faults", without=n_without, all=len(edition.counties))
        return Exit.BAD_INPUT
    is_broken = bool(outcome.violations) or any(c.plan and c.plan.n_violations for c in edition.counties)
    return Exit.RULE_BROKEN if is_broken else Exit.DONE


def _notes_on_missing_results(edition: ProvinceEdition) -> list[Issue]:
    return [
        Issue("S657", c.county.county_id, {"day": day, "n": n})
        for c in edition.planned
        if c.plan and c.plan.window
        for day, n in c.plan.window.unreported.items()
    ]


def _rows(outcome: ProvinceOutcome, texts: Texts) -> list[tuple[str, str]]:
    edition, whole = outcome.edition, province_numbers.province_figures(outcome.edition)
    finds = texts(
        "command.province.finds_window" if edition.is_campaign else "command.province.finds",
        value=texts.number(whole.value, 2),
        bound=texts.number(whole.bound, 2),
        gap=texts.percent(whole.gap, 1),
        low=whole.low,
        high=whole.high,
    )
    gains = province_numbers.next_gains(edition.allocation)
    rows = [
        ("counties", texts("command.of", n=whole.n_planned, all=whole.n_counties)),
        ("mobile", texts("command.of", n=whole.n_mobile, all=edition.n_mobile)),
        ("finds", finds),
        ("links", texts("command.of", n=sum(s.window_s is not None for s in edition.starts), all=len(edition.links))),
        ("next", next((f"{i} +{texts.number(gain, 3)}" for i, gain in gains), "-")),
        ("found", str(outcome.n_cached)),
        ("folder", str(outcome.folder)),
    ]
    return [(texts(f"command.province.row.{key}"), value) for key, value in rows]


def _outcome_json(outcome: ProvinceOutcome, texts: Texts) -> dict[str, Any]:
    edition, whole = outcome.edition, province_numbers.province_figures(outcome.edition)
    return {
        "province": edition.name,
        "folder": str(outcome.folder),
        "n_counties": whole.n_counties,
        "n_planned": whole.n_planned,
        "n_mobile": whole.n_mobile,
        "value": whole.value,
        "bound": whole.bound,
        "gap": whole.gap,
        "finds_low": whole.low,
        "finds_high": whole.high,
        "n_found": outcome.n_cached,
        "counties": {c.county.county_id: c.state for c in edition.counties},
        "issues": [issue_json(i, texts) | {"county": c.county.county_id} for c in edition.counties for i in c.issues],
        "notes": [issue_json(i, texts) for i in _notes_on_missing_results(edition)],
        "violations": [breach_json(v) for v in outcome.violations],
    }
