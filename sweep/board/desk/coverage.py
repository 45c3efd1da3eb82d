"""Coverage as it grows: of each district what is done, what the plan reaches, and all there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.once import once_per_edition
from sweep.publish.facts.wording import district_name


def coverage_view(edition: Edition, done: Collection[str]) -> list[dict[str, Any]]:
    """
    Buildings, firms and leads of each district: done, planned, all.

    Parameters
    ----------
    done
        Visits that are done, by id.
    """
    n_leads = _n_leads(edition)
    reached = {edition.visits[v].building_id for v in done}
    found = []
    for row in (c for c in edition.coverage if c.scope == "district"):
        own = [b for b in reached if edition.buildings[b].division_code == row.scope_id]
        found.append(
            {
                "code": row.scope_id,
                "buildings": [len(own), row.n_buildings_reached, row.n_buildings],
                "firms": [sum(edition.buildings[b].n_firms for b in own), row.n_firms_reached, row.n_firms],
                "leads": [sum(n_leads.get(b, 0) for b in own), row.n_leads_reached, row.n_leads],
            }
        )
    return found


def district_words(edition: Edition, texts: Texts) -> dict[str, str]:
    """Names of the districts, as `district.<code>`."""
    codes = [c.scope_id for c in edition.coverage if c.scope == "district"]
    return {f"district.{c}": district_name(c, edition.division_names, texts) for c in codes}


@once_per_edition
def _n_leads(edition: Edition) -> Mapping[str, int]:
    ranking = edition.ranking
    return MappingProxyType({b: int(n) for b, n in zip(ranking["building_id"], ranking["n_leads"], strict=True)})
