"""`sweep campaign replay`: comparison of policies over simulated years, which can be resumed after any week."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from geodata.message_catalogue import load_texts
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Output

with deferred_imports():
    from sweep.campaign import read_campaign_file
    from sweep.campaign.pages import replay_page
    from sweep.campaign.replay import replay_runs
    from sweep.campaign.window import load_campaign
    from sweep.plan import defer_interrupt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sweep.campaign.model.replay_state import ReplayState


def replay_command(
    voice: Output, folder: Path, overrides: Mapping[str, str], wanted: str, n_seeds: int, n_weeks: int | None, out: Path
) -> Exit:
    """
    Run the replay of policies, and print one column of measures for each.

    `wanted`: names of policies separated by commas, or `all`; `n_weeks`: weeks to replay, None for the whole campaign.
    """
    campaign = read_campaign_file.load_campaign(folder, voice.texts)
    scenario = load_campaign.scenario_of(campaign, campaign.first_day, overrides)
    voice.texts = texts = load_texts(scenario.lang)
    names = tuple(dict.fromkeys(n.strip() for n in wanted.split(",") if n.strip()))
    asked = replay_runs.ReplayOptions(() if names == ("all",) else names or ("-",), n_seeds, n_weeks)
    with defer_interrupt.record_interrupt() as is_interrupted, voice.bar() as report:

        def on_progress(at: ReplayState, n_weeks: int, share: float) -> None:
            name = texts(f"campaign.policy.{at.policy}")
            report(share, texts("campaign.replay.week", policy=name, seed=at.seed, week=at.n_weeks, weeks=n_weeks))

        try:
            rows, files = replay_runs.run_replays(campaign, asked, out, overrides, on_progress, is_interrupted)
        except replay_runs.StoppedError:
            voice.line("campaign.replay.stopped")
            return Exit.STOPPED
    measures = list(rows[0].figures)
    # One row per figure: there are twice as many figures as policies, too many for columns.
    header = [texts("campaign.measure.policy"), *(texts(f"campaign.policy.{r.policy}") for r in rows)]
    table = [
        (texts(f"campaign.measure.{m}"), *(replay_page.measure_text(m, r.figures[m], texts) for r in rows))
        for m in measures
    ]
    voice.table(texts("campaign.replay.title", name=campaign.name), header, table)
    is_own = replay_runs.is_own_district(campaign, scenario)
    if is_own:
        voice.line("campaign.replay.own")
    voice.line("campaign.replay.done", n=sum(len(r.of_seeds) for r in rows), files=tuple(map(str, files)))
    if voice.as_json:
        content = {
            r.policy: {m: {"mean": a, "se": None if b != b else b} for m, (a, b) in r.figures.items()} for r in rows
        }
        voice.json({"rows": content, "is_simulated": is_own, "files": [str(f) for f in files]})
    return Exit.DONE
