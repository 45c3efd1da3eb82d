"""Changed inputs since the previous window, from which reasons for moves are derived."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from geodata.schema import TIMEZONE
from sweep.campaign.model.window_changes import ChangedInputs
from sweep.campaign.records import LeftPart
from sweep.campaign.window.load_campaign import LoadedCampaign, last_looks
from sweep.campaign.window.plan_window import PlannedWindow
from sweep.campaign.window.visit_urgency import leads_due
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.select.selection_tables import capped_firms, inspections_this_year
from sweep.select.target_firms import active_firms


def since_then(planned: PlannedWindow, then: date, left: Sequence[LeftPart]) -> ChangedInputs:
    """Return changes in the inputs since the previous window was planned, and the present state."""
    loaded = planned.loaded
    inputs, days = loaded.inputs, planned.window.days
    now, start = (pd.Timestamp(day, tz=TIMEZONE) for day in (loaded.today, then))
    came = inputs.leads[inputs.leads["building_id"].notna()]
    came = came[(came["received_at"] >= start) & (came["received_at"] < now)]

    return ChangedInputs(
        looks={b: on for b, on in last_looks(inputs.history, loaded.today).items() if on >= then},
        leads={str(b): at.date() for b, at in came.groupby("building_id")["received_at"].max().items()},
        rechecks={r.recheck_id for r in inputs.rechecks if r.closed_on is None},
        on_duty={day: frozenset(people) for day, people in planned.on_duty.items()},
        capped=capped_by_year(loaded, days),
        leads_due=leads_due(loaded, days),
        due={b: d.due_on for b, d in loaded.dues().items()},
        offered={b for offer in planned.offers for b in offer.visits},
        left={x.building_id: x.reason for x in left if x.reason},
    )


def capped_by_year(loaded: LoadedCampaign, days: Sequence[date]) -> dict[int, frozenset[str]]:
    """Return firms at their yearly cap by past visits, by year of the days (C06)."""
    select, firms = loaded.scenario.select, active_firms(loaded.inputs.firms)
    capped = {}
    for year, day in {day.year: day for day in days}.items():
        counts = inspections_this_year(loaded.history, day, select.cap_exempt)
        capped[year] = capped_firms(firms, counts, select.annual_cap, [POLICE, MARKET_REGULATION])
    return capped
