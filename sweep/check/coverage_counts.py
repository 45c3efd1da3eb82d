"""Coverage of a plan: buildings, firms, leads and expected finds, by district, cluster and track."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from sweep.records.buildings import Building
from sweep.records.plan import Coverage, Plan
from sweep.records.ranking import Cluster
from sweep.records.visits import Visit


def measure_coverage(
    buildings: Mapping[str, Building],
    ranking: pd.DataFrame,
    clusters: Sequence[Cluster],
    visits: Mapping[str, Visit],
    plan: Plan,
) -> tuple[Coverage, ...]:
    """
    Return how many buildings, firms, leads, finds and m² a plan reaches: in all, and by district, cluster and track.

    Expected finds reached are those of the visits made, as in the plan's value: a stocktake or a re-check of a few
    doors reaches a share of its building's finds. The expected finds of a building in all are its value in the ranking
    or, if larger, the sum of its visits.

    `buildings` and `visits` are by id; visits on offer count for their track even if the plan leaves them unserved.

    Parameters
    ----------
    ranking
        One row for each building: `building_id`, `n_leads`, `value`.
    """
    reached_value = _value_of_visits(visits, plan)
    reached = {s.building_id for r in plan.routes for s in r.made}
    n_leads = dict(zip(ranking["building_id"], ranking["n_leads"], strict=True))
    ranking_value = dict(zip(ranking["building_id"], ranking["value"], strict=True))
    value = {b: max(float(ranked), reached_value.get(b, 0.0)) for b, ranked in ranking_value.items()}

    def count(scope: str, scope_id: str, ids: Iterable[str]) -> Coverage:
        every = list(ids)
        hit = [b for b in every if b in reached]
        return Coverage(
            scope=scope,
            scope_id=scope_id,
            n_buildings=len(every),
            n_buildings_reached=len(hit),
            n_firms=sum(buildings[b].n_firms for b in every),
            n_firms_reached=sum(buildings[b].n_firms for b in hit),
            n_leads=int(sum(n_leads[b] for b in every)),
            n_leads_reached=int(sum(n_leads[b] for b in hit)),
            expected_finds=float(sum(value[b] for b in every)),
            expected_finds_reached=float(sum(reached_value.get(b, 0.0) for b in hit)),
            floor_area_m2=sum(buildings[b].floor_area_m2 for b in every),
            floor_area_m2_reached=sum(buildings[b].floor_area_m2 for b in hit),
        )

    districts = sorted({b.division_code for b in buildings.values()})
    tracks = sorted({v.track for v in visits.values()})
    return (
        count("all", "", buildings),
        *(count("district", d, (b for b, x in buildings.items() if x.division_code == d)) for d in districts),
        *(count("cluster", c.cluster_id, c.building_ids) for c in clusters),
        *(count("track", t, (v.building_id for v in visits.values() if v.track == t)) for t in tracks),
    )


def _value_of_visits(visits: Mapping[str, Visit], plan: Plan) -> dict[str, float]:
    made = {s.visit_id for r in plan.routes for s in r.made}
    found: dict[str, float] = {}
    for visit_id in sorted(made & visits.keys()):
        visit = visits[visit_id]
        found[visit.building_id] = found.get(visit.building_id, 0.0) + visit.value
    return found
