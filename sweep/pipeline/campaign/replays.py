"""Replays of several policies and seeds: kept week by week, taken up where they stopped, and summed up."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.texts import load_texts
from sweep.audit.retention import STUDY
from sweep.campaign.replay import MEASURES, State, mean_and_error, measures, read_state, state_json
from sweep.campaign.settings import Campaign
from sweep.disk.csv_text import csv_text
from sweep.disk.files import refuse_unwritable, write_files
from sweep.pipeline.campaign.loaded import scenario_of
from sweep.pipeline.campaign.replay import play
from sweep.pipeline.campaign.stage import Stage, make_stage
from sweep.plan.solve import wait_for_compiler
from sweep.publish.archive.manifest import study_json
from sweep.publish.studies.replay_page import replay_page

FOLDER = "replay"
_SETTINGS = "settings.json"
# Rounds of a day's search where the scenario names none: some seconds on one core.
ROUNDS = 400


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be played."""

    policies: tuple[str, ...]
    n_seeds: int
    n_weeks: int | None = None
    """None: the whole campaign."""


@dataclass(frozen=True, slots=True)
class Row:
    """One policy's figures."""

    policy: str
    n_seeds: int
    figures: Mapping[str, tuple[float, float]]
    """Mean and standard error by measure."""


class StoppedError(Exception):
    """Somebody ended the replay between two weeks; what is done is kept."""


def run_replays(
    campaign: Campaign,
    wanted: Wanted,
    out: Path,
    overrides: Mapping[str, str] | None = None,
    watch: Callable[[str, int, int, int], None] | None = None,
    is_cut_short: Callable[[], bool] = lambda: False,
) -> tuple[tuple[Row, ...], tuple[Path, ...]]:
    """
    Play each policy with each seed, or go on where an earlier call stopped; the table of all and its files.

    The state of each is written whole after every week, and a state that is read again goes on to the same bytes.

    Parameters
    ----------
    watch
        Called with policy, seed, weeks done and weeks in all.
    is_cut_short
        Asked after each week.

    Raises
    ------
    InputError
        S920 if other settings are kept in the folder, S924 if the truth is not known; faults of the campaign.
    StoppedError
        If it was cut short.
    """
    place = out / scenario_of(campaign, campaign.first_day, overrides).name / FOLDER
    refuse_unwritable(place)
    stage = make_stage(campaign, overrides)
    n_weeks = min(wanted.n_weeks or stage.n_weeks, stage.n_weeks)
    rounds = stage.loaded.scenario.solver.iterations or ROUNDS
    _keep_settings(stage, place, rounds)
    wait_for_compiler(None)
    figures: dict[str, list[dict[str, float]]] = {p: [] for p in wanted.policies}
    for seed in range(1, wanted.n_seeds + 1):
        # The far end is the same however far is played, so that more weeks go on from fewer.
        future = stage.future(seed, stage.n_weeks)
        for policy in wanted.policies:
            file = place / f"{policy}-{seed}.json"
            state = _state(file) or State(policy, seed)

            def kept(after: State, file: Path = file) -> None:
                write_files({file.name: state_json(after)}, place, place.parent)
                if watch:
                    watch(after.policy, after.seed, after.n_weeks, n_weeks)
                if is_cut_short():
                    raise StoppedError

            state = play(stage, future, state, n_weeks, kept, rounds=rounds)
            figures[policy].append(measures(state, stage.truth(state, future)))
    rows = tuple(_row(policy, of) for policy, of in figures.items())
    return rows, _write(stage, rows, n_weeks, place)


def _row(policy: str, of: Sequence[Mapping[str, float]]) -> Row:
    return Row(policy, len(of), {m: mean_and_error([x[m] for x in of]) for m in MEASURES})


def _state(file: Path) -> State | None:
    if not file.is_file():
        return None
    try:
        return read_state(file.read_text(encoding="utf-8"))
    except (ValueError, TypeError, KeyError) as error:
        raise InputError([Issue("S920", str(file), {"folder": str(file.parent)})]) from error


def _keep_settings(stage: Stage, place: Path, rounds: int) -> None:
    """The settings of the replay, kept beside its states; states of other settings are not gone on with."""
    content = {
        "campaign": stage.loaded.campaign.model_dump(mode="json"),
        "scenario": stage.loaded.scenario.model_dump(mode="json", exclude={"lang"}),
        "inputs": [f.sha256 for f in stage.loaded.inputs.files],
        "rounds": rounds,
    }
    text = json.dumps({"sha256": sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()}) + "\n"
    file = place / _SETTINGS
    if file.is_file() and file.read_text(encoding="utf-8") != text:
        raise InputError([Issue("S920", str(file), {"folder": str(place)})])
    files = {_SETTINGS: text, STUDY: study_json(FOLDER, stage.loaded.scenario)}
    write_files(files, place, place.parent)


def _write(stage: Stage, rows: Sequence[Row], n_weeks: int, place: Path) -> tuple[Path, ...]:
    texts = load_texts(stage.loaded.scenario.lang)
    header = ["policy", "n_seeds", *(c for m in MEASURES for c in (m, f"{m}_se"))]
    lines = [[r.policy, r.n_seeds, *(x for m in MEASURES for x in r.figures[m])] for r in rows]
    table = {r.policy: r.figures for r in rows}
    seeds = {r.policy: r.n_seeds for r in rows}
    files = {
        "replay.csv": csv_text(header, lines),
        "replay.html": replay_page(stage.loaded.campaign.name, n_weeks, table, seeds, texts),
    }
    return write_files(files, place, place.parent)
