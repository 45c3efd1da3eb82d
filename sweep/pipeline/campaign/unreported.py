"""Days that are over and of which nobody has reported yet: their visits are taken as made until somebody does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
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

    Orders that were approved have gone out; what nobody approved was never in force.

    Parameters
    ----------
    editions
        The folder of the scenario's editions.
    """
    by_day = editions_by_day(loaded.campaign, loaded.today, editions)
    approved = {day: [f for f in folders if (f / APPROVAL).is_file()][-1:] for day, folders in by_day.items()}
    yield from without_results(loaded, {day: last for day, of in approved.items() for last in of})


def without_results(loaded: Loaded, approved: Mapping[date, Path]) -> Iterator[Published]:
    """
    Those of some editions of which no result is in; what cannot be read any more is for the check to name (C29).

    Parameters
    ----------
    approved
        An edition's folder by day.
    """
    past, known = loaded.inputs.history, plans_with_results(loaded.scenario)
    were_there = set(zip(past["building_id"], past["visited_on"].dt.date, strict=True))
    for day, folder in approved.items():
        # An edition is read whole only if its results are not known by its name.
        if folder.name in known:
            continue
        with suppress(InputError):
            if ids_changed_from(folder.parent, {folder.name}, known):
                continue
            for published in read_published(folder.parent.parent, folder.parent.name, {day: folder.name}):
                if were_there.isdisjoint((b, day) for b in published.visits):
                    yield published


def taken_as_made(loaded: Loaded, days: Iterable[Published]) -> Loaded:
    """The campaign in which the visits of some days count as made, with nothing found, in rests, caps and the like."""
    plans = (DayPlan(p.day, p.plan.teams, p.plan.routes, tuple(p.visits.values())) for p in days)
    return replace(loaded, taken_as_made=with_planned(loaded, plans))
