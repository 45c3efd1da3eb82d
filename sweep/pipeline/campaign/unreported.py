"""Days that are over and of which nobody has reported yet: their visits are taken as made until somebody does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from geodata.errors import InputError
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.pipeline.campaign.editions import read_published, with_planned
from sweep.pipeline.campaign.loaded import Loaded
from sweep.pipeline.campaign.past_editions import editions_by_day
from sweep.pipeline.campaign.plan import Published
from sweep.pipeline.campaign.window import DayPlan
from sweep.pipeline.inputs.follow_up import plans_with_results
from sweep.pipeline.replan.before import ids_changed_from


def unreported(loaded: Loaded, editions: Path) -> Iterator[Published]:
    """
    What was approved last for each day of the four weeks before today, where no result of it is in.

    Orders that were approved have gone out. What nobody approved was never in force, and what cannot be read any more
    is for the check to name (C29).

    Parameters
    ----------
    editions
        The folder of the scenario's editions.
    """
    past, known = loaded.inputs.history, plans_with_results(loaded.scenario)
    were_there = set(zip(past["building_id"], past["visited_on"].dt.date, strict=True))
    for day, folders in editions_by_day(loaded.campaign, loaded.today, editions).items():
        approved = [folder.name for folder in folders if (folder / APPROVAL).is_file()][-1:]
        # An edition is read whole only if its results are not known by its name.
        if not approved or approved[0] in known:
            continue
        with suppress(InputError):
            if ids_changed_from(editions, {*approved}, known):
                continue
            for published in read_published(editions.parent, editions.name, {day: approved[0]}):
                if were_there.isdisjoint((b, day) for b in published.visits):
                    yield published


def taken_as_made(loaded: Loaded, days: Iterable[Published]) -> Loaded:
    """The campaign in which the visits of some days count as made, with nothing found, in rests, caps and the like."""
    plans = (DayPlan(p.day, p.teams, p.routes, tuple(p.visits.values())) for p in days)
    return replace(loaded, taken_as_made=with_planned(loaded, plans))
