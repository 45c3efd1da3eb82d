"""`sweep campaign replay`: policies side by side over years, with a bar, stopped and gone on with at any week."""

from collections.abc import Mapping
from pathlib import Path

from geodata.message_catalogue import load_texts
from sweep.campaign.campaign_file import load_campaign
from sweep.campaign.pages.replay_page import shown
from sweep.campaign.replay.replay_runs import ReplayProgress, StoppedError, Wanted, is_own_district, run_replays
from sweep.campaign.window.load_campaign import scenario_of
from sweep.plan.interrupt import noted_interrupt
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice


def replay_command(
    voice: Voice, folder: Path, overrides: Mapping[str, str], wanted: str, n_seeds: int, n_weeks: int | None, out: Path
) -> Exit:
    """Play the policies out, and print one column for each."""
    campaign = load_campaign(folder, voice.texts)
    scenario = scenario_of(campaign, campaign.first_day, overrides)
    voice.texts = texts = load_texts(scenario.lang)
    asked = Wanted(chosen_policies(wanted), n_seeds, n_weeks)
    with noted_interrupt() as is_cut_short, voice.bar() as report:

        def watch(at: ReplayProgress) -> None:
            name = texts(f"campaign.policy.{at.policy}")
            report(at.share, texts("campaign.replay.week", policy=name, seed=at.seed, week=at.n_done, weeks=at.n_weeks))

        try:
            rows, files = run_replays(campaign, asked, out, overrides, watch, is_cut_short)
        except StoppedError:
            voice.line("campaign.replay.stopped")
            return Exit.STOPPED
    measures = list(rows[0].figures)
    # A row for each figure, of which there are twice as many as policies: side by side a terminal has no room for them.
    header = [texts("campaign.measure.policy"), *(texts(f"campaign.policy.{r.policy}") for r in rows)]
    table = [(texts(f"campaign.measure.{m}"), *(shown(m, r.figures[m], texts) for r in rows)) for m in measures]
    voice.table(texts("campaign.replay.title", name=campaign.name), header, table)
    is_own = is_own_district(campaign, scenario)
    if is_own:
        voice.line("campaign.replay.own")
    voice.line("campaign.replay.done", n=sum(len(r.of_seeds) for r in rows), files=tuple(map(str, files)))
    if voice.as_json:
        content = {
            r.policy: {m: {"mean": a, "se": None if b != b else b} for m, (a, b) in r.figures.items()} for r in rows
        }
        voice.json({"rows": content, "is_simulated": is_own, "files": [str(f) for f in files]})
    return Exit.DONE


def chosen_policies(text: str) -> tuple[str, ...]:
    """Policies between commas; none for `all`: each that the replay knows."""
    names = tuple(dict.fromkeys(n.strip() for n in text.split(",") if n.strip()))
    return () if names == ("all",) else names or ("-",)
