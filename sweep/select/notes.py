"""What must be told of a draw before it is believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from geodata.errors import Issue
from sweep.oversight import LEAST_WEEKS, Prevalence
from sweep.records import MARKET_REGULATION
from sweep.scenario import Scenario
from sweep.select.offer import Offer


def reserve_notes(scenario: Scenario, offer: Offer, prevalence: Sequence[Prevalence]) -> Iterator[Issue]:
    """
    S411 no commitment to the seed, S412 one of the day or later, S413 visits short of officers, S414 too few weeks.

    None of them stops a plan.
    """
    if not offer.draw.n_drawn:
        return
    select = scenario.select
    if select.draw_committed_on is None:
        yield Issue("S411", "select.draw_commitment")
    elif select.draw_committed_on >= scenario.day:
        yield Issue("S412", "select.draw_committed_on", {"committed": select.draw_committed_on.isoformat()})
    needs = scenario.teams.min_certified[MARKET_REGULATION]
    drawn = Counter(o.visit_id for o in offer.draw.officers if o.status == "drawn")
    short = sorted(v.visit_id for v in offer.visits if v.track == "routine" and drawn[v.visit_id] < needs)
    if short:
        yield Issue("S413", "draw", {"visits": ", ".join(short), "needs": needs})
    if prevalence and not prevalence[0].is_enough:
        yield Issue("S414", "history", {"weeks": prevalence[0].n_weeks, "needs": LEAST_WEEKS})
