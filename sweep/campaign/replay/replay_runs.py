"""Replays of several policies and seeds: stored week by week, resumable, and summarised."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.message_catalogue import load_texts
from geodata.regular_file import is_present, read_regular_text
from sweep.audit.retention_period import STUDY
from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.inspection_history import FILE_NAME as PAST_FILE
from sweep.campaign.model.replay_measures import mean_and_error
from sweep.campaign.model.replay_policies import PAST_POLICIES, POLICIES
from sweep.campaign.model.replay_state import ReplayState, read_state, state_json
from sweep.campaign.pages.replay_page import replay_page
from sweep.campaign.replay.historical_replay import HistoricalReplay, make_historical_replay
from sweep.campaign.replay.replay_setup import make_replay_setup
from sweep.campaign.replay.simulated_replay import CityReplay
from sweep.campaign.window.load_campaign import LoadedCampaign, inputs_sha256, scenario_of
from sweep.disk.atomic_files import refuse_unwritable, write_files
from sweep.disk.formula_safe_csv import csv_text
from sweep.plan.solve import wait_for_compiler
from sweep.publish.archive.manifest import study_json
from sweep.scenario.scenario import Scenario

FOLDER = "replay"
_SETTINGS = "settings.json"
# Iterations of a day's search unless the scenario sets them. With 400 twice as many published visits were moved; more
# than 3,000 change nothing, and take little time compared with ranking and offer.
ROUNDS = 3_000


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """Policies, seeds and weeks to replay."""

    policies: tuple[str, ...]
    """Names of policies; empty: all."""
    n_seeds: int
    """Seeds 1 to `n_seeds` are replayed."""
    n_weeks: int | None = None
    """Number of weeks; None: the whole campaign."""


type Replayed = CityReplay | HistoricalReplay
"""Campaign that can be replayed week by week."""


type OnWeek = Callable[[ReplayState, int, float], None]
"""Takes the state after a week of a replay, the weeks of each replay, and the completed share of all, in [0, 1]."""


class StoppedError(Exception):
    """Raised when a replay was interrupted, between two weeks; the completed weeks are stored, for a later call."""


def run_replays(
    campaign: Campaign,
    wanted: ReplayOptions,
    out: Path,
    overrides: Mapping[str, str] | None = None,
    on_progress: OnWeek | None = None,
    is_interrupted: Callable[[], bool] = lambda: False,
) -> tuple[tuple[Row, ...], tuple[Path, ...]]:
    """
    Replay each policy with each seed, or resume an earlier call; return one row per policy, and the files written.

    The state is written atomically after every week, and a resumed replay gives the same bytes.

    Raises
    ------
    InputError
        S919 for an unknown policy, S920 if the folder has replays with other settings, S994 if it has longer ones,
        S924 without data for a simulation; errors of the campaign.
    StoppedError
        If `is_interrupted` returns True between two weeks.
    """
    place = out / scenario_of(campaign, campaign.first_day, overrides).name / FOLDER
    refuse_unwritable(place)
    policies = _known_policies(campaign, wanted.policies)
    replayed = _make_replay(campaign, overrides)
    n_weeks = min(wanted.n_weeks or replayed.n_weeks, replayed.n_weeks)
    _keep_settings(replayed, place)
    figures: dict[str, list[dict[str, float]]] = {p: [] for p in policies}
    order = [(policy, seed) for seed in range(1, wanted.n_seeds + 1) for policy in policies]
    file_of = {of: place / f"{of[0]}-{of[1]}.json" for of in order}
    kept_before = {of: _state(file) or ReplayState(*of) for of, file in file_of.items()}
    _refuse_longer(kept_before.values(), n_weeks, place)
    for n, of in enumerate(order):
        state = kept_before.pop(of)
        for after in replayed.states_after(state, n_weeks):
            write_files({file_of[of].name: state_json(after)}, place, place.parent)
            if on_progress:
                on_progress(after, n_weeks, (n + after.n_weeks / n_weeks) / len(order))
            if is_interrupted():
                raise StoppedError
            state = after
        figures[state.policy].append(replayed.figures(state))
    rows = tuple(Row(policy, tuple(of)) for policy, of in figures.items())
    loaded = replayed.loaded
    return rows, write_table(loaded, rows, n_weeks, place, is_own=is_own_district(campaign, loaded.scenario))


def _make_replay(campaign: Campaign, overrides: Mapping[str, str] | None) -> Replayed:
    if is_present(campaign.folder / PAST_FILE):
        return make_historical_replay(campaign, overrides)
    setup = make_replay_setup(campaign, overrides)
    wait_for_compiler(None)
    return CityReplay(setup, setup.loaded.scenario.solver.iterations or ROUNDS)


def is_own_district(campaign: Campaign, scenario: Scenario) -> bool:
    """
    Return whether leads are simulated from a district's real tables: no synthetic city, and no inspections.csv.

    With inspections.csv the real past is replayed instead.
    """
    return scenario.city is None and not is_present(campaign.folder / PAST_FILE)


def _known_policies(campaign: Campaign, names: Sequence[str]) -> tuple[str, ...]:
    known = tuple(PAST_POLICIES if is_present(campaign.folder / PAST_FILE) else POLICIES)
    if bad := [n for n in names if n not in known]:
        raise InputError(Issue("S919", "--policy", {"got": n[:40], "known": known}) for n in bad)
    return tuple(names) or known


def _state(file: Path) -> ReplayState | None:
    if not file.is_file():
        return None
    try:
        return read_state(read_regular_text(file))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError([Issue("S920", str(file), {"folder": str(file.parent)})]) from error


def _refuse_longer(states: Iterable[ReplayState], n_weeks: int, place: Path) -> None:
    """Raise S994 if a stored state has more than `n_weeks` weeks, since its totals after `n_weeks` are not stored."""
    longest = max((state.n_weeks for state in states), default=0)
    if longest > n_weeks:
        raise InputError([Issue("S994", "--weeks", {"got": n_weeks, "kept": longest, "folder": str(place)})])


def _keep_settings(replayed: Replayed, place: Path) -> None:
    """Store a hash of all that decides the results; S920 if the folder has states of a replay with another hash."""
    content = {
        "inputs": inputs_sha256(replayed.loaded),
        "texts": [sha256(text.encode()).hexdigest() for text in replayed.texts],
        "rounds": replayed.rounds,
    }
    text = json.dumps({"sha256": sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()}) + "\n"
    file = place / _SETTINGS
    if file.is_file() and file.read_text(encoding="utf-8") != text:
        raise InputError([Issue("S920", str(file), {"folder": str(place)})])
    scenario = replayed.loaded.scenario
    files = {_SETTINGS: text, STUDY: study_json(FOLDER, scenario.name, scenario.day)}
    write_files(files, place, place.parent)


@dataclass(frozen=True, slots=True)
class Row:
    """Measures of one policy for each seed of a replay; `figures` gives their means."""

    policy: str
    of_seeds: tuple[Mapping[str, float], ...]
    """Values by measure, for each seed."""

    @property
    def figures(self) -> dict[str, tuple[float, float]]:
        """Return mean over the seeds and its standard error, by measure."""
        return {m: mean_and_error([of[m] for of in self.of_seeds]) for m in self.of_seeds[0]}


def write_table(
    loaded: LoadedCampaign, rows: Sequence[Row], n_weeks: int, place: Path, *, is_own: bool = False
) -> tuple[Path, ...]:
    """
    Write replay.csv, seeds.csv and replay.html to the folder `place`; return their paths.

    `n_weeks`: length of the replays; `is_own`: result of `is_own_district`. replay.html states both.
    """
    names = list(rows[0].of_seeds[0])
    header = ["policy", "n_seeds", *(c for m in names for c in (m, f"{m}_se"))]
    lines = [[r.policy, len(r.of_seeds), *(x for m in names for x in r.figures[m])] for r in rows]
    seeds = [[r.policy, n, *of.values()] for r in rows for n, of in enumerate(r.of_seeds, start=1)]
    table, means = {r.policy: r.of_seeds for r in rows}, {r.policy: r.figures for r in rows}
    files = {
        "replay.csv": csv_text(header, lines),
        "seeds.csv": csv_text(["policy", "seed", *names], seeds),
        "replay.html": replay_page(
            loaded.campaign.name, n_weeks, table, means, load_texts(loaded.scenario.lang), is_own=is_own
        ),
    }
    return write_files(files, place, place.parent)
